import type { MaybePromise } from '../runtime/ports.ts';

/** A lease as its store has it. */
export interface LeaseRecord {
  /** What it is for. */
  readonly name: string;
  /** Who has it, or had it last. */
  readonly holder: string;
  /** Raised each time the lease changes hands, or is taken again after it ran out: what carries a lower one is of the past. */
  readonly epoch: number;
  /** How much longer it holds by the store's own clock, in milliseconds; 0 or less once it has run out. */
  readonly leftMs: number;
}

/** Where leases live. Each call is one atomic step over all processes that share the store, by the store's own clock. */
export interface LeaseStore {
  /** Takes or keeps the lease for `ttlMs`, unless somebody else holds it. Answers with the lease as it then is. */
  acquire(name: string, holder: string, ttlMs: number): MaybePromise<LeaseRecord>;
  /** Gives it up, if it is still held under that epoch. */
  release(name: string, holder: string, epoch: number): MaybePromise<void>;
  /** The lease as it is; null if it was never taken. */
  read(name: string): MaybePromise<LeaseRecord | null>;
}
