import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { noteAddress } from './clientAddress.ts';
import { headersOf } from './nodeHeaders.ts';
import type { WebHandler } from './webHandler.ts';

/** A listener of `node:http`; and, with its third argument, a middleware of Express and of whatever speaks like it. */
export type NodeListener = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/**
 * Makes a web-standard handler fit node:http, Express and Connect, and Fastify behind `reply.hijack()`. Where there is a `next`, paths that the handler has no
 * answer for, and its errors, go there; without one they get 404 and 500.
 */
export function toNodeListener(
  handler: ((request: Request) => Response | Promise<Response>) | WebHandler,
): NodeListener {
  return (request, response, next) => {
    const url = urlOf(request);
    if (url === null) return finish(response, 400);
    if (next !== undefined && 'handles' in handler && !handler.handles(url.pathname)) return next();
    answer(handler, url, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (next !== undefined) next(error);
      else finish(response, 500);
    });
  };
}

async function answer(
  handler: (request: Request) => Response | Promise<Response>,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  const answered = await handler(noteAddress(requestOf(url, request, gone.signal), request));
  response.statusCode = answered.status;
  if (answered.statusText !== '') response.statusMessage = answered.statusText;
  for (const [name, value] of answered.headers) {
    if (name === 'set-cookie') response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  if (answered.body === null) response.end();
  else await pipeline(Readable.fromWeb(answered.body as NodeStream<Uint8Array>), response);
}

/** Null for a target that is no URL: nothing has to be believed that a client writes. */
function urlOf(request: IncomingMessage): URL | null {
  // Express cuts off what a router is mounted at.
  const { originalUrl } = request as { originalUrl?: string };
  const scheme = 'encrypted' in request.socket ? 'https' : 'http';
  try {
    return new URL(originalUrl ?? request.url ?? '/', `${scheme}://${request.headers.host ?? 'localhost'}`);
  } catch {
    return null;
  }
}

function requestOf(url: URL, request: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET' } = request;
  const init = { method, headers: headersOf(request), signal };
  if (method === 'GET' || method === 'HEAD') return new Request(url, init);
  const body = Readable.toWeb(request) as unknown as ReadableStream<Uint8Array>;
  return new Request(url, { ...init, body, duplex: 'half' } as RequestInit);
}

function finish(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.end();
}
