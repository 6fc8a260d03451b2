import type { ByteStream } from './packets.ts';

/** The part of a WebSocket that is used here: a browser's, Node's, React Native's and that of `ws` all have it. */
export interface PlainSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly extensions: string;
  readonly protocol: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob): void;
  close(code?: number, reason?: string): void;
  /** `ws` only: ends the connection without a closing handshake. */
  terminate?(): void;
  /** `ws` only: sends a ping, which the other side's protocol layer answers. */
  ping?(): void;
  /** `ws` only: events of its own. A pong tells that the other side is there; the others, how it answered the upgrade. */
  on?(event: 'ping' | 'pong', listener: () => void): unknown;
  on?(event: 'upgrade', listener: (response: { readonly socket: ByteStream }) => void): unknown;
  on?(event: 'unexpected-response', listener: (request: unknown, response: UpgradeAnswer) => void): unknown;
}

/** An answer to an upgrade that is not 101, as Node has it. */
export interface UpgradeAnswer {
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
