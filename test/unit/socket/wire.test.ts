import { describe, expect, test } from 'vitest';
import { Wire, type WireListener } from '../../../src/socket/wire.ts';
import { A, type WorldOptions, world } from '../runtime/world.ts';
import { FakeSocket } from './fakeSocket.ts';

const QUIET: WireListener = { opened() {}, message() {}, closed() {} };

function wired(options: WorldOptions = {}) {
  const base = world(options);
  const connect = (listener: Partial<WireListener> = {}, more: object = {}) => {
    const request = { WebSocket: FakeSocket as never, url: 'wss://a.example.com/', protocols: [], ...more };
    const wire = new Wire(base.pool, A, request, { ...QUIET, ...listener });
    return { wire, socket: wire.socket as unknown as FakeSocket };
  };
  return { ...base, connect };
}

describe('a connection', () => {
  test('that breaks tells of its host as it is now, not as it was when it was opened', async () => {
    const { clock, pool, connect } = wired();
    const took: number[] = [];
    pool.events.on('failover', ({ tookMs }) => took.push(tookMs));
    const links = [connect(), connect()];
    for (const { wire } of links) wire.proven();
    await clock.advance(3_600_000);
    for (const { socket } of links) socket.end();
    expect([took, pool.status.hosts[0]?.state]).toEqual([[0], 'ejected']);
  });

  test('that an outage has left behind says nothing of a host that is back', async () => {
    const { clock, pool, connect, fail } = wired();
    const links = [connect(), connect(), connect()];
    for (const { wire } of links) wire.proven();
    fail(A, 'refused');
    fail(A, 'refused');
    await clock.advance(120_000);
    expect(pool.status.current).toBe(A);
    for (const { socket } of links) socket.end();
    expect(pool.status.hosts[0]?.state).toBe('up');
  });

  test('that is let go before it was open leaves a host on trial as it was', async () => {
    const { clock, pool, connect, fail } = wired({ failback: { proof: 'request' } });
    fail(A, 'refused');
    fail(A, 'refused');
    await clock.advance(10_000);
    expect(pool.take()?.origin).toBe(A);
    expect(pool.take()?.origin).not.toBe(A);
    connect().wire.drop();
    expect(pool.take()?.origin).toBe(A);
  });

  test('tells nothing once it is dropped, and is ended without a handshake where it is dead', () => {
    const told: unknown[] = [];
    let terminated = 0;
    const { connect } = wired();
    const { wire, socket } = connect({ message: (data) => told.push(data), closed: (code) => told.push(code) });
    socket.say('x');
    wire.drop(1000, 'bye');
    socket.say('y');
    socket.end();
    expect([told, socket.closes]).toEqual([['x'], [[1000, 'bye']]]);
    const dead = connect();
    Object.assign(dead.socket, { terminate: () => terminated++ });
    dead.wire.drop(undefined, undefined, true);
    expect([terminated, dead.socket.closes]).toEqual([1, []]);
  });

  test.each([
    [401, {}, 'up'],
    [503, {}, 'ejected'],
    [503, { 'switchover-role': 'standby' }, 'inactive'],
    [503, { 'retry-after': '60' }, 'busy'],
  ])('is judged by the answer to its upgrade where the platform tells that (ws): %i %j', (status, headers, state) => {
    const { pool, connect } = wired();
    for (let at = 0; at < 3; at++) {
      let answer: (request: unknown, response: object) => void = () => {};
      class Ws extends FakeSocket {
        on(event: string, listener: typeof answer) {
          if (event === 'unexpected-response') answer = listener;
        }
        terminate() {
          this.end();
        }
      }
      const codes: number[] = [];
      const { wire } = connect({ closed: (code) => codes.push(code) }, { WebSocket: Ws });
      answer({}, { statusCode: status, headers });
      expect([wire.status, codes]).toEqual([status, [1006]]);
    }
    const [host] = pool.status.hosts;
    expect(host?.busy ? 'busy' : host?.state).toBe(state);
  });

  test('that is one of ws sends in one packet what is sent in one go, also by those who waited for the same answer', async () => {
    const acts: string[] = [];
    let upgraded: (response: object) => void = () => {};
    class Ws extends FakeSocket {
      on(event: string, listener: typeof upgraded) {
        if (event === 'upgrade') upgraded = listener;
      }
      override send(data: unknown) {
        acts.push(String(data));
      }
    }
    const { wire } = wired().connect({}, { WebSocket: Ws });
    upgraded({ socket: { cork: () => acts.push('cork'), uncork: () => acts.push('uncork') } });
    const answer = Promise.resolve();
    const senders = ['b', 'c'].map((data) => answer.then(() => wire.send(data)));
    wire.send('a');
    await Promise.all(senders);
    await new Promise((resolve) => setImmediate(resolve));
    wire.send('d');
    await new Promise((resolve) => setImmediate(resolve));
    expect(acts).toEqual(['cork', 'a', 'b', 'c', 'uncork', 'cork', 'd', 'uncork']);
  });

  test('that a platform does not call unclean (React Native) is judged by its code', () => {
    const { pool, connect } = wired();
    for (let at = 0; at < 3; at++) {
      const { socket, wire } = connect();
      wire.proven();
      socket.onclose?.({ code: 1000, reason: '' });
    }
    expect(pool.status.hosts[0]?.state).toBe('up');
  });
});
