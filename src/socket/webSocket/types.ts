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
  /** Origin of the host whose link was lost, or left. */
  readonly from: string;
  /** Origin of the host that the socket is open on now. */
  readonly to: string;
  /** As in {@link ReconnectingDetail}; for a link that was replaced while it lived: `switchover`, `failback`, `woke`. */
  readonly cause: string;
  /** For how long there was no link, in milliseconds; for one that was replaced, how long that took. */
  readonly tookMs: number;
}

/** The events of a socket beside those of the platform's. */
export interface FailoverWebSocketEvents extends WebSocketEventMap {
  /** The link was lost, and another one is sought. */
  reconnecting: CustomEvent<ReconnectingDetail>;
  /** The socket goes on, over another link. What was sent to the old one and not received is lost: say again what matters. */
  reconnected: CustomEvent<ReconnectedDetail>;
}

/** A socket over the pool's hosts: `WebSocket`, and two events more. */
export interface FailoverWebSocket extends WebSocket {
  /** As a listener of `reconnecting`. */
  onreconnecting: ((event: CustomEvent<ReconnectingDetail>) => void) | null;
  /** As a listener of `reconnected`. */
  onreconnected: ((event: CustomEvent<ReconnectedDetail>) => void) | null;
  /** Listens to an event that every such socket has. */
  addEventListener<Type extends keyof FailoverWebSocketEvents>(
    type: Type,
    listener: (this: WebSocket, event: FailoverWebSocketEvents[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Listens as on the web, by a function or an object with `handleEvent`. */
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Ends what `addEventListener` began. */
  removeEventListener<Type extends keyof FailoverWebSocketEvents>(
    type: Type,
    listener: (this: WebSocket, event: FailoverWebSocketEvents[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  /** Ends what `addEventListener` began. */
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** What `createWebSocket` gives, and `failover.WebSocket` is: a class, to be used as `WebSocket` is. */
export interface FailoverWebSocketConstructor {
  /** As on the web: for `instanceof`. */
  readonly prototype: FailoverWebSocket;
  /** As on the web: a link is being opened, the first or the next one. */
  readonly CONNECTING: 0;
  /** As on the web: it is open. */
  readonly OPEN: 1;
  /** As on the web: it was closed here, and the other side has not said so yet. */
  readonly CLOSING: 2;
  /** As on the web: it is over for good. */
  readonly CLOSED: 3;
  /**
   * Opens a socket.
   *
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
