export type { PlainSocket, WebSocketConstructor } from './socket/plainSocket.ts';
