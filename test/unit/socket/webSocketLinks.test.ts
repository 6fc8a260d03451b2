import { describe, expect, test } from 'vitest';
import { HostPool } from '../../../src/runtime/hostPool.ts';
import { createWebSocket } from '../../../src/socket/webSocket/createWebSocket.ts';
import { manualClock, settle } from '../http/fakes.ts';
import { A, B } from '../runtime/world.ts';
import { accept, type FakeSocket, mute, type OnDial, refuse, socketWorld } from './fakeSocket.ts';

const closeWith =
  (code: number, reason = ''): OnDial =>
  (socket) =>
    queueMicrotask(() => {
      socket.open();
      socket.end(code, reason);
    });

describe('opening', () => {
  test('goes on to the next host at once, and to each one once', async () => {
    const { make, clock, dialled, heard } = socketWorld({
      dial: { a: refuse, b: refuse, c: accept },
      list: [A, B, 'https://c.example.com'],
    });
    make();
    await clock.advance(0);
    expect([dialled(), heard()]).toEqual(['abc', ['open c']]);
  });

  test('asks a second host beside a mute one, which is blamed when it loses', async () => {
    const { make, clock, dialled, heard, sockets, news } = socketWorld({ dial: { a: mute } });
    make();
    await clock.advance(1_999);
    expect(dialled()).toBe('a');
    await clock.advance(1);
    expect([dialled(), heard(), sockets[0]?.closes.length]).toEqual(['ab', ['open b'], 1]);
    expect(news()[0]).toBe('a half-open');
    sockets[0]?.open();
    sockets[0]?.say('late');
    expect(heard()).toEqual([]);
  });

  test('takes the first host where that is quicker than the second, which is not blamed', async () => {
    const { make, clock, dialled, heard, sockets, pool } = socketWorld({ dial: { a: mute, b: mute } });
    make();
    await clock.advance(2_500);
    sockets[0]?.open();
    expect([dialled(), heard(), sockets[1]?.closes.length]).toEqual(['ab', ['open a'], 1]);
    expect(pool.status.hosts.map(({ state }) => state)).toEqual(['up', 'up']);
  });

  test('gives a mute host 5 s, and more where nobody answers', async () => {
    const { make, clock, sockets, pool } = socketWorld({ dial: { a: mute }, list: [A], random: () => 0.1 });
    make();
    await clock.advance(4_999);
    expect([sockets.length, sockets[0]?.closes.length]).toEqual([1, 0]);
    await clock.advance(1 + 100);
    expect([sockets.length, sockets[0]?.closes.length]).toEqual([2, 1]);
    await clock.advance(9_000);
    expect(sockets[1]?.closes.length).toBe(0);
    await clock.advance(1_000);
    expect(sockets[1]?.closes.length).toBe(1);
    pool.close();
  });

  test('blames a mute host whose time is over, and only then goes on where no second one was to be asked', async () => {
    const { make, clock, dialled, news } = socketWorld({ dial: { a: mute }, socket: { staggerMs: 60_000 } });
    make();
    await clock.advance(4_999);
    expect([dialled(), news()]).toEqual(['a', []]);
    await clock.advance(1);
    expect([dialled(), news()[0]]).toEqual(['ab', 'a half-open']);
  });

  test('comes to nothing where an app function answers after the socket was closed', async () => {
    let answer: (url: string) => void = () => {};
    const { make, clock, dialled } = socketWorld();
    const socket = make(
      () =>
        new Promise<string>((resolve) => {
          answer = resolve;
        }),
    );
    socket.close();
    answer('/live');
    await clock.advance(60_000);
    expect([dialled(), socket.readyState, clock.timers.length]).toEqual(['', 3, 0]);
  });

  test('once only (`reconnect: false`) tries each host that is well, and then fails', async () => {
    const { make, clock, dialled, heard, behaviour, last } = socketWorld({
      dial: { a: refuse },
      socket: { reconnect: false },
    });
    const socket = make();
    await clock.advance(0);
    expect([dialled(), heard()]).toEqual(['ab', ['open b']]);
    socket.close();
    last().end(1005);
    heard();
    behaviour['b'] = refuse;
    const other = make();
    await clock.advance(60_000);
    expect([dialled(), heard(), other.readyState]).toEqual(['abab', ['HOSTS_FAILED', 'close 1006 broken'], 3]);
  });

  test('reads an answer that came while the device slept before it gives up (centrifuge-js#426)', async () => {
    const clock = manualClock();
    const { make, sockets, heard } = socketWorld({ clock, dial: { a: mute }, list: [A] });
    make();
    clock.advance(1_000);
    clock.freeze(3_600_000);
    clock.advance(0);
    await settle();
    sockets[0]?.open();
    expect([sockets.length, heard()]).toEqual([1, ['open a']]);
  });
});

describe('a link that was lost', () => {
  test('is followed by one at the next host, after a draw from one second', async () => {
    const { make, clock, dialled, heard, behaviour, last } = socketWorld();
    const socket = make();
    await clock.advance(0);
    behaviour['a'] = refuse;
    last().end();
    expect([socket.readyState, heard()]).toEqual([0, ['open a', 'lost a code 1006']]);
    await clock.advance(499);
    expect(dialled()).toBe('a');
    await clock.advance(1);
    expect([dialled(), heard()]).toEqual(['aab', ['open b', 'moved ab code 1006']]);
  });

  test('is followed at once where the app has set that wait to 0', async () => {
    const { make, clock, dialled, heard, behaviour, last } = socketWorld({ socket: { reconnect: { firstWaitMs: 0 } } });
    make();
    await clock.advance(10_000);
    behaviour['a'] = refuse;
    last().end();
    await clock.advance(0);
    expect([dialled(), heard().at(-1)]).toEqual(['aab', 'moved ab code 1006']);
  });

  test('is followed within the window that the server names (Engram#757)', async () => {
    const { make, clock, dialled, last } = socketWorld();
    make();
    await clock.advance(0);
    last().end(1012, 'restart; retry-window=30');
    await clock.advance(14_999);
    expect(dialled()).toBe('a');
    await clock.advance(1);
    expect(dialled()).toBe('ab');
  });

  test.each([
    [1000, 'a', 'up'],
    [1005, 'a', 'up'],
    [1001, 'a', 'up'],
    [1006, 'a', 'up'],
    [1011, 'a', 'up'],
    [1012, 'b', 'inactive'],
    [1013, 'b', 'inactive'],
    [4000, 'a', 'up'],
    [4499, 'a', 'up'],
  ])('with %i that nobody asked for comes back at %s (phoenix#3161)', async (code, host, state) => {
    const { make, clock, last, heard, pool } = socketWorld();
    const socket = make();
    await clock.advance(0);
    last().end(code);
    await clock.advance(1_000);
    expect([socket.readyState, last().host, heard()[1]]).toEqual([1, host, `lost a code ${code}`]);
    expect(pool.status.hosts[0]?.state).toBe(state);
  });

  test.each([1008, 4401])('with %i gets one more chance with fresh credentials, then the app is told', async (code) => {
    const seen: boolean[] = [];
    const headers = ({ refused }: { refused: boolean }) => {
      seen.push(refused);
      return {};
    };
    const { make, clock, dialled, heard, pool } = socketWorld({
      dial: { a: closeWith(code, 'who?'), b: closeWith(code, 'who?') },
      socket: { headers },
    });
    make();
    await clock.advance(60_000);
    expect([dialled(), seen]).toEqual(['aa', [false, true]]);
    expect(heard().slice(-2)).toEqual(['CREDENTIAL_REFUSED', `close ${code} who?clean`]);
    expect(pool.status.hosts.map(({ state }) => state)).toEqual(['up', 'up']);
  });

  test('over credentials is followed by one with fresh ones, each time that a link had lasted (supabase-js#1732)', async () => {
    const { make, clock, dialled, heard, last } = socketWorld();
    make();
    for (let hour = 0; hour < 3; hour++) {
      await clock.advance(3_600_000);
      last().end(4401);
    }
    await clock.advance(1_000);
    expect([dialled(), heard().at(-1)]).toEqual(['aaaa', 'moved aa code 4401']);
  });

  test('is the last one where the app says so', async () => {
    const ends: number[] = [];
    const shouldReconnect = ({ code }: { code: number }) => {
      ends.push(code);
      return code === 4001 ? false : undefined;
    };
    const { make, clock, dialled, heard, last } = socketWorld({ socket: { shouldReconnect } });
    make();
    await clock.advance(0);
    last().end(4000);
    await clock.advance(10_000);
    last().end(4001, 'over');
    await clock.advance(60_000);
    expect([dialled(), ends, heard().at(-1)]).toEqual(['aa', [4000, 4001], 'close 4001 overclean']);
  });

  test('is the last one after so many rounds', async () => {
    const { make, clock, dialled, heard, behaviour, last } = socketWorld({
      list: [A],
      socket: { reconnect: { maxRounds: 2 } },
    });
    make();
    await clock.advance(0);
    behaviour['a'] = refuse;
    last().end();
    await clock.advance(600_000);
    expect([dialled(), heard().slice(-2)]).toEqual(['aaa', ['HOSTS_FAILED', 'close 1006 broken']]);
  });

  test('says nothing more, and changes nothing, once it is left (multica#8525)', async () => {
    const { make, clock, heard, sockets } = socketWorld({ socket: { heartbeat: { ping: () => 'ping' } } });
    make();
    await clock.advance(9_000);
    const [dead] = sockets as [FakeSocket];
    expect([dead.onmessage, dead.onclose, dead.closes.length]).toEqual([null, null, 1]);
    heard();
    dead.say('late');
    dead.end(1000);
    await clock.advance(1_000);
    expect(heard()).toEqual([]);
  });

  test('of `reconnect: false` is the end', async () => {
    const { make, clock, dialled, heard, last } = socketWorld({ socket: { reconnect: false } });
    make();
    await clock.advance(0);
    last().end(4429, 'slow down');
    await clock.advance(60_000);
    expect([dialled(), heard()]).toEqual(['a', ['open a', 'close 4429 slow downclean']]);
  });
});

describe('over many faults', () => {
  test('a socket goes to and fro between two hosts as often as it takes (paho.mqtt.javascript#204)', async () => {
    const { make, clock, dialled, last, behaviour, heard } = socketWorld();
    const socket = make();
    await clock.advance(10_000);
    for (const [down, up] of ['ab', 'ba', 'ab', 'ba'] as const) {
      behaviour[down ?? ''] = refuse;
      behaviour[up ?? ''] = accept;
      last().end();
      await clock.advance(10_000);
      expect([socket.readyState, last().host]).toEqual([1, up]);
    }
    expect(heard().filter((line) => line.startsWith('close'))).toEqual([]);
    expect(dialled().length).toBeLessThan(14);
  });

  test('the clients of a host that died come back spread over a second (phoenix#4045)', async () => {
    const at: number[] = [];
    for (let client = 0; client < 100; client++) {
      let draws = 0;
      const { make, clock, last, pool } = socketWorld({ random: () => ((client * 61 + 7 * draws++) % 100) / 100 });
      const socket = make();
      await clock.advance(10_000);
      const diedMs = clock.now();
      socket.onreconnected = () => at.push(clock.now() - diedMs);
      last().end();
      await clock.advance(1_000);
      pool.close();
    }
    const buckets = Array.from({ length: 10 }, (_, tenth) => at.filter((ms) => Math.floor(ms / 100) === tenth).length);
    expect(at.length).toBe(100);
    expect(Math.max(...buckets)).toBeLessThan(20);
  });

  test('each wait is drawn anew, and from a longer span', async () => {
    const delays: number[] = [];
    const draws = [0.5, 0.5, 0.25, 0.75];
    const { make, clock, behaviour, last, pool } = socketWorld({ list: [A], random: () => draws.shift() ?? 0.5 });
    const socket = make();
    await clock.advance(10_000);
    draws.splice(0, draws.length, 0.5, 0.25, 0.75, 0.5);
    socket.onreconnecting = ({ detail }) => delays.push(detail.delayMs);
    behaviour['a'] = refuse;
    last().end();
    await clock.advance(8_000);
    expect(delays.slice(0, 4)).toEqual([500, 250, 1_500, 2_000]);
    pool.close();
  });
});

describe('what is sent between two links', () => {
  test('survives every round that fails', async () => {
    const { make, clock, last, behaviour } = socketWorld();
    const socket = make();
    await clock.advance(0);
    behaviour['a'] = behaviour['b'] = refuse;
    last().end();
    socket.send('kept');
    await clock.advance(60_000);
    behaviour['b'] = accept;
    await clock.advance(30_000);
    expect([last().host, last().sent]).toEqual(['b', ['kept']]);
  });

  test('waits, is copied, and follows what listeners send first', async () => {
    const { make, clock, last } = socketWorld();
    const socket = make();
    let opens = 0;
    socket.onopen = () => socket.send(`login ${++opens}`);
    await clock.advance(0);
    last().end();
    const bytes = new Uint8Array([1, 2, 3]);
    socket.send('é');
    socket.send(bytes.subarray(1));
    bytes.fill(9);
    expect(socket.bufferedAmount).toBe(4);
    await clock.advance(1_000);
    expect([last().sent, socket.bufferedAmount]).toEqual([['login 2', 'é', new Uint8Array([2, 3])], 0]);
  });

  test('is refused aloud where it does not fit', async () => {
    const { make, clock, last } = socketWorld({ socket: { maxQueuedBytes: 3 } });
    const socket = make();
    await clock.advance(0);
    last().end();
    socket.send('abc');
    expect(() => socket.send('d')).toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
    await clock.advance(1_000);
    expect(last().sent).toEqual(['abc']);
  });
});

describe('never in a loop', () => {
  const rounds = async (dial: OnDial, options: object = {}) => {
    const { make, clock, sockets, pool } = socketWorld({ dial: { a: dial, b: dial }, ...options });
    make();
    await clock.advance(60_000);
    pool.close();
    return sockets.length;
  };

  test.each([0, 0.5, 0.999])('hosts that refuse are asked ever more rarely (draw %d)', async (draw) => {
    const count = await rounds(refuse, { random: () => draw, socket: { reconnect: { firstWaitMs: 0 } } });
    expect(count).toBeGreaterThan(6);
    expect(count).toBeLessThan(draw === 0 ? 2_500 : 40);
  });

  test('links that open and end at once do not make the waits begin anew (centrifuge-js#407, #409)', async () => {
    const { make, clock, sockets, pool } = socketWorld({
      list: [A],
      dial: {
        a: (socket) =>
          queueMicrotask(() => {
            socket.open();
            socket.say('welcome');
            socket.end();
          }),
      },
      socket: { reconnect: { firstWaitMs: 0 } },
    });
    make();
    await clock.advance(60_000);
    expect(sockets.length).toBeLessThan(15);
    pool.close();
  });

  test('good news does not cut the wait that spreads the clients of a host that died', async () => {
    let draw = 0.9;
    const { make, clock, dialled, last, wake } = socketWorld({ random: () => draw });
    make();
    await clock.advance(10_000);
    last().end();
    draw = 0;
    wake();
    await clock.advance(899);
    expect(dialled()).toBe('a');
    await clock.advance(1);
    expect(dialled()).toBe('aa');
  });

  test('good news brings a round forward, but news that never end do not', async () => {
    const { make, clock, sockets, wake, behaviour, heard } = socketWorld({ dial: { a: refuse, b: refuse } });
    make();
    await clock.advance(120_000);
    const before = sockets.length;
    behaviour['a'] = accept;
    wake();
    await clock.advance(1_000);
    expect([sockets.length, heard().at(-1)]).toEqual([before + 1, 'open a']);
    const storm = socketWorld({ dial: { a: refuse, b: refuse } });
    storm.make();
    for (let at = 0; at < 600; at++) {
      await storm.clock.advance(100);
      storm.wake();
    }
    expect(storm.sockets.length).toBeLessThan(60);
    storm.pool.close();
  });
});

test('also a pool without any rules sends a link elsewhere that was told to go (1012)', async () => {
  const { clock, Platform, sockets, pool: full } = socketWorld();
  const pool = new HostPool([A, B], {}, full.ports);
  const WebSocket = createWebSocket(pool, { WebSocket: Platform as never });
  const socket = new WebSocket('/live');
  await clock.advance(0);
  sockets[0]?.end(1012);
  await clock.advance(1_000);
  expect([socket.readyState, sockets.map(({ host }) => host)]).toEqual([1, ['a', 'b']]);
  expect(pool.status.hosts.map(({ state }) => state)).toEqual(['up', 'up']);
  pool.close();
});
