/** Answers each text with its own name and that text. */
import { serveSockets } from './serveSockets.ts';

const { name, sockets, journal } = await serveSockets();
sockets.on('connection', (socket) => {
  socket.on('message', (data) => {
    journal.write({ kind: 'processed', id: String(data) });
    socket.send(`${name} ${data}`);
  });
});
