import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ACTS, type Act, allowed, type StagedServer } from './stagedServer.ts';

const PAGE = new URL('./control.html', import.meta.url);
const LOG_LENGTH = 100;

/** The page from which servers are hurt, and what it is told. */
export interface Control {
  readonly server: Server;
  /** Shows how the servers stand now to whoever is watching. */
  refresh(): void;
}

/** @param servers By name. */
export function createControl(servers: ReadonlyMap<string, StagedServer>): Control {
  const watchers = new Set<ServerResponse>();
  const log: { readonly at: string; readonly text: string }[] = [];
  const snapshot = () => {
    const rows = [...servers.values()].map(({ name, origin, condition, pid }) => ({
      name,
      origin,
      condition,
      pid,
      acts: allowed(condition),
    }));
    return `data: ${JSON.stringify({ servers: rows, log })}\n\n`;
  };
  const refresh = () => {
    for (const watcher of watchers) watcher.write(snapshot());
  };
  const watch = (response: ServerResponse) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(snapshot());
    watchers.add(response);
    response.once('close', () => watchers.delete(response));
  };
  const act = async (request: IncomingMessage, response: ServerResponse) => {
    const [, name = '', what = ''] = /^\/act\/([^/]+)\/([^/]+)$/.exec(request.url ?? '') ?? [];
    const server = servers.get(name);
    if (server === undefined || !isAct(what)) return end(response, 404);
    // A page of another site could post here, and hurt what it can't even see.
    if (request.headers['sec-fetch-site'] === 'cross-site') return end(response, 403);
    const done = await server.act(what).catch(() => false);
    if (done) {
      log.unshift({ at: new Date().toLocaleTimeString('en-GB'), text: `${what} ${name}` });
      log.length = Math.min(log.length, LOG_LENGTH);
      refresh();
    }
    return end(response, done ? 204 : 409);
  };
  const server = createServer((request, response) => {
    if (request.method === 'POST') void act(request, response);
    else if (request.url === '/state') watch(response);
    else if (request.url === '/')
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(readFileSync(PAGE));
    else end(response, 404);
  });
  return { server, refresh };
}

const isAct = (text: string): text is Act => (ACTS as readonly string[]).includes(text);

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}
