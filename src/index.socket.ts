/**
 * Sockets and event streams whose connections fail over, for a pool of one's own: classes of the shape of `WebSocket` and
 * `EventSource`. Pools come from `createPool` of `switchover/fetch`, or as `failover.pool`. The guide: docs/sockets.md.
 *
 * @module switchover/socket
 */
export * from './policy/error.ts';
export type * from './publicSockets.ts';
export type * from './runtime/poolTypes.ts';
export type { Fetch, MaybePromise } from './runtime/ports.ts';
export { createEventSource } from './socket/eventSource/createEventSource.ts';
export { createWebSocket } from './socket/webSocket/createWebSocket.ts';
