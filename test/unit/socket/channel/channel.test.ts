import { describe, expect, test, vi } from 'vitest';
import { discovery } from '../../../../src/runtime/discovery.ts';
import type { FoundHosts } from '../../../../src/runtime/ports.ts';
import { C } from '../../runtime/world.ts';
import { A, B, channelWorld } from './world.ts';

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'accepted',
    (error) => error.code ?? error,
  );

describe('a channel', () => {
  test('is open at welcome, carries messages both ways, and resolves a send once the server has accepted', async () => {
    const { channel, servers, messages, listen, news, pass } = channelWorld();
    listen();
    const sent = channel.send({ hello: 1 });
    await pass(0);
    await sent;
    servers.speak('one', Uint8Array.of(1, 2));
    expect(servers.got).toEqual([{ hello: 1 }]);
    expect(messages).toEqual(['one', Uint8Array.of(1, 2)]);
    expect(news()).toEqual(['open a']);
    expect(channel.state).toEqual({ kind: 'open', host: A, cause: 'start', durable: false });
  });

  test('goes on at another host when its host dies, with nothing lost, repeated or reordered', async () => {
    const { channel, servers, messages, listen, news, pass } = channelWorld();
    listen();
    await pass(0);
    servers.speak(1, 2);
    servers.kill(A);
    const sends = [channel.send('a'), channel.send('b')];
    await pass(1_000);
    await Promise.all(sends);
    servers.speak(3);
    expect(messages).toEqual([1, 2, 3]);
    expect(servers.got).toEqual(['a', 'b']);
    expect(servers.last.origin).toBe(B);
    expect(news()).toEqual(['open a', 'reconnecting -', 'resumed', 'open b']);
  });

  test('is at another host within the window, and at once where that is 0: a host that refuses costs no second wait', async () => {
    const { servers, pass } = channelWorld({ server: { retryWindowMs: 0 } });
    await pass(0);
    servers.kill(A);
    await pass(0);
    expect(servers.lines.map(({ origin }) => origin)).toEqual([A, A, B]);
    expect(servers.last.state.kind).toBe('open');
  });

  test('does not stay with a host that accepts and stays mute, and tells the pool', async () => {
    const { channel, servers, pool, pass } = channelWorld();
    servers.manners.set(A, 'mute');
    const left: string[] = [];
    pool.events.on('failover', ({ from, cause }) => left.push(`${from} ${cause}`));
    await pass(1_999);
    expect(servers.lines).toHaveLength(1);
    await pass(1);
    expect(channel.state.host).toBe(B);
    expect(left).toEqual([`${A} timeout`]);
    expect(servers.lines[0]?.closedWith).toBe(1000);
  });

  test('with a send that is not acknowledged finds a host that vanished, and is elsewhere, within 3 s', async () => {
    const { channel, servers, pass } = channelWorld();
    await pass(1_000);
    servers.vanish(A);
    const sent = channel.send('x');
    await pass(2_800);
    await sent;
    expect(channel.state.host).toBe(B);
    expect(servers.lines[0]?.closedWith).toBe(4408);
  });

  test('that has nothing to send finds it within 8 s', async () => {
    const { channel, servers, pass } = channelWorld();
    await pass(1_000);
    servers.vanish(A);
    await pass(8_000);
    expect(channel.state.host).toBe(B);
  });

  test('asks at once on waking, and wakes with a fresh credential', async () => {
    let made = 0;
    const { servers, wake, pass } = channelWorld({ channel: { credential: async () => `token${++made}` } });
    await pass(0);
    servers.vanish(A);
    wake();
    await pass(2_000);
    expect(servers.shown).toEqual(['token1', `token${made}`]);
    expect(made).toBeGreaterThan(1);
  });

  test('shows its credential in its first frame and nowhere else', async () => {
    const { servers, pass } = channelWorld({ channel: { credential: () => 'secret' } });
    await pass(0);
    expect(servers.last.url).toBe('wss://a.example.com/channel');
    expect(servers.last.received[0]).toMatchObject({ kind: 'hello', auth: 'secret' });
  });

  test('whose credential can not be had says so, and tries again', async () => {
    let asked = 0;
    const credential = () => {
      asked++;
      if (asked === 1) throw new Error('no network');
      return 'fine';
    };
    const { servers, news, pass } = channelWorld({ channel: { credential } });
    await pass(2_000);
    expect(news()).toEqual(['warning HANDLER_FAILED', 'open a']);
    expect(servers.shown).toEqual(['fine']);
  });

  test('leaves a host that drains at once as one that drains: it tries until it has succeeded', async () => {
    const { channel, servers, news, pass } = channelWorld();
    await pass(0);
    servers.manners.set(B, 'refuses');
    servers.lines[0]?.feed({ kind: 'drain', deadlineMs: 60_000, jitterMs: 0 });
    await pass(0);
    servers.manners.clear();
    await pass(2_000);
    expect(channel.state).toMatchObject({ host: B, cause: 'drain' });
    expect(news().filter((line) => /reconnecting|gap/.test(line))).toEqual([]);
  });

  test('does not connect without a credential that is one', async () => {
    const { servers, news, pass } = channelWorld({ channel: { credential: (() => 7) as never } });
    await pass(0);
    expect([servers.shown, news()]).toEqual([[], ['warning HANDLER_FAILED']]);
  });

  test('stops when its credential was refused twice, until it is told to reconnect', async () => {
    const { channel, servers, news, pass } = channelWorld({ channel: { credential: () => 'bad' } });
    servers.good = new Set(['good']);
    await pass(60_000);
    expect(servers.shown).toHaveLength(2);
    expect(news()).toEqual(['error CREDENTIAL_REFUSED', 'stopped -']);
    expect(channel.state.cause).toBe('unauthenticated');
    servers.good = null;
    channel.reconnect();
    await pass(0);
    expect(channel.state.kind).toBe('open');
  });

  test('moves without a gap when its host drains, and when a better one is back', async () => {
    const { channel, servers, news, pool, pass } = channelWorld();
    await pass(0);
    const [first] = servers.lines;
    first?.feed({ kind: 'drain', deadlineMs: 10_000, jitterMs: 100 });
    await pass(100);
    expect(channel.state.host).toBe(B);
    expect(first?.closedWith).toBe(1000);
    expect(news()).toEqual(['open a', 'moving a', 'resumed', 'open b']);
    // The pool hears of it, waits until the host is back and proven, and then for its own draw.
    await pass(120_000);
    expect(pool.status.current).toBe(A);
    expect(news()).toEqual(['moving b', 'resumed', 'open a']);
  });

  test('returns to the host that the pool prefers, where it is elsewhere by chance', async () => {
    const { channel, servers, pass } = channelWorld({ failback: { holdMs: 10_000 } });
    servers.manners.set(A, 'refuses');
    await pass(0);
    expect(channel.state.host).toBe(B);
    servers.manners.delete(A);
    await pass(10_000);
    expect(channel.state.host).toBe(A);
  });

  test('goes home over the window where that is longer than the hold', async () => {
    const server = { retryWindowMs: 100_000 };
    const { channel, servers, pool, pass } = channelWorld({ server, failback: { holdMs: 1_000 }, random: () => 0.5 });
    servers.manners.set(A, 'refuses');
    await pass(10_000);
    expect(channel.state.host).toBe(B);
    servers.manners.delete(A);
    await pass(20_000);
    expect([pool.status.current, channel.state.host]).toEqual([A, B]);
    await pass(40_000);
    expect(channel.state.host).toBe(A);
  });

  test.each(['busy', 'fickle'] as const)(
    'goes to another host that is well where one is %s without a window',
    async (manner) => {
      const { channel, servers, pass } = channelWorld();
      servers.manners.set(A, manner);
      await pass(5_000);
      expect(channel.state).toMatchObject({ kind: 'open', host: B });
    },
  );

  test('that has no hold is no loop where the better host takes connections and welcomes nobody', async () => {
    const { channel, servers, pass } = channelWorld({ failback: { holdMs: 0 } });
    servers.manners.set(A, 'refuses');
    await pass(0);
    servers.manners.set(A, 'busy');
    await pass(60_000);
    expect(channel.state.host).toBe(B);
    expect(servers.lines.filter(({ origin }) => origin === A).length).toBeLessThan(40);
  });

  test('that is to stay stays', async () => {
    const { channel, servers, pass } = channelWorld({ channel: { failback: 'stay' }, failback: { holdMs: 1_000 } });
    servers.manners.set(A, 'refuses');
    await pass(0);
    servers.manners.delete(A);
    await pass(100_000);
    expect(channel.state.host).toBe(B);
  });

  test('leaves nothing behind when it is closed, nor when its pool is', async () => {
    const { channel, open, pool, clock, listeners, servers, pass } = channelWorld();
    const other = open();
    await pass(0);
    const sends = [codeOf(channel.send('x'.repeat(10))), codeOf(channel.send('y'))];
    servers.vanish(A);
    const late = codeOf(channel.send('z'));
    await channel.close();
    expect(await Promise.all([...sends, late])).toEqual(['accepted', 'accepted', 'UNKNOWN_FATE']);
    expect(await codeOf(channel.send('after'))).toBe('CLOSED');
    pool.close();
    await pass(0);
    expect(other.state).toMatchObject({ kind: 'stopped', cause: 'closed' });
    expect(listeners()).toBe(0);
    for (const line of servers.lines) line.frozen = true;
    servers.arm();
    expect(clock.timers).toEqual([]);
  });
});

describe('the hosts of a welcome', () => {
  const news = { hosts: ['https://evil.example.com', B], generation: 7 };

  test('are not taken from it: its generation makes the pool look where the app has said', async () => {
    const found: FoundHosts[] = [
      { hosts: [A, B], generation: 6 },
      { hosts: [A, B, C], generation: 7 },
    ];
    const load = vi.fn(async () => found.shift() ?? null);
    const { servers, pool, pass } = channelWorld({ parts: [discovery({ load, refreshMs: 300_000 })] });
    servers.news = news;
    await pass(0);
    expect(load).toHaveBeenCalledTimes(1);
    await pass(1_500);
    expect([load.mock.calls.length, pool.hosts.map(({ origin }) => origin)]).toEqual([2, [A, B, C]]);
    servers.kill(A);
    await pass(5_000);
    expect([servers.last.origin, load.mock.calls.length]).toEqual([B, 2]);
  });

  test("change nothing where the list is the app's own", async () => {
    const { servers, pool, pass } = channelWorld();
    servers.news = news;
    await pass(5_000);
    expect(pool.hosts.map(({ origin }) => origin)).toEqual([A, B]);
  });
});

describe('a server that does not keep to the protocol', () => {
  test.each([
    ['no JSON', 'hello?', 4400],
    ['a frame of the other side', '{"kind":"auth","auth":"x"}', 4400],
    ['a second welcome', '{"kind":"welcome"}', 4400],
    ['bytes that are no message', Uint8Array.of(1, 2, 3), 4400],
    ['too much', `{"kind":"ack","ack":0,"x":"${'x'.repeat(300_000)}"}`, 4413],
    ['a message out of turn', '{"kind":"message","seq":7,"ack":0,"data":1}', 4422],
    ['an acknowledgement of nothing', '{"kind":"ack","ack":9}', 4422],
  ])('is left: %s', async (_, wire, code) => {
    const { channel, servers, pass } = channelWorld();
    channel.on('message', () => {});
    await pass(0);
    const [first] = servers.lines;
    first?.say(wire);
    expect(first?.closedWith).toBe(code);
    await pass(1_000);
    await channel.send('on');
    expect(servers.got).toEqual(['on']);
  });

  test('is not listened to where it floods a client that takes its time', async () => {
    const { channel, servers, pass } = channelWorld({ server: { window: [4, 1_000] } });
    const got: unknown[] = [];
    const waiting: (() => void)[] = [];
    channel.on('message', (data) => {
      got.push(data);
      return new Promise<void>((done) => waiting.push(done));
    });
    await pass(0);
    const [first] = servers.lines;
    for (let seq = 1; seq <= 20; seq++) {
      const payload = { text: String(seq), binary: false };
      first?.say({ kind: 'message', seq, ack: 0, data: payload });
    }
    await channel.send('on');
    expect(first?.closedWith).toBe(null);
    // One is with the application, and two windows wait for it, and the one that was too many. The others can come again.
    for (let taken = 1; taken <= 20; taken++) {
      waiting.shift()?.();
      await pass(0);
    }
    expect(got).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(first?.closedWith).toBe(4429);
    expect(servers.lines).toHaveLength(2);
    expect(servers.last.received[0]).toMatchObject({ kind: 'hello', cause: 'lost' });
  });
});

test.each([
  [{ outbox: { whenFull: 'never' } }],
  [{ outbox: { maxCount: -1 } }],
  [{ storages: 1 }],
  [{ failback: 'maybe' }],
  [{ credential: 'secret' }],
  [{ storage: {} }],
  [{ WebSocket: 'ws' }],
  [{ locks: {} }],
  [{ name: 7 }],
  [{ reconnect: { windowMs: '1' } }],
])('an option that can not be meant is refused at once: %j', (options) => {
  expect(() => channelWorld({ channel: options as never })).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION' }),
  );
});

test.each(['https://elsewhere.example.com/channel', '//elsewhere.example.com', 7])(
  'a path that leads elsewhere is refused: %s',
  (path) => {
    expect(() => channelWorld({ path: path as string })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  },
);
