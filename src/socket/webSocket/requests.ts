import { SwitchoverError } from '../../policy/error.ts';
import type { Host } from '../../policy/host.ts';
import { urlOn } from '../../policy/target.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import type { MaybePromise } from '../../runtime/ports.ts';
import type { WireRequest } from '../wire.ts';
import { protocolList, socketPath } from './arguments.ts';
import type { PerAttempt, SocketAttempt, SocketSettings } from './options.ts';

/** Where a socket goes: as `WebSocket` takes it, or a function that gives that, called anew for each attempt. */
export type SocketUrl = PerAttempt<string | URL>;

/** Its subprotocols, in the same way. */
export type SocketProtocols = PerAttempt<string | readonly string[]>;

/** What a socket was made with. */
export interface SocketArguments {
  readonly url: SocketUrl;
  readonly protocols: SocketProtocols | undefined;
  /** The platform's own third argument. */
  readonly options: object | undefined;
}

/** The URL of a path on a host, as a socket's. */
export const socketUrl = (host: Host, path: string): string => urlOn(host, path).replace(/^http/, 'ws');

/** What a link is opened with, made anew for each attempt. */
export class Requests {
  readonly #pool: HostPool;
  readonly #settings: SocketSettings;
  readonly #given: SocketArguments;
  /** The same on every host; null where a function gives it. */
  readonly path: string | null;

  /** @throws DOMException `SyntaxError`, or SwitchoverError, for arguments that no attempt could be made with. */
  constructor(pool: HostPool, settings: SocketSettings, given: SocketArguments) {
    this.#pool = pool;
    this.#settings = settings;
    this.#given = given;
    this.path = typeof given.url === 'function' ? null : pathOf(given.url, pool);
    if (typeof given.protocols !== 'function') protocolList(given.protocols);
  }

  /** Throws, or rejects, where the app's functions do. */
  at(host: Host, refused: boolean): MaybePromise<WireRequest> {
    const attempt: SocketAttempt = { host: host.origin, refused };
    const { url, protocols } = this.#given;
    const parts = [
      this.path ?? resolved(url, attempt),
      resolved(protocols, attempt),
      resolved(this.#settings.headers, attempt),
    ] as const;
    return parts.some(isThenable)
      ? Promise.all(parts).then((all) => this.#build(host, ...all))
      : this.#build(host, ...(parts as Parts));
  }

  #build(host: Host, ...[url, protocols, headers]: Parts): WireRequest {
    const path = this.path ?? pathOf(url, this.#pool);
    return {
      WebSocket: classOf(this.#settings),
      url: socketUrl(host, path),
      protocols: protocolList(protocols),
      headers,
      options: this.#given.options,
      binaryType: null,
    };
  }
}

type Parts = [string | URL, string | readonly string[] | undefined, Readonly<Record<string, string>> | undefined];

const resolved = <T>(given: PerAttempt<T>, attempt: SocketAttempt): MaybePromise<T> =>
  typeof given === 'function' ? (given as (attempt: SocketAttempt) => MaybePromise<T>)(attempt) : given;

const isThenable = (value: unknown): boolean =>
  typeof (value as Promise<unknown> | null | undefined)?.then === 'function';

/** Credentials may go to listed hosts only, so a function may name no other. */
function pathOf(url: string | URL, pool: HostPool): string {
  const path = socketPath(url, pool);
  if (path !== null) return path;
  throw new SwitchoverError('UNLISTED_HOST', `${url} is on no host of the pool.`, {
    remedy: 'Give a path, or the URL of a listed host; to other hosts, a plain URL and plain protocols.',
  });
}

/** @throws SwitchoverError `INVALID_OPTION` where there is none. */
export function classOf({ WebSocket }: SocketSettings): WireRequest['WebSocket'] {
  const found = WebSocket ?? (globalThis.WebSocket as unknown as WireRequest['WebSocket'] | undefined);
  if (found !== undefined) return found;
  throw new SwitchoverError('INVALID_OPTION', 'This platform has no WebSocket.', {
    remedy: 'Give one of its shape as the option WebSocket, such as that of the package ws.',
  });
}
