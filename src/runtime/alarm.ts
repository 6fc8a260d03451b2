import type { TimeLimit, TimeLimits } from './timeLimits.ts';

/** Rings when something is due, where what is due changes all the time. */
export class Alarm {
  readonly #limits: TimeLimits;
  readonly #dueMs: () => number;
  readonly #ring: () => void;
  #limit: TimeLimit | undefined;

  /** @param dueMs Says when it is due, as things stand; `Infinity` for never. */
  constructor(limits: TimeLimits, dueMs: () => number, ring: () => void) {
    this.#limits = limits;
    this.#dueMs = dueMs;
    this.#ring = ring;
  }

  /** To be called when things have changed. */
  wind(): void {
    const atMs = this.#dueMs();
    if (this.#limit?.atMs === atMs) return;
    this.stop();
    this.#limit = atMs < Infinity ? this.#limits.set(atMs, () => this.#due()) : undefined;
  }

  stop(): void {
    if (this.#limit !== undefined) this.#limits.lift(this.#limit);
  }

  #due(): undefined {
    this.#limit = undefined;
    this.#ring();
    // It may have rung a moment too early to change anything.
    this.wind();
  }
}
