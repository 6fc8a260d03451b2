import type { KeyLimits } from './limits.ts';
import type { KeyTable } from './steps.ts';

/** Keys that one call of `collect` forgets. */
const BATCH = 10_000;

/** The idempotency keys of a store in memory. */
export class MemoryKeys implements KeyTable {
  /** When each expires; the oldest comes first. */
  readonly #expiries = new Map<string, number>();
  readonly #limits: KeyLimits;

  constructor(limits: KeyLimits) {
    this.#limits = limits;
  }

  has(subject: string, key: string, nowMs: number): boolean {
    return (this.#expiries.get(nameOf(subject, key)) ?? -1) > nowMs;
  }

  add(subject: string, key: string, expiresAtMs: number): void {
    const name = nameOf(subject, key);
    this.#expiries.delete(name);
    this.#expiries.set(name, expiresAtMs);
    const oldest = this.#expiries.keys().next();
    if (this.#expiries.size > this.#limits.count && !oldest.done) this.#expiries.delete(oldest.value);
  }

  collect(nowMs: number): void {
    let batch = BATCH;
    for (const [name, expiresAtMs] of this.#expiries) {
      if (batch-- === 0 || expiresAtMs > nowMs) return;
      this.#expiries.delete(name);
    }
  }
}

/** A key has no spaces in it. */
const nameOf = (subject: string, key: string): string => `${key} ${subject}`;
