import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { type JournalWriter, openJournal } from '../../../../rig/journal.ts';
import type { Launch } from '../../../../rig/protocol.ts';
import { answerParent, report } from '../../../../rig/server/control.ts';

/** What a server of sockets is told by the test: close every socket with 1012, now and from now on. */
export const DRAIN = 'drain';

/** A server of sockets that is started by the rig. */
export interface SocketServer {
  readonly name: string;
  readonly sockets: WebSocketServer;
  readonly journal: JournalWriter;
}

/**
 * Starts a server of WebSockets, healthy until it drains. It keeps count of its connections, and of what its program calls
 * work.
 */
export async function serveSockets(options: { readonly protocol?: string } = {}): Promise<SocketServer> {
  const launch = JSON.parse(process.argv[2] ?? '{}') as Launch;
  const journal = openJournal(launch.journal);
  let draining = false;
  const server = createServer((_, response) => response.writeHead(draining ? 503 : 200).end());
  const { protocol } = options;
  const sockets = new WebSocketServer({ server, ...(protocol && { handleProtocols: () => protocol }) });
  const turnAway = (socket: WebSocket) => socket.close(1012, 'draining');
  sockets.on('connection', (socket) => {
    journal.write({ kind: 'connection' });
    if (draining) turnAway(socket);
  });
  answerParent((command) => {
    if (command.kind !== 'custom' || command.value !== DRAIN) return;
    draining = true;
    for (const socket of sockets.clients) turnAway(socket);
  });
  await new Promise<void>((resolve) => server.listen(launch.port, launch.host, resolve));
  report({ kind: 'listening', port: (server.address() as AddressInfo).port });
  return { name: launch.name, sockets, journal };
}
