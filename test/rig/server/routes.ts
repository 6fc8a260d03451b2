import type { IncomingMessage } from 'node:http';
import type { Settings } from '../protocol.ts';
import { type ReadBody, readBody } from './body.ts';
import { fileReply } from './file.ts';
import { healthReply } from './health.ts';
import { json, type RouteReply, text } from './reply.ts';
import { partOf, siteReply } from './site.ts';

/** What a route may use. */
export interface RouteContext {
  /** The server's name. */
  readonly name: string;
  readonly settings: Settings;
  /** The check that a standby or a draining server fails, by name. */
  readonly unready: string | undefined;
  /** Records a piece of work; on return the record would survive a SIGKILL. Gives how often this id was worked on. */
  process(id: string): number;
}

/** Reads the request to its end, does what it asks, and gives the answer without sending it. */
export async function route(request: IncomingMessage, context: RouteContext): Promise<RouteReply> {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://server.invalid');
  const body = await readBody(request);
  if (pathname.startsWith('/healthz/')) {
    return healthReply(request, pathname, query, context.settings, context.unready);
  }
  if (pathname.startsWith('/item/')) return item(pathname.slice('/item/'.length), context);
  switch (pathname) {
    case '/echo':
      return echo(request, body, context);
    case '/work':
      return work(request, query, body, context);
    case '/file':
      return fileReply(request, query, context.settings);
    case '/stream':
      return stream(query);
    case '/slow':
      await pause(Number(query.get('ms') ?? 1_000));
      return json(200, { server: context.name });
    case '/sse':
      return events(request, query);
    default:
      if (context.settings.site !== undefined) {
        return partOf(await siteReply(pathname, context.settings.site, context.name), request.headers.range);
      }
      return text(404, 'no such path\n');
  }
}

function item(id: string, { name }: RouteContext): RouteReply {
  return json(200, { id, server: name, text: `item ${id}` });
}

function echo(request: IncomingMessage, body: ReadBody, { name }: RouteContext): RouteReply {
  const length = request.headers['content-length'];
  return json(200, {
    server: name,
    method: request.method,
    path: request.url,
    headers: request.headers,
    body: {
      bytes: body.bytes,
      sha256: body.sha256,
      framing: body.framing,
      contentLength: length === undefined ? null : Number(length),
    },
  });
}

/** Any method. The id comes from `X-Request-Id`, `?id=` or the `id` of a JSON body. */
function work(request: IncomingMessage, query: URLSearchParams, body: ReadBody, context: RouteContext): RouteReply {
  const id = requestId(request) ?? query.get('id') ?? idInBody(body.start);
  if (id === null) return text(400, 'work wants an id: X-Request-Id, ?id= or {"id": …}\n');
  return json(200, { id, server: context.name, times: context.process(id), bytes: body.bytes, sha256: body.sha256 });
}

/** `X-Request-Id`, or `null`. */
export function requestId(request: IncomingMessage): string | null {
  return headerText(request, 'x-request-id');
}

/** One header as text, or `null`. */
export function headerText(request: IncomingMessage, name: string): string | null {
  return request.headers[name]?.toString() ?? null;
}

function idInBody(body: string): string | null {
  try {
    const { id } = JSON.parse(body) as { id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

/** `?chunks=10&bytes=100&everyMs=0`: numbered lines, chunked. */
function stream(query: URLSearchParams): RouteReply {
  const bytes = Number(query.get('bytes') ?? 100);
  const lines = numbered(query, 'chunks', (index) => `${String(index).padEnd(bytes - 1, '.')}\n`);
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: lines };
}

/** `?count=10&everyMs=0`: events with ids from 1; a `Last-Event-ID` goes on behind it. */
function events(request: IncomingMessage, query: URLSearchParams): RouteReply {
  const seen = Number(request.headers['last-event-id'] ?? 0);
  const lines = numbered(query, 'count', (index) => `id: ${index}\ndata: ${index}\n\n`, seen);
  return { status: 200, headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }, body: lines };
}

async function* numbered(
  query: URLSearchParams,
  countName: string,
  line: (index: number) => string,
  seen = 0,
): AsyncGenerator<Uint8Array> {
  const count = Number(query.get(countName) ?? 10);
  const everyMs = Number(query.get('everyMs') ?? 0);
  for (let index = seen + 1; index <= count; index += 1) {
    if (everyMs > 0 && index > seen + 1) await pause(everyMs);
    yield Buffer.from(line(index));
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
