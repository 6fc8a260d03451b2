import { SwitchoverError } from '../policy/error.ts';
import { invalidOption } from '../policy/fill.ts';
import { scanHost } from '../policy/host.ts';
import type { HostList } from '../policy/hostList.ts';
import { readTopology } from '../policy/topology.ts';
import { refuseUnknown } from '../runtime/poolOptions.ts';
import type { Clock, MaybePromise } from '../runtime/ports.ts';
import { systemClock } from '../runtime/systemPorts.ts';
import { ADMISSION, type AdmissionPolicy } from '../session/admission.ts';
import { SERVER_POLICY, type ServerPolicy } from '../session/serverPolicy.ts';
import type { DrawBytes } from './secrets.ts';
import type { Identity, Session, SessionMessage } from './session.ts';
import type { SessionStore, StoreTransaction } from './sessionStore.ts';
import type { ConnectRequest } from './transport.ts';

/** What a client has shown. */
export interface Credentials extends ConnectRequest {
  /** The credential of its hello, or of a renewal. */
  readonly auth: string | undefined;
}

/** What a server can bear. What is kept of sessions has its limits in the store (`replay`, `total`). */
export interface ServerLimits {
  /** Connections at once, whether they have said hello or not; who comes above it gets 1013 and a window. Default 20,000. */
  readonly connections: number;
  /** Bytes that may wait in one transport for a reader that is too slow; above it the connection is dropped. Default 8 MiB. */
  readonly bufferedBytes: number;
}

/** What becomes of a message that its handler can't take. */
export interface PoisonPolicy<Transaction extends StoreTransaction, I extends Identity> {
  /** How often this server gives it to its handler first. */
  readonly attempts: number;
  /** Takes the message in place of the handler, in the store's transaction: to put it aside. Then it counts as accepted. */
  readonly handle: (
    session: Session<I>,
    message: SessionMessage,
    transaction: Transaction,
    error: unknown,
  ) => MaybePromise<void>;
}

/** Options of {@link createSessionServer}. */
export interface SessionServerOptions<Transaction extends StoreTransaction, I extends Identity = Identity> {
  /** Where the sessions live. All servers of a group share one store. It stays open when the server is closed. */
  readonly store: SessionStore<Transaction>;
  /**
   * Says who a client is. Null, or an error (which becomes a `warning`), refuses it with 4401: the client tries once more with a
   * fresh credential, then waits for its application. `'unavailable'` is for when nobody can tell now: 1013, it comes again.
   */
  readonly authenticate: (credentials: Credentials) => MaybePromise<I | null | 'unavailable'>;
  /**
   * The hosts that clients may use, as in `createFailover`. Served by `sessionHandler` for clients with `wellKnownHosts`, which look at
   * once when a welcome has a generation that is new to them; no client of ours takes hosts from the welcome itself. Default: none are told.
   */
  readonly hosts?: HostList;
  /** To be raised with each change of `hosts`, over all servers: 0 or more. Default 0. */
  readonly generation?: number;
  /** What the server is at first. A `standby` sends clients away (`moved`) until {@link SessionServer.setRole}. Default `active`. */
  readonly role?: 'active' | 'standby';
  /** Where a standby sends clients: the origin of the active server. Default: anywhere else. */
  readonly active?: string;
  /** How long a silence may be before a client is asked for a sign of life, in milliseconds; after twice that it is dead. Default 4,000. */
  readonly heartbeatMs?: number;
  /** How long a session outlives its connection at least, in milliseconds: it is three retry windows where that is longer. Default 120,000. */
  readonly ttlMs?: number;
  /** How long a connection may take to say hello and be attached, in milliseconds. Default 5,000. */
  readonly helloMs?: number;
  /** How long a client may leave all that it was sent unacknowledged, in milliseconds. Default 60,000. */
  readonly unackedMs?: number;
  /** Upper limit of one frame, in bytes: a message's payload and 256 more. At least 1,024. Default 262,144. */
  readonly maxBytes?: number;
  /** Messages, and bytes of payload, that may be on the way, in each direction. Default [256, 1,048,576]. */
  readonly window?: readonly [count: number, bytes: number];
  /**
   * What clients are told to spread their reconnects over, in milliseconds. Default: 1.1 × connected sessions / `admission.ratePerSecond`,
   * from 1 s to an hour.
   */
  readonly retryWindowMs?: number;
  /** How many clients the server lets in. Default: what each part says. */
  readonly admission?: Partial<AdmissionPolicy>;
  /** What the server can bear. Default: what each part says. */
  readonly limits?: Partial<ServerLimits>;
  /**
   * What becomes of a message whose handler throws. `'retry'`: it is not accepted, the connection is closed with 1013 and a window
   * that doubles each time (1 s to 30 s), and the client sends it again; so nothing is lost, and nothing passes it. Or, after some
   * attempts, put it aside: see {@link PoisonPolicy}. Each failure is a `warning`. Default `'retry'`.
   */
  readonly poison?: 'retry' | PoisonPolicy<Transaction, I>;
  /** How often the store is asked to collect what has expired, in milliseconds. Default 10,000. */
  readonly collectMs?: number;
  /** Time. Default: the system's. */
  readonly clock?: Clock;
  /** Fills an array with random bytes, for tests. Default `crypto.getRandomValues`. */
  readonly draw?: DrawBytes;
}

/** A server's whole configuration, with nothing optional. */
export interface ServerSettings<Transaction extends StoreTransaction, I extends Identity> {
  readonly store: SessionStore<Transaction>;
  readonly authenticate: SessionServerOptions<Transaction, I>['authenticate'];
  readonly policy: ServerPolicy;
  readonly fixedWindowMs: number | null;
  readonly admission: AdmissionPolicy;
  readonly limits: ServerLimits;
  readonly poison: PoisonPolicy<Transaction, I> | null;
  readonly collectMs: number;
  readonly clock: Clock;
  readonly draw: DrawBytes;
}

const LIMITS: ServerLimits = {
  connections: 20_000,
  bufferedBytes: 8_388_608,
};
const COLLECT_MS = 10_000;
const OWN =
  'store authenticate hosts generation role active retryWindowMs admission limits poison collectMs clock draw';
const TIMES = ['heartbeatMs', 'ttlMs', 'helloMs', 'unackedMs'] as const;
const KNOWN: ReadonlySet<string> = new Set([...OWN.split(' '), ...TIMES, 'maxBytes', 'window']);

/** @throws SwitchoverError `INVALID_OPTION`. */
export function readServerOptions<Transaction extends StoreTransaction, I extends Identity>(
  options: SessionServerOptions<Transaction, I>,
): ServerSettings<Transaction, I> {
  refuseUnknown(options, KNOWN);
  const { store, authenticate, poison = 'retry', collectMs = COLLECT_MS } = options;
  if (typeof store?.run !== 'function') throw invalid('store', 'is missing', 'Give a SessionStore.');
  if (typeof authenticate !== 'function') throw invalid('authenticate', 'is no function', 'Say who a client is.');
  if (poison !== 'retry') whole('poison.attempts', poison.attempts, 1);
  const { retryWindowMs = null } = options;
  if (retryWindowMs !== null) whole('retryWindowMs', retryWindowMs, 0);
  return {
    store,
    authenticate,
    policy: readPolicy(options),
    fixedWindowMs: retryWindowMs,
    admission: wholes('admission', ADMISSION, options.admission),
    limits: wholes('limits', LIMITS, options.limits),
    poison: poison === 'retry' ? null : poison,
    collectMs: whole('collectMs', collectMs, 1),
    clock: options.clock ?? systemClock,
    draw: options.draw ?? ((bytes) => void crypto.getRandomValues(bytes)),
  };
}

/** Hosts as clients are told of them: the origins, the preferred first. */
export function readOrigins(hosts: HostList): readonly string[] {
  const { hosts: listed } = readTopology(hosts, true);
  if (listed.length > 64) throw invalid('hosts', 'has more than 64 entries', 'List fewer hosts.');
  return listed.map(({ origin }) => origin);
}

function readPolicy(options: Partial<ServerPolicy>): ServerPolicy {
  const { maxBytes = SERVER_POLICY.maxBytes, window = SERVER_POLICY.window } = options;
  const times = TIMES.map((name) => [name, whole(name, options[name] ?? SERVER_POLICY[name], 1)] as const);
  for (const part of window) whole('window', part, 1);
  return { ...SERVER_POLICY, ...Object.fromEntries(times), maxBytes: whole('maxBytes', maxBytes, 1_024), window };
}

/** A group of whole numbers, each 1 or more, laid over its defaults. */
function wholes<T extends object>(group: string, defaults: T, given: Partial<T> = {}): T {
  refuseUnknown(given, new Set(Object.keys(defaults)));
  const entries = Object.entries({ ...defaults, ...given });
  return Object.fromEntries(entries.map(([name, value]) => [name, whole(`${group}.${name}`, value, 1)])) as T;
}

/** A whole number that a frame, and a timer, can carry. */
export function whole(name: string, value: unknown, least: number): number {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) < 2 ** 31) return Number(value);
  throw invalid(name, `can't be ${String(value)}`, `Give a whole number from ${least} to 2147483647.`);
}

/** @throws SwitchoverError `INVALID_HOST`. */
export function originOf(text: string): string {
  const host = scanHost(text);
  if (host !== null) return host.origin;
  const remedy = 'Give an origin: https://name[:port].';
  throw new SwitchoverError('INVALID_HOST', `Not a usable host: ${JSON.stringify(text.slice(0, 99))}.`, { remedy });
}

export const invalid = (name: string, complaint: string, remedy: string): SwitchoverError =>
  invalidOption(`${name} ${complaint}`, remedy);
