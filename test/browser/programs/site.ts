/**
 * The server of one site or more, which fails when it is told to (see protocol.ts): it gives out the files of `extra.folders`, by
 * hostname, as they are at that moment, and at any other path a page that names the server and the path.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { openJournal } from '../../rig/journal.ts';
import type { Command, Launch, Mode } from '../../rig/protocol.ts';
import { answerParent, report } from '../../rig/server/control.ts';
import { commonHeaders, isPreflight, preflightHeaders } from '../../rig/server/headers.ts';
import { createListener } from '../../rig/server/listener.ts';
import { createModeKeeper } from '../../rig/server/modes.ts';
import { headersOf, planFor } from '../../rig/server/plan.ts';
import { type RouteReply, sendWhole, slowed, text } from '../../rig/server/reply.ts';
import { isNavigation } from '../../rig/server/site.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

const launch = JSON.parse(process.argv[2] ?? '{}') as Launch & {
  readonly extra: { readonly folders: Readonly<Record<string, string>> };
};
const journal = openJournal(launch.journal);
const modes = createModeKeeper(launch.mode);
const server = createServer((request, response) => {
  response.on('error', () => {});
  serve(request, response).catch(() => response.destroy());
});
const listener = createListener(server, launch.host, launch.port, () => journal.write({ kind: 'connection' }));

answerParent(act);
await listener.listen();
report({ kind: 'listening', port: listener.port });

function act(command: Command): unknown {
  if (command.kind === 'mode') return enter(command.mode);
  if (command.kind === 'end') void listener.end();
  return undefined;
}

async function enter(mode: Mode): Promise<void> {
  modes.set(mode);
  if (mode.kind === 'refused') await listener.refuse();
  else await listener.listen();
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  journal.write({ kind: 'received', method, path: url, id: null, key: null, range: null });
  const mode = modes.take({ isProbe: false, isNavigation: isNavigation(request), path: url.replace(/\?.*/s, '') });
  const { delayMs, answer } = planFor(mode, { isProbe: false });
  const headers = { 'cache-control': 'no-cache', ...commonHeaders(request, {}, launch.name), ...headersOf(mode) };
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  switch (answer.kind) {
    case 'route':
      return sendWhole(response, await replyTo(request), headers);
    case 'own':
      return sendWhole(response, text(answer.status, answer.body), { ...headers, ...answer.headers });
    case 'slow':
      return sendWhole(response, slowed(await replyTo(request), answer.everyMs, answer.chunkBytes), headers);
    case 'reset':
      return listener.sockets.reset(request.socket);
    case 'cut':
    case 'none':
      // Silence, for as long as the client will wait.
      return undefined;
  }
}

async function replyTo(request: IncomingMessage): Promise<RouteReply> {
  if (isPreflight(request)) return { status: 204, headers: preflightHeaders(request), body: new Uint8Array() };
  const { pathname, hostname } = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
  try {
    const body = await readFile(join(launch.extra.folders[hostname] ?? '/nowhere', path));
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    return { status: 200, headers: { 'content-type': type, 'content-length': String(body.length) }, body };
  } catch {
    // A script that is not there must be a 404; any other path is a page.
    return extname(path) === '' ? page(pathname) : text(404, 'not found\n');
  }
}

function page(pathname: string): RouteReply {
  const name = `${launch.name} ${pathname.replace(/[^\w/-]/g, '')}`;
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title><h1>${name}</h1></html>\n`;
  return text(200, html, 'text/html; charset=utf-8');
}
