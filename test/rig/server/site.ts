import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { extname, join, normalize } from 'node:path';
import type { Site } from '../protocol.ts';
import { parseRange } from './file.ts';
import type { RouteReply } from './reply.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wav': 'audio/wav',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Whether a browser asks for a page, by itself or through a worker, whose requests no longer say `navigate`. */
export function isNavigation({ headers }: IncomingMessage): boolean {
  return headers['sec-fetch-mode'] === 'navigate' || (headers.accept?.startsWith('text/html') ?? false);
}

/** An answer whose bytes are all there. */
type WholeReply = RouteReply & { readonly body: Uint8Array };

/** What a site has at a path. In its pages, `%SERVER%` is the name of the server that gives them. */
export async function siteReply(path: string, site: Site, name: string): Promise<WholeReply> {
  const { status, headers = {}, body: own } = site.answers?.[path] ?? {};
  const file = await findFile(path, site.folder);
  const type = file?.type ?? 'text/plain; charset=utf-8';
  const bytes = own === undefined ? file?.bytes : Buffer.from(own);
  const body = bytes !== undefined && type.startsWith('text/html') ? withName(bytes, name) : bytes;
  return {
    status: status ?? (body === undefined ? 404 : 200),
    headers: {
      'content-type': type,
      'cache-control': 'no-cache',
      'accept-ranges': 'bytes',
      'content-length': String(body?.length ?? 0),
      ...headers,
    },
    body: body ?? new Uint8Array(),
  };
}

/** The part of a file that a player asks for; all of it where none was asked for, or one that is not there. */
export function partOf(reply: WholeReply, range: string | undefined): RouteReply {
  const { headers, body } = reply;
  const part = reply.status === 200 ? parseRange(range, body.length) : undefined;
  if (typeof part !== 'object') return reply;
  const { start, end } = part;
  return {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(end - start),
      'content-range': `bytes ${start}-${end - 1}/${body.length}`,
    },
    body: body.subarray(start, end),
  };
}

const withName = (page: Buffer, name: string): Buffer => Buffer.from(String(page).replaceAll('%SERVER%', name));

/** A path without an ending is a page: `/about` is `about.html`, or else the page for all paths, `any.html`. */
async function findFile(
  path: string,
  folder: string,
): Promise<{ readonly bytes: Buffer; readonly type: string } | undefined> {
  const name = path.endsWith('/') ? `${path}index.html` : path;
  for (const candidate of extname(path) === '' ? [name, `${name}.html`, '/any.html'] : [name]) {
    const bytes = await readFile(join(folder, normalize(candidate))).catch(() => undefined);
    if (bytes !== undefined) return { bytes, type: TYPES[extname(candidate)] ?? 'application/octet-stream' };
  }
  return undefined;
}
