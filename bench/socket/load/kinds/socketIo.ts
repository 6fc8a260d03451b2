import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { type Kind, type Message, NAMES } from '../kind.ts';

/** Connection state recovery keeps what was sent; each message of a client is acknowledged. */
export const socketIo: Kind = {
  name: NAMES.socketIo,
  acknowledges: true,
  serve(port, onMessage) {
    const http = createServer();
    const server = new Server(http, { connectionStateRecovery: {}, transports: ['websocket'] });
    server.on('connection', (socket) => {
      const line = { send: (message: Message) => socket.emit('message', message) };
      socket.on('message', (message: Message, acknowledge: () => void) => {
        onMessage(line, message);
        acknowledge();
      });
    });
    return new Promise((resolve) => http.listen({ port, host: '127.0.0.1', backlog: 4_096 }, resolve));
  },
  connect: (url, first, count, onMessage) =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const socket = io(url, { transports: ['websocket'], forceNew: true });
        socket.on('message', (message: Message) => onMessage(first + index, message));
        await new Promise<void>((resolve) => socket.once('connect', resolve));
        return { send: (message: Message) => socket.emitWithAck('message', message) };
      }),
    ),
};
