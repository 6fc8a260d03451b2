export {
  createEventSource,
  type EventSourceErrorEvent,
  type FailoverEventSource,
  type FailoverEventSourceConstructor,
} from './socket/eventSource/createEventSource.ts';
export type { EventSourceInit, EventSourceOptions, StreamAttempt } from './socket/eventSource/options.ts';
export type { PlainSocket, WebSocketConstructor } from './socket/plainSocket.ts';
