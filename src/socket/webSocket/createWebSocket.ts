import type { HostPool } from '../../runtime/hostPool.ts';
import { defineHandlers, eventTargetClass } from '../eventTarget.ts';
import { socketPath } from './arguments.ts';
import { SocketLife } from './life.ts';
import { readSocketOptions, type SocketOptions } from './options.ts';
import type { SocketData } from './outbound.ts';
import { classOf, Requests, type SocketProtocols, type SocketUrl } from './requests.ts';
import type { FailoverWebSocket, FailoverWebSocketConstructor } from './types.ts';

const STATES = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
const READ_ONLY = ['url', 'readyState', 'protocol', 'extensions', 'bufferedAmount'] as const;

/**
 * Makes a class of the shape of `WebSocket` whose sockets go to the pool's hosts: give it to whatever takes such a class.
 *
 * A socket lives on from link to link until it is closed. `open` fires at each link, since the server behind it is a new one that
 * must be told anew what is wanted; `close` fires once, at the end, as the standard has it, so that whoever makes a new socket
 * then never has two. In between there are `reconnecting` and `reconnected`. A library that makes a new socket by itself wants
 * one link each: `reconnect: false`, which fails over while it opens, and no more.
 *
 * Between two links `readyState` is 0 and `send` keeps what it is given, up to `maxQueuedBytes`; what listeners of `open` send
 * goes first. Beyond that it throws `InvalidStateError`, so that nothing is dropped without a word.
 *
 * |  | `reconnect: true` | `reconnect: false` |
 * |---|---|---|
 * | `open` | at each link | once |
 * | `close` | once, at the end | when the link is over |
 * | the pool drains or fails back | moves: the next link is open before the old one is closed | stays |
 *
 * @param options For all sockets of the class; `.with()` gives a class with others.
 * @throws SwitchoverError `INVALID_OPTION`. Sockets tell `error` events with `HOSTS_FAILED`, `CREDENTIAL_REFUSED` or `CLOSED`.
 * @example
 * const client = createClient({ url: '/graphql', webSocketImpl: createWebSocket(pool, { reconnect: false }) });
 */
export function createWebSocket(pool: HostPool, options?: SocketOptions): FailoverWebSocketConstructor {
  const settings = readSocketOptions(options);
  const lives = new WeakMap<object, SocketLife>();
  const lifeOf = (socket: object) => lives.get(socket) as SocketLife;
  const Socket = class WebSocket extends eventTargetClass() {
    constructor(url: SocketUrl, protocols?: SocketProtocols, platformOptions?: object) {
      super();
      const Platform = classOf(settings);
      if (typeof url !== 'function' && typeof protocols !== 'function' && socketPath(url, pool) === null) {
        // Another origin: none of our business.
        // biome-ignore lint/correctness/noConstructorReturn: the platform's own socket is what was asked for
        return new Platform(url as string, protocols as string[], platformOptions as object) as never;
      }
      const requests = new Requests(pool, settings, { url, protocols, options: platformOptions });
      lives.set(this, new SocketLife(pool, settings, requests, (event) => this.dispatchEvent(event)));
    }

    send(data: SocketData): void {
      lifeOf(this).send(asSocketData(data));
    }

    close(code?: number, reason?: string): void {
      lifeOf(this).close(code, reason);
    }

    static with(more: SocketOptions): FailoverWebSocketConstructor {
      return createWebSocket(pool, { ...options, ...more });
    }
  };
  defineAttributes(Socket.prototype, lifeOf);
  Object.assign(Socket, STATES);
  return Socket as unknown as FailoverWebSocketConstructor;
}

function defineAttributes(prototype: EventTarget, lifeOf: (socket: object) => SocketLife): void {
  Object.assign(prototype, STATES);
  defineHandlers(prototype, ['open', 'message', 'error', 'close', 'reconnecting', 'reconnected']);
  for (const name of [...READ_ONLY, 'binaryType'] as const) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: true,
      get(this: FailoverWebSocket) {
        return lifeOf(this)[name];
      },
      ...(name === 'binaryType' && {
        set(this: FailoverWebSocket, value: string) {
          lifeOf(this).binaryType = value;
        },
      }),
    });
  }
}

/** As in the standard: what is neither text nor bytes is made a text. */
function asSocketData(data: unknown): SocketData {
  const isBytes = typeof data === 'object' && data !== null && ('byteLength' in data || 'size' in data);
  return isBytes ? (data as SocketData) : String(data);
}
