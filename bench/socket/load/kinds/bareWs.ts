import { WebSocket, WebSocketServer } from 'ws';
import { type Kind, type Message, NAMES } from '../kind.ts';

/** What an application does who has nothing but `ws`: JSON in a text. */
export const bareWs: Kind = {
  name: NAMES.bare,
  acknowledges: false,
  serve(port, onMessage) {
    return new Promise((resolve) => {
      const server = new WebSocketServer({ host: '127.0.0.1', port, backlog: 4_096 }, resolve);
      server.on('connection', (socket) => {
        const line = { send: (message: Message) => socket.send(JSON.stringify(message)) };
        socket.on('message', (data) => onMessage(line, JSON.parse(String(data)) as Message));
      });
    });
  },
  connect: (url, first, count, onMessage) =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const socket = new WebSocket(url.replace('http', 'ws'));
        socket.on('message', (data) => onMessage(first + index, JSON.parse(String(data)) as Message));
        await new Promise((resolve) => socket.once('open', resolve));
        return { send: (message: Message) => socket.send(JSON.stringify(message)) };
      }),
    ),
};
