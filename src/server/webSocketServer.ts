import type { IncomingMessage, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { SwitchoverError } from '../policy/error.ts';
import { refuseUnknown } from '../runtime/poolOptions.ts';
import { encode } from '../session/codec.ts';
import { CLOSE } from '../session/frames.ts';
import { headersOf } from './nodeHeaders.ts';
import { invalid } from './serverOptions.ts';
import type { Identity } from './session.ts';
import type { SessionServer } from './sessionServer.ts';
import type { StoreTransaction } from './sessionStore.ts';
import type { Transport } from './transport.ts';

/** As much of a socket of `ws` as is used here: so that nobody needs its types who does not use it. */
export interface ServerSocket {
  /** As on the web. */
  readonly readyState: number;
  /** The value of `readyState` of an open socket. */
  readonly OPEN: number;
  /** Bytes that were sent and are still here. */
  readonly bufferedAmount: number;
  /** Sends a message: text, or bytes. */
  send(data: string | Uint8Array): void;
  /** Begins the closing handshake. */
  close(code?: number, reason?: string): void;
  /** Drops the connection. */
  terminate(): void;
  /** Listens: to `message`, `close` and `error`. */
  on(event: string, listener: (...values: never[]) => void): unknown;
}

/** The class `WebSocketServer` of `ws`, as much of it as is used here. */
export type WebSocketServerClass = new (options: {
  noServer: boolean;
  perMessageDeflate: boolean;
  maxPayload: number;
  closeTimeout: number;
}) => {
  /** The sockets that are open. */
  readonly clients: Iterable<{
    /** Drops the connection. */
    terminate(): void;
  }>;
  /** Answers an upgrade request. */
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    done: (socket: ServerSocket, request: IncomingMessage) => void,
  ): void;
};

/** Options of {@link attachWebSocketServer}. */
export interface WebSocketServerOptions {
  /** Whose upgrade requests are answered. */
  readonly server: Server | SecureServer;
  /** The path of the channel, without a query. Other paths are left to other listeners; if there are none, they get 404. `/channel` if not given. */
  readonly path?: string;
  /** The class from the package `ws`. Default: it is imported, so that it has to be installed (^8.18). */
  readonly WebSocketServer?: WebSocketServerClass;
  /**
   * Decides on a browser's `Origin` (undefined outside of browsers); false refuses with 403. Needed where `authenticate` believes cookies:
   * any page can make its visitor's browser connect. One that throws refuses with 500. Default: all are let in, as a credential in a hello
   * is nothing that another page has.
   */
  readonly verifyOrigin?: (origin: string | undefined, request: IncomingMessage) => boolean;
}

/** A web server that takes connections for a session server. */
export interface WebSocketAttachment {
  /** Takes no more connections, and drops those that are there: {@link SessionServer.drain} before that. */
  close(): void;
}

const KNOWN: ReadonlySet<string> = new Set(['server', 'path', 'WebSocketServer', 'verifyOrigin']);
/** How long the other side may take to answer a close, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;
/** What `ws` closes with where a message is longer than `maxPayload`. */
const WS_TOO_LARGE = 1009;

/**
 * Serves sessions over WebSockets on a Node http(s) server. Await it before the server listens.
 *
 * @throws SwitchoverError (as a rejection) `INVALID_OPTION`, also where `ws` is neither given nor installed.
 */
export async function attachWebSocketServer<Transaction extends StoreTransaction, I extends Identity>(
  sessions: SessionServer<Transaction, I>,
  options: WebSocketServerOptions,
): Promise<WebSocketAttachment> {
  refuseUnknown(options, KNOWN);
  const { server, path = '/channel', verifyOrigin = () => true } = options;
  if (typeof server?.on !== 'function') throw invalid('server', 'is no http server', 'Give what createServer gave.');
  if (!/^\/[^?#]*$/.test(path)) throw invalid('path', `can't be ${path}`, 'Give a path without a query: /channel.');
  const Sockets = options.WebSocketServer ?? (await importSockets());
  const { maxBytes } = sessions;
  // Up to twice its limit a frame is read, and refused by the protocol's own rules.
  const limits = { maxPayload: 2 * maxBytes, closeTimeout: CLOSE_TIMEOUT_MS };
  const sockets = new Sockets({ noServer: true, perMessageDeflate: false, ...limits });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if ((request.url ?? '').split('?', 1)[0] !== path) {
      if (server.listenerCount('upgrade') === 1) refuse(socket, '404 Not Found');
      return;
    }
    const verdict = judge(() => verifyOrigin(request.headers.origin, request));
    if (verdict === null) sockets.handleUpgrade(request, socket, head, (ws) => serve(sessions, ws, socket, request));
    else refuse(socket, verdict);
  };
  server.on('upgrade', upgrade);
  return {
    close() {
      server.off('upgrade', upgrade);
      for (const ws of sockets.clients) ws.terminate();
    },
  };
}

async function importSockets(): Promise<WebSocketServerClass> {
  try {
    return (await import('ws')).WebSocketServer;
  } catch (cause) {
    throw new SwitchoverError('INVALID_OPTION', 'The package ws is not there.', {
      remedy: 'Install ws, or give `WebSocketServer`.',
      cause,
    });
  }
}

/** Null for who may come in. A function that throws lets nobody in, and must not end the process: what it looked at is a client's. */
function judge(verify: () => boolean): string | null {
  try {
    return verify() ? null : '403 Forbidden';
  } catch {
    return '500 Internal Server Error';
  }
}

function refuse(socket: Duplex, status: string): void {
  // A client that is gone already is no reason to end the process.
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function serve<Transaction extends StoreTransaction, I extends Identity>(
  sessions: SessionServer<Transaction, I>,
  ws: ServerSocket,
  socket: Duplex,
  request: IncomingMessage,
): void {
  const transport = new SocketTransport(ws, socket);
  // `ws` tells of a fault, and then closes; the close is all that has to be known.
  ws.on('error', () => {});
  const { url = '' } = request;
  const wire = sessions.connect(transport, {
    url,
    get headers() {
      return headersOf(request);
    },
  });
  ws.on('message', (data: Buffer, isBinary: boolean) => {
    // A plain view: a Buffer's `slice` would keep the whole of what came with it.
    wire.message(isBinary ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : data.toString());
  });
  ws.on('close', () => wire.closed());
}

/** A socket of `ws`. What is sent in one go leaves in one packet. */
class SocketTransport implements Transport {
  readonly #ws: ServerSocket;
  readonly #socket: Duplex;
  #corked = false;

  constructor(ws: ServerSocket, socket: Duplex) {
    this.#ws = ws;
    this.#socket = socket;
    const close = ws.close.bind(ws);
    // `ws` closes by itself where a message is too long to be read. The protocol has a word for that.
    ws.close = (code, reason) => {
      if (code === WS_TOO_LARGE) this.send(encode({ kind: 'close', code: CLOSE.tooLarge }));
      close(code === WS_TOO_LARGE ? CLOSE.tooLarge : code, reason);
    };
  }

  get bufferedAmount(): number {
    return this.#ws.bufferedAmount;
  }

  send(data: string | Uint8Array): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(this.#uncork);
    }
    this.#ws.send(data);
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  terminate(): void {
    this.#ws.terminate();
  }

  readonly #uncork = (): void => {
    this.#corked = false;
    this.#socket.uncork();
  };
}
