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
  /** `ws` only. */
  on?(event: 'ping' | 'pong', listener: () => void): unknown;
}

/** Makes connections: `globalThis.WebSocket`, or a class of its shape. */
export type WebSocketConstructor = new (
  url: string,
  protocols?: string | string[],
  /** React Native and `ws` take `{ headers }` here; browsers ignore it. */
  options?: { readonly headers?: Readonly<Record<string, string>> },
) => PlainSocket;
