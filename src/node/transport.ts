import type { LookupFunction } from 'node:net';
import type { Agent as UndiciAgent } from 'undici';
import Agent from 'undici/lib/dispatcher/agent.js';
import { DEFAULTS } from '../policy/defaults.ts';
import { SwitchoverError } from '../policy/error.ts';
import { invalidOption, refuseUnknown } from '../policy/fill.ts';
import type { Fetch } from '../runtime/ports.ts';
import { createConnector, type TlsOptions } from './connector.ts';
import { type NumberRule, readNumber, SOME_MS } from './options.ts';

/** Options of {@link nodeFetch}. Every one may be left out. */
export interface NodeFetchOptions {
  /**
   * Until a connection is up, in milliseconds: the name's lookup, TCP to all its addresses in turn, and the TLS
   * handshake. After it `fetch` rejects with a cause whose code is `UND_ERR_CONNECT_TIMEOUT`; nothing was sent then.
   * Make it shorter than `timeout.attemptMs`, or a host that is gone is found out by that one. Default 2,000.
   */
  readonly connectTimeoutMs?: number;
  /**
   * How long a connection without requests is kept for the next one, in milliseconds. A server's `Keep-Alive: timeout`
   * shortens or lengthens it. Idle connections do not keep the process alive. Default 4,000.
   */
  readonly keepAliveTimeoutMs?: number;
  /**
   * Most connections to one origin; more requests wait for one to be free, while their attempt's time runs.
   * Default: no limit.
   */
  readonly connections?: number;
  /** Certificates and versions, as for `tls.connect`: `{ ca }` for an authority of your own. Default: Node's. */
  readonly tls?: TlsOptions;
  /** Looks names up in place of `dns.lookup`; asked for all addresses at once. Default `dns.lookup`. */
  readonly lookup?: LookupFunction;
}

/** A `fetch` with connections of its own. */
export type NodeFetch = Fetch & {
  /**
   * Ends idle connections at once and the others when their requests have come to their end; every later request rejects
   * with `CLOSED`. Resolves when all connections are gone: a body that nobody reads holds it up. May be called again.
   */
  close(): Promise<void>;
};

const KNOWN: readonly string[] = [
  'connectTimeoutMs',
  'keepAliveTimeoutMs',
  'connections',
  'tls',
  'lookup',
] satisfies (keyof NodeFetchOptions)[];
const SOME_CONNECTIONS: NumberRule = { least: 1, unit: 'connections', whole: true };

/**
 * Node's own `fetch`, over connections that belong to this function alone: they fail in time where a host is gone, and
 * `close` ends them. Responses are the platform's own `Response`; a `dispatcher` in the init of a request goes before.
 *
 * The limits that undici sets to headers and bodies are off: the pool has its own, which can be changed per request.
 * Nothing is opened before the first request.
 *
 * @throws SwitchoverError `INVALID_OPTION` for an unknown name or a value out of its range; `WRONG_RUNTIME` in Deno and Bun, whose
 * `fetch` would send without a word by connections of its own.
 */
export function nodeFetch(options: NodeFetchOptions = {}): NodeFetch {
  refuseOthers();
  const settings = readSettings(options);
  // Held on to, so that a program may make the global `fetch` one that ends here.
  const platformFetch = globalThis.fetch;
  let agent: UndiciAgent | undefined;
  let closing: Promise<void> | undefined;
  const send: Fetch = (input, init) => {
    if (closing !== undefined) return Promise.reject(closed());
    agent ??= openAgent(settings);
    const dispatcher = (init as { dispatcher?: unknown } | undefined)?.dispatcher ?? agent;
    const withDispatcher: RequestInit & { dispatcher: unknown } = { ...init, dispatcher };
    return platformFetch(input, withDispatcher);
  };
  const close = (): Promise<void> => {
    closing ??= agent === undefined ? Promise.resolve() : agent.close();
    return closing;
  };
  return Object.assign(send, { close });
}

type Settings = Required<Omit<NodeFetchOptions, 'connections' | 'lookup'>> & {
  readonly connections: number | null;
  readonly lookup: LookupFunction | undefined;
};

function readSettings(options: NodeFetchOptions): Settings {
  refuseUnknown(options, KNOWN);
  const { connectTimeoutMs, keepAliveTimeoutMs, connections, tls, lookup } = options;
  if (lookup !== undefined && typeof lookup !== 'function') {
    throw invalidOption('lookup is not a function', 'Give a function of the shape of dns.lookup.');
  }
  return {
    connectTimeoutMs: readNumber('connectTimeoutMs', connectTimeoutMs, DEFAULTS.timeout.connectMs, SOME_MS),
    keepAliveTimeoutMs: readNumber('keepAliveTimeoutMs', keepAliveTimeoutMs, DEFAULTS.timeout.keepAliveMs, SOME_MS),
    connections: connections === undefined ? null : readNumber('connections', connections, 1, SOME_CONNECTIONS),
    tls: tls ?? {},
    lookup,
  };
}

function openAgent({ keepAliveTimeoutMs, connections, ...connecting }: Settings): UndiciAgent {
  return new Agent({
    connect: createConnector(connecting),
    connections,
    keepAliveTimeout: keepAliveTimeoutMs,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** The name of the runtime that is not Node, but runs what was bundled for it; undefined in Node. */
export function otherRuntime(): string | undefined {
  return ['deno', 'bun'].find((name) => name in process.versions);
}

function refuseOthers(): void {
  const other = otherRuntime();
  if (other === undefined) return;
  throw new SwitchoverError('WRONG_RUNTIME', `nodeFetch has no say over the fetch of ${other}.`, {
    remedy: 'Leave `fetch` out: createFailover takes the one of the runtime.',
  });
}

function closed(): SwitchoverError {
  return new SwitchoverError('CLOSED', 'The transport was closed.', { remedy: 'Make a new one with nodeFetch.' });
}
