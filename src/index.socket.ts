export {
  createEventSource,
  type EventSourceErrorEvent,
  type FailoverEventSource,
  type FailoverEventSourceConstructor,
} from './socket/eventSource/createEventSource.ts';
export type { EventSourceInit, EventSourceOptions, StreamAttempt } from './socket/eventSource/options.ts';
export type { PlainSocket, WebSocketConstructor } from './socket/plainSocket.ts';
export { createWebSocket } from './socket/webSocket/createWebSocket.ts';
export type {
  HeartbeatPolicy,
  PerAttempt,
  ReconnectPolicy,
  SocketAttempt,
  SocketEnd,
  SocketOptions,
} from './socket/webSocket/options.ts';
export type { SocketProtocols, SocketUrl } from './socket/webSocket/requests.ts';
export type {
  FailoverWebSocket,
  FailoverWebSocketConstructor,
  FailoverWebSocketEvents,
  ReconnectedDetail,
  ReconnectingDetail,
} from './socket/webSocket/types.ts';
