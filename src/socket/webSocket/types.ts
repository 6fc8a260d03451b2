import type { SocketOptions } from './options.ts';
import type { SocketProtocols, SocketUrl } from './requests.ts';

/** What a `reconnecting` event tells. */
export interface ReconnectingDetail {
  /** Origin of the host whose link was lost; null before the first link. */
  readonly from: string | null;
  /** What was seen of it: `code 1006`, `no answer`, `no host opened`, `http 401`. */
  readonly cause: string;
  /** What a function of the app's own, or the platform's class, threw. */
  readonly error: unknown;
  /** Waits since the last link that has lasted, this one among them. */
  readonly round: number;
  /** Until hosts are asked again, in milliseconds. */
  readonly delayMs: number;
}

/** What a `reconnected` event tells. */
export interface ReconnectedDetail {
  readonly from: string;
  readonly to: string;
  /** As in {@link ReconnectingDetail}; for a link that was replaced while it lived: `switchover`, `failback`, `woke`. */
  readonly cause: string;
  /** For how long there was no link, in milliseconds; for one that was replaced, how long that took. */
  readonly tookMs: number;
}

/** The events of a socket beside those of the platform's. */
export interface FailoverWebSocketEvents extends WebSocketEventMap {
  reconnecting: CustomEvent<ReconnectingDetail>;
  reconnected: CustomEvent<ReconnectedDetail>;
}

/** A socket over the pool's hosts: `WebSocket`, and two events more. */
export interface FailoverWebSocket extends WebSocket {
  onreconnecting: ((event: CustomEvent<ReconnectingDetail>) => void) | null;
  onreconnected: ((event: CustomEvent<ReconnectedDetail>) => void) | null;
  addEventListener<Type extends keyof FailoverWebSocketEvents>(
    type: Type,
    listener: (this: WebSocket, event: FailoverWebSocketEvents[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof FailoverWebSocketEvents>(
    type: Type,
    listener: (this: WebSocket, event: FailoverWebSocketEvents[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** What {@link createWebSocket} gives: a class, to be used as `WebSocket` is. */
export interface FailoverWebSocketConstructor {
  readonly prototype: FailoverWebSocket;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  /**
   * @param url A path, or a URL whose origin is a listed host's, in `ws:` or `http:`; or a function that gives it. The URL of
   * another origin gives the platform's own socket, untouched.
   * @param protocols Subprotocols, or a function that gives them.
   * @param platformOptions Handed on to the platform's class as its third argument; to Node's own, within its second.
   * @throws DOMException `SyntaxError` for what `WebSocket` refuses; SwitchoverError `INVALID_OPTION` where the platform has none.
   */
  new (url: SocketUrl, protocols?: SocketProtocols, platformOptions?: object): FailoverWebSocket;
  /** The same class with other options over these: `failover.WebSocket.with({ reconnect: false })`. */
  with(options: SocketOptions): FailoverWebSocketConstructor;
}
