import { invalidOption } from '../../policy/fill.ts';
import { refuseUnknown } from '../../runtime/poolOptions.ts';
import { SERVER_POLICY } from '../../session/serverPolicy.ts';
import type { ReplayLimits } from '../../session/sessionRecord.ts';

/** What a whole store holds at most. Over it the sessions go that have been left alone the longest; those in use never do. */
export interface TotalLimits {
  /** Sessions. Default 1,000,000. */
  readonly sessions: number;
  /** Messages that wait for their clients. Default 5,000,000. */
  readonly messages: number;
  /** Their bytes of payload. Default: the store's own, 1 GiB for SQLite and 256 MiB in memory. */
  readonly bytes: number;
}

/** How long a store remembers idempotency keys. */
export interface KeyLimits {
  /** Since the key was accepted, in milliseconds; and never shorter than the session would have lived then. Default 86,400,000, a day. */
  readonly keepMs: number;
  /** In all; over it the oldest are forgotten. Default 1,000,000. */
  readonly count: number;
}

export interface StoreLimits {
  readonly replay: ReplayLimits;
  readonly total: TotalLimits;
  readonly keys: KeyLimits;
}

/** Limits of a session store. Every one may be left out. */
export interface StoreLimitOptions {
  /**
   * Of one session: the messages (`count`), and their bytes of payload, that are kept for a client that does not acknowledge; beyond
   * it the oldest go, and the client is told which. Default 1,000 messages and 4 MiB.
   */
  readonly replay?: Partial<ReplayLimits>;
  /**
   * Of the whole store: `sessions`, `messages` and `bytes` of payload. What would go over it ends the sessions that have been left alone
   * the longest, but only those that nobody is connected to (no sign of life for half of their time); where there are none, it is
   * refused with `STORE_FULL`. Default 1,000,000 sessions, 5,000,000 messages, and bytes as the store says.
   */
  readonly total?: Partial<TotalLimits>;
  /** How long (`keepMs`) and how many (`count`) idempotency keys are remembered. Default a day, and 1,000,000. */
  readonly keys?: Partial<KeyLimits>;
}

/** What a store does when it is told nothing else; docs/stores.md lists it. */
export const STORE_LIMITS = {
  replay: SERVER_POLICY.replay,
  total: { sessions: 1_000_000, messages: 5_000_000, bytes: 1_073_741_824 },
  keys: { keepMs: 86_400_000, count: 1_000_000 },
} as const;

/**
 * Checks the limits of a store, and fills the defaults in.
 *
 * @param totalBytes The store's own default.
 * @throws SwitchoverError `INVALID_OPTION`.
 */
export function readStoreLimits(options: StoreLimitOptions, totalBytes: number): StoreLimits {
  return {
    replay: group('replay', STORE_LIMITS.replay, options.replay),
    total: group('total', { ...STORE_LIMITS.total, bytes: totalBytes }, options.total),
    keys: group('keys', STORE_LIMITS.keys, options.keys),
  };
}

function group<T extends object>(name: string, defaults: T, given: Partial<T> = {}): T {
  if (typeof given !== 'object' || given === null) throw invalidLimit(name, `can't be ${String(given)}`);
  refuseUnknown(given, new Set(Object.keys(defaults)));
  const entries = Object.entries({ ...defaults, ...withoutBlanks(given) });
  return Object.fromEntries(entries.map(([key, value]) => [key, countOf(`${name}.${key}`, value)])) as T;
}

const withoutBlanks = (given: object) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** A whole number above nothing, as large as numbers can be trusted. */
export function countOf(name: string, value: unknown): number {
  if (Number.isSafeInteger(value) && Number(value) >= 1) return Number(value);
  throw invalidLimit(name, `can't be ${String(value)}`, 'Give a whole number, 1 or more.');
}

export const invalidLimit = (name: string, complaint: string, remedy = 'See the list of options in docs/stores.md.') =>
  invalidOption(`${name} ${complaint}`, remedy);
