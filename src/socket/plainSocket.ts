import type { ByteStream } from './packets.ts';

export type { ByteStream } from './packets.ts';

/** The part of a WebSocket that is used here: a browser's, Node's, React Native's and that of `ws` all have it. */
export interface PlainSocket {
  /** How messages in bytes are given. A channel sets `arraybuffer`; a socket leaves it to its app. */
  binaryType: string;
  /** Bytes that were sent and are still here. Some classes have none: then it counts as 0. */
  readonly bufferedAmount: number;
  /** Extensions that the server chose. */
  readonly extensions: string;
  /** The subprotocol that the server chose; empty for none. */
  readonly protocol: string;
  /** Called when the connection is open. */
  onopen: ((event: never) => void) | null;
  /** Called for each message; its `data` is read. */
  onmessage: ((event: never) => void) | null;
  /** Called before a close that was no clean one. */
  onerror: ((event: never) => void) | null;
  /** Called at the end; `code`, `reason` and `wasClean` are read. */
  onclose: ((event: never) => void) | null;
  /** Sends a message. */
  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob): void;
  /** Begins the closing handshake. */
  close(code?: number, reason?: string): void;
  /** `ws` only: ends the connection without a closing handshake. */
  terminate?(): void;
  /** `ws` only: sends a ping, which the other side's protocol layer answers. */
  ping?(): void;
  /** `ws` only: a ping or a pong came, so the other side is there. */
  on?(event: 'ping' | 'pong', listener: () => void): unknown;
  /** `ws` only: the server agreed to the upgrade. */
  on?(event: 'upgrade', listener: (response: { readonly socket: ByteStream }) => void): unknown;
  /** `ws` only: the server answered the upgrade with something else. */
  on?(event: 'unexpected-response', listener: (request: unknown, response: UpgradeAnswer) => void): unknown;
}

/** An answer to an upgrade that is not 101, as Node has it. */
export interface UpgradeAnswer {
  /** As in HTTP. */
  readonly statusCode?: number;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Makes connections: `globalThis.WebSocket`, or a class of its shape. */
export type WebSocketConstructor = new (
  url: string,
  protocols?: string | string[],
  /** React Native and `ws` take `{ headers }` here; browsers ignore it. */
  options?: { readonly headers?: Readonly<Record<string, string>> },
) => PlainSocket;
