import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

/** Silence for this long is taken for silence for good. A slow machine makes it no less silent. */
export const SILENCE_MS = 300;
/** Where an answer is expected, a slow machine may take this long. */
const PATIENCE_MS = 20_000;

/** What came of one plain `fetch`, read to its end. */
export interface Look {
  /** `answered`: whole. `broken before`, `broken in body`: by an error. `silent`: nothing more for `silenceMs`. */
  readonly end: 'answered' | 'broken before' | 'broken in body' | 'silent before' | 'silent in body';
  readonly status: number | undefined;
  readonly headers: Headers;
  readonly body: Buffer;
  /** The error's code, deep or not. */
  readonly code: string | undefined;
}

/** Fetches with the platform's own `fetch` and tells what happened, without ever throwing or hanging. */
export async function look(url: string, init: RequestInit & { readonly silenceMs?: number } = {}): Promise<Look> {
  const { silenceMs = PATIENCE_MS, ...rest } = init;
  const abort = new AbortController();
  const chunks: Uint8Array[] = [];
  let response: Response | undefined;
  const seen = (end: Look['end'], code?: string): Look => {
    abort.abort();
    const headers = response?.headers ?? new Headers();
    return { end, status: response?.status, headers, body: Buffer.concat(chunks), code };
  };
  try {
    const first = await orSilence(fetch(url, { ...rest, signal: abort.signal }), silenceMs);
    if (first === 'silence') return seen('silent before');
    response = first;
    const reader = (response.body ?? new Blob().stream()).getReader();
    for (;;) {
      const next = await orSilence(reader.read(), silenceMs);
      if (next === 'silence') return seen('silent in body');
      if (next.value === undefined) return seen('answered');
      chunks.push(next.value);
    }
  } catch (error) {
    return seen(response === undefined ? 'broken before' : 'broken in body', codeOf(error));
  }
}

function orSilence<Value>(promise: Promise<Value>, silenceMs: number): Promise<Value | 'silence'> {
  promise.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<'silence'>((resolve) => {
    timer = setTimeout(resolve, silenceMs, 'silence');
  });
  return Promise.race([promise, silence]).finally(() => clearTimeout(timer));
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? codeOf(error.cause) : undefined;
}

/** A bare connection, and everything that happens on it. */
export interface Wire {
  readonly socket: Socket;
  /** `connect`, `data`, `end`, or an error's code, in order; data only once. */
  readonly events: string[];
  text(): string;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
}

/** With `ca` it speaks TLS, to `localhost`. */
export async function openWire(port: number, host = '127.0.0.1', send = '', ca?: string): Promise<Wire> {
  const socket =
    ca === undefined ? connect({ port, host }) : connectSecurely({ port, host, ca, servername: 'localhost' });
  const events: string[] = [];
  let text = '';
  const note = (event: string): void => {
    if (!events.includes(event)) events.push(event);
  };
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  socket.on('error', (error: NodeJS.ErrnoException) => note(error.code ?? error.message));
  socket.on('end', () => note('end'));
  socket.on('data', (chunk) => {
    note('data');
    text += chunk.toString('latin1');
  });
  await new Promise<void>((resolve) => {
    socket.once(ca === undefined ? 'connect' : 'secureConnect', () => {
      note('connect');
      socket.write(send);
      resolve();
    });
    socket.once('error', () => resolve());
  });
  return { socket, events, text: () => text, closed };
}

/** A plain HTTP/1.1 request as bytes. */
export function rawRequest(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`;
}
