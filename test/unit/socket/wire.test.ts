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

  test('is judged by the answer to its upgrade where the platform tells that (ws)', () => {
    for (const [status, state] of [
      [401, 'up'],
      [503, 'ejected'],
    ] as const) {
      const { pool, connect } = wired();
      for (let at = 0; at < 3; at++) {
        const { wire, socket } = connect();
        socket.onerror?.({ message: `Unexpected server response: ${status}` });
        socket.end();
        expect(wire.status).toBe(status);
      }
      expect(pool.status.hosts[0]?.state).toBe(state);
    }
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
