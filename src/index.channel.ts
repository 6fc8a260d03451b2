export { openChannel } from './socket/channel/openChannel.ts';
export type {
  AckOptions,
  Channel,
  ChannelEvents,
  ChannelGap,
  ChannelOptions,
  ChannelState,
  HeartbeatOptions,
  MessageData,
  OutboxOptions,
  ReconnectOptions,
  SendOptions,
} from './socket/channel/types.ts';
export type { PlainSocket, WebSocketConstructor } from './socket/plainSocket.ts';
