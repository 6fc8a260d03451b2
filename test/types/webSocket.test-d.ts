import { createClient } from 'graphql-ws';
import { expectTypeOf, test } from 'vitest';
import type { Failover } from '../../src/index.default.ts';
import { createWebSocket, type FailoverWebSocket, type SocketOptions } from '../../src/index.socket.ts';

declare const failover: Failover;

test('failover.WebSocket may stand wherever the class of the web does', () => {
  expectTypeOf(failover.WebSocket).toExtend<typeof WebSocket>();
  expectTypeOf<FailoverWebSocket>().toExtend<WebSocket>();
  createClient({ url: '/graphql', webSocketImpl: failover.WebSocket.with({ reconnect: false }) });
});

test('its own events and arguments are typed', () => {
  const socket = new failover.WebSocket(
    async ({ host, refused }) => `/live?at=${host.length}&again=${refused}`,
    () => ['chat'],
  );
  socket.onreconnected = ({ detail }) => expectTypeOf(detail.tookMs).toEqualTypeOf<number>();
  socket.addEventListener('reconnecting', ({ detail }) => expectTypeOf(detail.from).toEqualTypeOf<string | null>());
  socket.addEventListener('message', ({ data, origin }) => {
    expectTypeOf(origin).toEqualTypeOf<string>();
    expectTypeOf(data).toBeAny();
  });
  socket.addEventListener('close', ({ code }) => expectTypeOf(code).toEqualTypeOf<number>());
});

test('options that can’t be meant do not compile', () => {
  createWebSocket(failover.pool, { reconnect: { firstWaitMs: 0 }, headers: async () => ({ a: 'b' }) });
  // @ts-expect-error
  createWebSocket(failover.pool, { failback: 'go' });
  // @ts-expect-error
  expectTypeOf<SocketOptions>().toExtend<{ heartbeat: true }>();
});
