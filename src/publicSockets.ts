/** The types of sockets and event streams: of `switchover/socket`, and of whatever gives their classes. */
export type {
  EventSourceErrorEvent,
  FailoverEventSource,
  FailoverEventSourceConstructor,
  FailoverEventSourceEventMap,
} from './socket/eventSource/createEventSource.ts';
export type { EventSourceInit, EventSourceOptions, StreamAttempt } from './socket/eventSource/options.ts';
export type * from './socket/plainSocket.ts';
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
