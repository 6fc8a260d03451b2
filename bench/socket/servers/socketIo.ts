/** A Socket.IO server with connection state recovery. Started by the rig. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { speaker } from './speaker.ts';

const { launch, process, listening } = speaker((text) => io.emit('said', text));

const http = createServer();
const io = new Server(http, { connectionStateRecovery: {} });

io.on('connection', (socket) => {
  socket.on('say', (id: string, acknowledge: () => void) => {
    socket.emit('said', process(id));
    acknowledge();
  });
});

http.listen(launch.port, launch.host, listening);
