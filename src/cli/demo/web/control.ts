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

type Line = { readonly at: string; readonly text: string };

/** @param servers By name. */
export function createControl(servers: ReadonlyMap<string, StagedServer>): Control {
  const watchers = new Set<ServerResponse>();
  const log: Line[] = [];
  const refresh = () => {
    for (const watcher of watchers) watcher.write(snapshot(servers, log));
  };
  const watch = (response: ServerResponse) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(snapshot(servers, log));
    watchers.add(response);
    response.once('close', () => watchers.delete(response));
  };
  const act = async (request: IncomingMessage, response: ServerResponse) => {
    const text = await carryOut(request, servers);
    if (typeof text === 'number') return end(response, text);
    log.unshift({ at: new Date().toLocaleTimeString('en-GB'), text });
    log.length = Math.min(log.length, LOG_LENGTH);
    refresh();
    end(response, 204);
  };
  const server = createServer((request, response) => {
    if (request.method === 'POST') void act(request, response);
    else if (request.url === '/state') watch(response);
    else if (request.url === '/') showPage(response);
    else end(response, 404);
  });
  return { server, refresh };
}

/** What was done; or the status that says why not. */
async function carryOut(
  { url = '', headers }: IncomingMessage,
  servers: ReadonlyMap<string, StagedServer>,
): Promise<string | number> {
  const [, name = '', what = ''] = /^\/act\/([^/]+)\/([^/]+)$/.exec(url) ?? [];
  const server = servers.get(name);
  if (server === undefined || !isAct(what)) return 404;
  // A page of another site could post here, and hurt what it can't even see.
  if (headers['sec-fetch-site'] === 'cross-site') return 403;
  return (await server.act(what).catch(() => false)) ? `${what} ${name}` : 409;
}

function snapshot(servers: ReadonlyMap<string, StagedServer>, log: readonly Line[]): string {
  const rows = [...servers.values()].map(({ name, origin, condition, pid }) => {
    return { name, origin, condition, pid, acts: allowed(condition) };
  });
  return `data: ${JSON.stringify({ servers: rows, log })}\n\n`;
}

const isAct = (text: string): text is Act => (ACTS as readonly string[]).includes(text);

function showPage(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(readFileSync(PAGE));
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}
