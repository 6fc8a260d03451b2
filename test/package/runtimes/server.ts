/** Everything that a client talks to, in one server: requests, sockets, event streams and channels. Two of them share a store. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { WebSocketServer } from 'ws';
import { attachWebSocketServer, createSessionServer, sqliteSessionStore } from '../../../src/server/index.ts';
import type { Launch } from '../../rig/protocol.ts';
import { answerParent, report } from '../../rig/server/control.ts';
import { createListener } from '../../rig/server/listener.ts';

const EVENT_EVERY_MS = 50;

const { extra: database, name, ...launch } = JSON.parse(process.argv[2] ?? '{}') as Launch & { extra: string };
const sessions = createSessionServer({
  store: sqliteSessionStore({ path: database, durability: 'process' }),
  authenticate: ({ auth = 'anybody' }) => ({ subject: auth }),
  retryWindowMs: 100,
});
sessions.on('message', (session, { data }) => void session.send({ re: data }));

const http = createServer(answer);
http.on('upgrade', (request, socket, head) => {
  if (request.url !== '/echo') return;
  echo.handleUpgrade(request, socket, head, (link) => {
    link.send(`from ${name}`);
    link.on('message', (data) => link.send(`${name}: ${String(data)}`));
  });
});
const echo = new WebSocketServer({ noServer: true });

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { method, url } = request;
  // Pages are of another origin.
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-headers', '*');
  if (method === 'OPTIONS') response.writeHead(204).end();
  else if (url === '/stream') stream(response);
  else if (url === '/moved') response.writeHead(302, { location: '/healthz/ready' }).end();
  else if (url !== '/slow') {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ from: name, method, bytes }));
    });
  }
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const timer = setInterval(() => response.write(`data: ${name}\n\n`), EVENT_EVERY_MS);
  response.on('close', () => clearInterval(timer));
}

await attachWebSocketServer(sessions, { server: http });
const listener = createListener(http, launch.host, launch.port, () => {});
answerParent(() => undefined);
await listener.listen();
report({ kind: 'listening', port: listener.port });
