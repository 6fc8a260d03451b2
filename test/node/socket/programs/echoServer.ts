/** A WebSocket server that greets with its name, says everything back, and fails in the ways that it is told. Each upgrade is in its journal. */
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { openJournal } from '../../../rig/journal.ts';
import type { Launch } from '../../../rig/protocol.ts';
import { answerParent, report } from '../../../rig/server/control.ts';

type UpgradeAnswer = 'accept' | 'mute' | { readonly status: number; readonly headers?: string };

/** What the test may tell it. */
export type EchoCommand =
  /** What becomes of upgrades from now on: they are accepted, get no answer, or this status. */
  | { readonly kind: 'upgrades'; readonly answer: UpgradeAnswer }
  /** Every link that is open is closed so. */
  | { readonly kind: 'close'; readonly code: number; readonly reason?: string }
  /** Links are closed so as soon as they are open; 0 ends that. */
  | { readonly kind: 'reject'; readonly code: number }
  /** Says so to every link. */
  | { readonly kind: 'say'; readonly text: string }
  /** How many links are open. */
  | { readonly kind: 'count' };

const launch = JSON.parse(process.argv[2] ?? '{}') as Launch;
const journal = openJournal(launch.journal);
const server = createServer((_, response) => {
  // Pages of another origin probe it, too.
  response.setHeader('access-control-allow-origin', '*');
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
});
const sockets = new WebSocketServer({ noServer: true });
let answer: UpgradeAnswer = 'accept';
let rejection = 0;

server.on('upgrade', (request, stream: Duplex, head) => {
  const { authorization = null } = request.headers;
  journal.write({
    kind: 'received',
    method: 'GET',
    path: request.url ?? '',
    id: null,
    key: authorization,
    range: null,
  });
  stream.on('error', () => {});
  if (answer === 'mute') return;
  if (answer === 'accept') sockets.handleUpgrade(request, stream, head, welcome);
  else {
    const { status, headers = 'x-no: header' } = answer;
    stream.end(`HTTP/1.1 ${status} No\r\n${headers}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  }
});

function welcome(socket: WebSocket): void {
  if (rejection > 0) {
    socket.close(rejection);
    return;
  }
  socket.send(`from ${launch.name}`);
  socket.on('message', (data, isBinary) => socket.send(isBinary ? data : `${launch.name}: ${String(data)}`));
}

answerParent((command) => {
  if (command.kind !== 'custom') return undefined;
  const order = command.value as EchoCommand;
  if (order.kind === 'upgrades') answer = order.answer;
  if (order.kind === 'reject') rejection = order.code;
  if (order.kind === 'close') for (const socket of sockets.clients) socket.close(order.code, order.reason);
  if (order.kind === 'say') for (const socket of sockets.clients) socket.send(order.text);
  return sockets.clients.size;
});

server.listen(launch.port, launch.host, () => report({ kind: 'listening', port: launch.port }));
