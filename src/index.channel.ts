export { openChannel } from './socket/channel/openChannel.ts';
export type * from './socket/channel/types.ts';
export type { PlainSocket, WebSocketConstructor } from './socket/plainSocket.ts';
