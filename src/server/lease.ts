import { SwitchoverError } from '../policy/error.ts';
import { refuseUnknown } from '../runtime/poolOptions.ts';
import type { Clock, MaybePromise, Random } from '../runtime/ports.ts';
import { systemClock } from '../runtime/systemPorts.ts';
import { LeaseHolder } from './leaseHolder.ts';
import type { LeaseStore } from './leaseStore.ts';

/** Who holds a lease. */
export interface LeaseTerm {
  /** As its `holder` option says. */
  readonly holder: string;
  /** Higher with each change of hands: what carries a lower one is of the past. */
  readonly epoch: number;
}

/** What a lease tells. Listeners are called after the change. */
export interface LeaseEvents {
  /** This instance holds the lease from now on. */
  active: (term: LeaseTerm) => void;
  /** It does not. Told once at first, after each loss, and whenever another holder is seen; null: nobody is known to hold it. */
  standby: (current: LeaseTerm | null) => void;
  /** This instance has held it, and can't be sure of that any more. What it does under the lease has to end at once. */
  lost: (term: LeaseTerm) => void;
  /** The store could not be asked. It is asked again; who is active stays so for as long as that is safe. */
  warning: (error: SwitchoverError) => void;
}

/** What a job under a lease is given. */
export interface LeaseTask {
  /** To be shown to whatever the job writes to, which refuses a lower one than it has seen: the only fence that holds without trust. */
  readonly epoch: number;
  /** Aborts with `LEASE_LOST` when the lease is lost, with `CLOSED` when it is released. */
  readonly signal: AbortSignal;
  /**
   * To be called before each step that must not be done twice: a process that was frozen learns of its loss here before its timers fire.
   *
   * @throws SwitchoverError `LEASE_LOST`.
   */
  assertActive(): void;
}

/** What became of a job: it ran, or somebody else was active. */
export type LeaseRun<T> =
  | { readonly ran: true; readonly value: T }
  | { readonly ran: false; readonly current: LeaseTerm | null };

/** One instance's part in the election of the active one. */
export interface Lease {
  /** True while this instance holds the lease, by its own clock, with a margin. Asked anew each time: right also after a freeze. */
  readonly isActive: boolean;
  /** The epoch under which this instance is active; null while it is not. */
  readonly epoch: number | null;
  /** Who is active, as far as known. */
  readonly current: LeaseTerm | null;
  /**
   * Runs a job if this instance is active, and only then: so of several instances that call it at the same time, one runs it. Instances
   * whose schedules are not quite together may run it twice, or not at all, around a change of hands; the job's `epoch` tells.
   *
   * @throws SwitchoverError (as a rejection) `LEASE_LOST` where the lease was lost before the job had ended, whatever it returned; else
   * what the job throws; `CLOSED` after `release`.
   */
  run<T>(job: (task: LeaseTask) => MaybePromise<T>): Promise<LeaseRun<T>>;
  /**
   * Takes no part any more: jobs are aborted, and once they have ended, or the lease has run out, the next holder may come. Never rejects:
   * where the store can't be reached, the lease runs out.
   */
  release(): Promise<void>;
  on<Name extends keyof LeaseEvents>(name: Name, listener: LeaseEvents[Name]): void;
  off<Name extends keyof LeaseEvents>(name: Name, listener: LeaseEvents[Name]): void;
}

/** Options of {@link createLease}. */
export interface LeaseOptions {
  /** Where the lease lives: a session store, or its `leases`, shared by all who take part. */
  readonly store: LeaseStore | { readonly leases: LeaseStore };
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
  new SwitchoverError('INVALID_OPTION', `${option} of a lease ${complaint}.`, { remedy });
