import { invalidOption } from '../policy/fill.ts';
import { refuseUnknown } from '../runtime/poolOptions.ts';
import type { Clock, Random } from '../runtime/ports.ts';
import { systemClock } from '../runtime/systemPorts.ts';
import { LeaseHolder } from './leaseHolder.ts';
import type { LeaseStore } from './leaseStore.ts';
import type { Lease } from './leaseTypes.ts';

/** Options of {@link createLease}. */
export interface LeaseOptions {
  /** Where the lease lives: a session store, or its `leases`, shared by all who take part. */
  readonly store:
    | LeaseStore
    | {
        /** As of a {@link SessionStore}. */
        readonly leases: LeaseStore;
      };
  /** Names what the lease is for. */
  readonly name: string;
  /**
   * Names this instance to the others: its origin, where clients are to be sent to it. Two instances may have the same (one that was
   * started again, for instance): they are still two, and only one is active.
   */
  readonly holder: string;
  /**
   * How long the lease outlives its holder's last renewal, in milliseconds: so long nobody is active after a crash. Renewed every third
   * of it. At least 100. Default 10,000.
   */
  readonly ttlMs?: number;
  /** How long before the end the holder steps down by itself, in milliseconds: for clocks that drift. Default a tenth of `ttlMs`. */
  readonly marginMs?: number;
  /** Time. It must go on while the process is stopped. Default: the system's monotonic one. */
  readonly clock?: Clock;
  /** Chance. Default `Math.random`. */
  readonly random?: Random;
}

const KNOWN: ReadonlySet<string> = new Set(['store', 'name', 'holder', 'ttlMs', 'marginMs', 'clock', 'random']);
const TTL_MS = 10_000;
const LEAST_TTL_MS = 100;
const MOST_TTL_MS = 86_400_000;

/**
 * Takes part in the election of one active instance: it holds the lease, renews it, and the others stand by. It is tried for at once,
 * and for as long as the process runs or until `release`; its timers do not keep the process alive.
 *
 * The holder counts its time from before it asked the store, so it steps down before anybody else can be active, also where an answer
 * was slow or the process was frozen. No timer can stop what a frozen process has already begun to write: that takes `epoch`.
 *
 * @throws SwitchoverError `INVALID_OPTION`.
 */
export function createLease(options: LeaseOptions): Lease {
  refuseUnknown(options, KNOWN);
  const { store, name, holder, ttlMs = TTL_MS, clock = systemClock, random = Math.random } = options;
  const { marginMs = ttlMs / 10 } = options;
  const leases = typeof store === 'object' && store !== null && 'leases' in store ? store.leases : store;
  if (typeof leases?.acquire !== 'function') throw invalid('store', 'is no store of leases', 'Give a session store.');
  label('name', name);
  label('holder', holder);
  span('ttlMs', ttlMs, LEAST_TTL_MS, MOST_TTL_MS);
  span('marginMs', marginMs, 0, ttlMs / 2);
  const me = `${holder} ${crypto.randomUUID()}`;
  const lease = new LeaseHolder({ leases, name, holder, me, ttlMs, marginMs, clock, random });
  lease.start();
  return lease;
}

function label(option: string, value: unknown): void {
  if (typeof value === 'string' && /^[\x21-\x7e]{1,256}$/.test(value)) return;
  throw invalid(option, `can't be ${JSON.stringify(value)}`, 'Give 1 to 256 visible ASCII characters.');
}

function span(option: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  throw invalid(option, `can't be ${String(value)}`, `Give milliseconds from ${least} to ${most}.`);
}

const invalid = (option: string, complaint: string, remedy: string) =>
  invalidOption(`${option} of a lease ${complaint}`, remedy);
