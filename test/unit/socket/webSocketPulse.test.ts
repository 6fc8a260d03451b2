import { describe, expect, test } from 'vitest';
import { manualClock, settle } from '../http/fakes.ts';
import { A, B } from '../runtime/world.ts';
import { FakeSocket, mute, refuse, type SocketWorldOptions, socketWorld } from './fakeSocket.ts';

const asking = { heartbeat: { ping: () => 'ping', isPong: (data: unknown) => data === 'pong' } };

/** `ws`: it has pings of the protocol. */
const pings: string[] = [];
class FakeWs extends FakeSocket {
  readonly listeners = new Map<string, () => void>();
  terminated = 0;
  on(event: string, listener: () => void) {
    this.listeners.set(event, listener);
  }
  ping() {
    pings.push(this.host);
  }
  terminate() {
    this.terminated++;
  }
}

function wsWorld(options: SocketWorldOptions = {}) {
  const made: FakeWs[] = [];
  class Platform extends FakeWs {
    constructor(url: string) {
      super(url, []);
      made.push(this);
      queueMicrotask(() => this.open());
    }
  }
  pings.length = 0;
  return { ...socketWorld({ ...options, socket: { WebSocket: Platform as never, ...options.socket } }), made };
}

describe('a silent link', () => {
  test('is asked after 4 s, and left at once after 7.5 s, for another host', async () => {
    const { make, clock, sockets, heard, news } = socketWorld({ socket: asking, network: { [A]: 'hang' } });
    make();
    await clock.advance(3_999);
    expect(sockets[0]?.sent).toEqual([]);
    await clock.advance(1);
    expect(sockets[0]?.sent).toEqual(['ping']);
    await clock.advance(3_499);
    expect(heard()).toEqual(['open a']);
    await clock.advance(1);
    expect(heard()).toEqual(['lost a no answer', 'open b', 'moved ab no answer']);
    expect(news()[0]).toBe('a half-open');
  });

  test('is alive while anything is said; answers to pings are not handed on', async () => {
    const { make, clock, sockets, heard } = socketWorld({ socket: asking });
    make();
    for (let at = 0; at < 10; at++) {
      await clock.advance(6_000);
      sockets[0]?.say(at % 2 ? 'pong' : `word ${at}`);
    }
    expect([sockets.length, heard()]).toEqual([1, ['open a', 'word 0', 'word 2', 'word 4', 'word 6', 'word 8']]);
  });

  test('is asked with pings of the protocol where the platform has them', async () => {
    const { make, clock, made, heard } = wsWorld({ network: { [A]: 'hang' } });
    make();
    for (let at = 0; at < 5; at++) {
      await clock.advance(6_000);
      made[0]?.listeners.get('pong')?.();
    }
    expect([pings.length > 3, made.length]).toEqual([true, 1]);
    await clock.advance(9_000);
    expect([made[0]?.terminated, heard()]).toEqual([1, ['open a', 'lost a no answer', 'open b', 'moved ab no answer']]);
  });

  test('is not asked where the app wants no pings', async () => {
    const { make, clock, made } = wsWorld({ socket: { heartbeat: false } });
    make();
    await clock.advance(600_000);
    expect([pings, made.length]).toEqual([[], 1]);
  });

  test('of `reconnect: false` ends, so that its library can go on', async () => {
    const { make, clock, heard } = wsWorld({ socket: { reconnect: false } });
    make();
    await clock.advance(9_000);
    expect(heard()).toEqual(['open a', 'close 1006 broken']);
  });
});

describe('on waking', () => {
  test('a link is asked at once, and left after 2 s', async () => {
    const { make, clock, sockets, heard, wake } = socketWorld({ socket: asking, network: { [A]: 'hang' } });
    make();
    await clock.advance(1_000);
    wake();
    expect(sockets[0]?.sent).toEqual(['ping']);
    await clock.advance(1_999);
    sockets[0]?.say('pong');
    await clock.advance(1_000);
    wake();
    await clock.advance(2_000);
    expect(heard()).toEqual(['open a', 'lost a no answer', 'open b', 'moved ab no answer']);
  });

  test('what was said meanwhile is read before a link is given up', async () => {
    const clock = manualClock();
    const { make, sockets, heard } = socketWorld({ clock, socket: asking });
    make();
    await settle();
    clock.advance(4_000);
    clock.freeze(3_600_000);
    clock.advance(0);
    expect(sockets[0]?.sent).toEqual(['ping', 'ping']);
    sockets[0]?.say('pong');
    clock.advance(2_000);
    await settle();
    expect(heard()).toEqual(['open a']);
    clock.advance(4_000);
    clock.freeze(3_600_000);
    clock.advance(0);
    clock.advance(2_000);
    await settle();
    expect(heard()[0]).toBe('lost a no answer');
  });

  test('a link that stays silent is given up even where every timer is late', async () => {
    const clock = manualClock();
    const { make, heard } = socketWorld({ clock, socket: asking });
    make();
    await settle();
    for (let minute = 0; minute < 3; minute++) {
      clock.freeze(60_000);
      clock.advance(0);
    }
    expect(heard()).toEqual(['open a', 'lost a no answer']);
  });

  test('a link that can’t be asked is replaced after a long sleep, once its successor is there', async () => {
    const clock = manualClock();
    const { make, sockets, heard, pool } = socketWorld({ clock });
    make();
    await settle();
    clock.freeze(100_000);
    clock.advance(4_000);
    await settle();
    expect(sockets.length).toBe(1);
    clock.freeze(200_000);
    clock.advance(0);
    clock.advance(500);
    expect([sockets.length, sockets[0]?.closes.length]).toEqual([2, 0]);
    await settle();
    expect([heard(), sockets[0]?.closes]).toEqual([['open a', 'open a', 'moved aa woke'], [[1000, undefined]]]);
    pool.close();
  });

  test('a link that proves alive meanwhile stays', async () => {
    const clock = manualClock();
    const { make, sockets, heard, behaviour, pool } = socketWorld({ clock });
    make();
    await settle();
    behaviour['a'] = mute;
    clock.freeze(200_000);
    clock.advance(0);
    clock.advance(500);
    expect(sockets.length).toBe(2);
    sockets[0]?.say('here');
    clock.advance(60_000);
    await settle();
    expect([heard(), sockets[1]?.closes.length, sockets[0]?.closes]).toEqual([['open a', 'here'], 1, []]);
    pool.close();
  });

  test('a network that was gone is reason enough to replace a link that can’t be asked (centrifuge-js#228)', async () => {
    const { make, clock, sockets, heard, setOnline } = socketWorld();
    make();
    await clock.advance(10_000);
    setOnline(false);
    setOnline(true);
    await clock.advance(1_000);
    expect([sockets.length, heard().at(-1)]).toEqual([2, 'moved aa woke']);
  });
});

describe('when the pool has another current host', () => {
  test('a link moves there: the new one is open before the old one is closed', async () => {
    const { make, clock, sockets, heard, pool, behaviour } = socketWorld();
    const socket = make();
    await clock.advance(0);
    behaviour['b'] = mute;
    pool.prefer(B);
    await clock.advance(1_000);
    sockets[0]?.say('still here');
    socket.send('by the old one');
    expect([sockets.length, sockets[0]?.closes, socket.readyState]).toEqual([2, [], 1]);
    sockets[1]?.open();
    expect(sockets[0]?.closes).toEqual([[1000, undefined]]);
    sockets[0]?.say('too late');
    expect(heard()).toEqual(['open a', 'still here', 'open b', 'moved ab switchover']);
    expect([sockets[0]?.sent, socket.url]).toEqual([['by the old one'], 'wss://b.example.com/live']);
  });

  test('a link whose successor can’t be had stays', async () => {
    const { make, clock, sockets, heard, pool, behaviour } = socketWorld({ list: [A, B] });
    make();
    await clock.advance(0);
    behaviour['b'] = refuse;
    pool.prefer(B);
    await clock.advance(600_000);
    expect([heard(), sockets[0]?.closes]).toEqual([['open a'], []]);
    expect(sockets.length).toBeLessThan(60);
    pool.close();
  });

  test('a link that is lost on the way is replaced by the one that is coming', async () => {
    const { make, clock, sockets, heard, pool, behaviour } = socketWorld();
    make();
    await clock.advance(0);
    behaviour['b'] = mute;
    pool.prefer(B);
    await clock.advance(1_000);
    sockets[0]?.end(1001);
    sockets[1]?.open();
    expect([sockets.length, heard()]).toEqual([2, ['open a', 'lost a code 1001', 'open b', 'moved ab code 1001']]);
  });

  test.each(['move', 'stay'] as const)(
    'a link that has failed over will %s when its first host is back',
    async (failback) => {
      const { make, clock, sockets, heard, behaviour, network } = socketWorld({
        socket: { failback },
        network: { [A]: 'refuse' },
      });
      make();
      await clock.advance(0);
      behaviour['a'] = refuse;
      sockets[0]?.end();
      await clock.advance(10_000);
      expect(heard().at(-1)).toBe('moved ab code 1006');
      behaviour['a'] = (socket) => queueMicrotask(() => socket.open());
      network.set(A, 'ok');
      await clock.advance(300_000);
      expect(heard()).toEqual(failback === 'move' ? ['open a', 'moved ba failback'] : []);
    },
  );

  test('a link of `reconnect: false` stays where it is', async () => {
    const { make, clock, sockets, pool } = socketWorld({ socket: { reconnect: false } });
    make();
    await clock.advance(0);
    pool.prefer(B);
    await clock.advance(60_000);
    expect([sockets.length, sockets[0]?.closes]).toEqual([1, []]);
  });
});
