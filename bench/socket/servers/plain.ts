/** A plain `ws` server: answers each message, and can say something to all. Started by the rig. */
import { WebSocketServer } from 'ws';
import { speaker } from './speaker.ts';

const { launch, process, listening } = speaker((text) => {
  for (const socket of server.clients) socket.send(text);
});

const server = new WebSocketServer({ host: launch.host, port: launch.port }, listening);

server.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (data) => socket.send(process(String(data))));
});
