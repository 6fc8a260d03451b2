/** A socket.io server that says its name. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { openJournal } from '../../../../rig/journal.ts';
import type { Launch } from '../../../../rig/protocol.ts';
import { answerParent, report } from '../../../../rig/server/control.ts';

const launch = JSON.parse(process.argv[2] ?? '{}') as Launch;
const journal = openJournal(launch.journal);
const server = createServer();
new Server(server, { transports: ['websocket'] }).on('connection', (socket) => {
  journal.write({ kind: 'connection' });
  socket.on('ask', (id: string, answer: (name: string) => void) => {
    journal.write({ kind: 'processed', id });
    answer(launch.name);
  });
});
answerParent(() => {});
await new Promise<void>((resolve) => server.listen(launch.port, launch.host, resolve));
report({ kind: 'listening', port: launch.port });
