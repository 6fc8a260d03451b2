import type { SwitchoverError } from '../policy/error.ts';
import type { MaybePromise } from '../runtime/ports.ts';

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
  | {
      /** It ran here, to its end, under the lease. */
      readonly ran: true;
      /** What it returned. */
      readonly value: T;
    }
  | {
      /** It did not. */
      readonly ran: false;
      /** Who is active instead; null where nobody is known to be. */
      readonly current: LeaseTerm | null;
    };

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
  /** Calls `listener` at each such event from now on. */
  on<Name extends keyof LeaseEvents>(name: Name, listener: LeaseEvents[Name]): void;
  /** Ends what `on` began. */
  off<Name extends keyof LeaseEvents>(name: Name, listener: LeaseEvents[Name]): void;
}
