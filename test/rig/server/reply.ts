import type { ServerResponse } from 'node:http';
import type { OpenSockets } from './sockets.ts';

/** What a route gives. A body of chunks may take its time; without a `content-length` it goes out chunked. */
export interface RouteReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

export function text(status: number, body: string, contentType = 'text/plain; charset=utf-8'): RouteReply {
  const bytes = Buffer.from(body);
  return { status, headers: { 'content-type': contentType, 'content-length': String(bytes.length) }, body: bytes };
}

export function json(status: number, value: unknown): RouteReply {
  return text(status, `${JSON.stringify(value)}\n`, 'application/json');
}

/** Sends all of `reply`. Stops without complaint when the client has gone. */
export async function sendWhole(response: ServerResponse, reply: RouteReply, headers: Headers): Promise<void> {
  response.writeHead(reply.status, { ...reply.headers, ...headers });
  await sendBody(response, reply);
}

async function sendBody(response: ServerResponse, reply: RouteReply): Promise<void> {
  if (response.req.method !== 'HEAD') {
    for await (const chunk of chunksOf(reply)) {
      if (!(await write(response, chunk))) return;
    }
  }
  response.end();
}

/** The same reply, whose body comes in pieces. */
export function slowed(reply: RouteReply, everyMs: number, chunkBytes: number): RouteReply {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunksOf(reply)) {
      for (let start = 0; start < chunk.length; start += chunkBytes) {
        yield chunk.subarray(start, start + chunkBytes);
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
    }
  }
  return { ...reply, body: pieces() };
}

/** Where a body is broken off, and how. */
export interface Cut {
  /** Default: half of a body of known length, else its first chunk. */
  readonly afterBytes: number | undefined;
  readonly ending: 'reset' | 'end' | 'stall';
}

/** Long enough for the bytes before a reset to be read on loopback, so that the client has an answer that then breaks. */
const BEFORE_BREAK_MS = 25;

/**
 * Sends `reply` up to the cut. A body of known length that is not long enough for it is sent whole; one of unknown length
 * breaks off where it ends, without its end mark.
 */
export async function sendCut(
  response: ServerResponse,
  reply: RouteReply,
  headers: Headers,
  cut: Cut,
  sockets: OpenSockets,
): Promise<void> {
  response.writeHead(reply.status, { ...reply.headers, ...headers });
  response.flushHeaders();
  const length = reply.headers['content-length'];
  let left = cut.afterBytes ?? (length === undefined ? undefined : Math.floor(Number(length) / 2));
  if (length !== undefined && left !== undefined && left >= Number(length)) return sendBody(response, reply);
  for await (const chunk of chunksOf(reply)) {
    left ??= chunk.length;
    const piece = chunk.subarray(0, left);
    left -= piece.length;
    if (piece.length > 0 && !(await write(response, piece))) return;
    if (left === 0) break;
  }
  if (cut.ending === 'stall') return;
  await new Promise((resolve) => setTimeout(resolve, BEFORE_BREAK_MS));
  const socket = response.socket;
  if (socket === null) return;
  if (cut.ending === 'reset') sockets.reset(socket);
  else socket.end();
}

type Headers = Readonly<Record<string, string>>;

async function* chunksOf(reply: RouteReply): AsyncGenerator<Uint8Array> {
  if (reply.body instanceof Uint8Array) yield reply.body;
  else yield* reply.body;
}

/** False once the client has gone. Waits until the kernel has the bytes, which is what a cut must know. */
function write(response: ServerResponse, chunk: Uint8Array): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    const gone = (): void => resolve(false);
    response.once('close', gone);
    response.write(chunk, (error) => {
      response.off('close', gone);
      resolve(error === undefined || error === null);
    });
  });
}
