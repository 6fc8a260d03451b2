/**
 * A server of files, which fails when it is told to (see protocol.ts): it gives out those of `extra.folder`, whole or in ranges, to pages
 * of any origin.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { openJournal } from '../../rig/journal.ts';
import type { Command, Launch } from '../../rig/protocol.ts';
import { answerParent, report } from '../../rig/server/control.ts';
import { commonHeaders, isPreflight, preflightHeaders } from '../../rig/server/headers.ts';
import { createListener } from '../../rig/server/listener.ts';
import { type RouteReply, sendWhole, text } from '../../rig/server/reply.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.wav': 'audio/wav',
  '.woff2': 'font/woff2',
};

const launch = JSON.parse(process.argv[2] ?? '{}') as Launch & { readonly extra: { readonly folder: string } };
const journal = openJournal(launch.journal);
let mode = launch.mode ?? { kind: 'ok' };
const server = createServer((request, response) => {
  response.on('error', () => {});
  serve(request, response).catch(() => response.destroy());
});
const listener = createListener(server, launch.host, launch.port, () => journal.write({ kind: 'connection' }));

answerParent((command: Command) => {
  if (command.kind === 'mode') mode = command.mode;
  if (command.kind === 'end') void listener.end();
});
await listener.listen();
report({ kind: 'listening', port: listener.port });

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  journal.write({
    kind: 'received',
    method,
    path: url,
    id: null,
    key: headers.cookie ?? null,
    range: headers.range ?? null,
  });
  if (mode.kind === 'mute') return;
  const reply = mode.kind === 'status' ? text(mode.status ?? 503, 'down\n') : await replyTo(request);
  return sendWhole(response, reply, { 'cache-control': 'no-store', ...commonHeaders(request, {}, launch.name) });
}

async function replyTo(request: IncomingMessage): Promise<RouteReply> {
  if (isPreflight(request)) return { status: 204, headers: preflightHeaders(request), body: new Uint8Array() };
  const { pathname } = new URL(request.url ?? '/', 'http://server');
  const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
  try {
    return wholeOrPart(await readFile(join(launch.extra.folder, path)), extname(path), request.headers.range);
  } catch {
    return text(404, 'not found\n');
  }
}

function wholeOrPart(file: Buffer, extension: string, range: string | undefined): RouteReply {
  const type = { 'content-type': TYPES[extension] ?? 'application/octet-stream', 'accept-ranges': 'bytes' };
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const body = first === '' ? file : file.subarray(Number(first), last === '' ? file.length : Number(last) + 1);
  const headers = { ...type, 'content-length': String(body.length) };
  if (first === '') return { status: 200, headers, body };
  const place = `bytes ${first}-${Number(first) + body.length - 1}/${file.length}`;
  return { status: 206, headers: { ...headers, 'content-range': place }, body };
}
