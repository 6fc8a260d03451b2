import type { Clock } from './ports.ts';

/** One thing whose time is limited. */
export interface TimeLimit {
  readonly atMs: number;
  readonly end: () => void;
}

/**
 * Many time limits over one timer. Almost all of them are lifted long before they are due, so setting and lifting one costs
 * next to nothing, and the timer is set again only when it fires. It does not keep a process alive: what is limited does.
 */
export class TimeLimits {
  readonly #clock: Clock;
  readonly #limits = new Set<TimeLimit>();
  #timerAtMs = Infinity;
  #cancel: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `end` at `atMs`, unless the limit is lifted before. */
  set(atMs: number, end: () => void): TimeLimit {
    const limit = { atMs, end };
    this.#limits.add(limit);
    if (atMs < this.#timerAtMs) this.#wakeAt(atMs);
    return limit;
  }

  lift(limit: TimeLimit): void {
    this.#limits.delete(limit);
  }

  #wakeAt(atMs: number): void {
    this.#cancel();
    this.#timerAtMs = atMs;
    this.#cancel = this.#clock.setTimer(() => this.#fire(), Math.max(0, atMs - this.#clock.now()), true);
  }

  #fire(): void {
    this.#timerAtMs = Infinity;
    const nowMs = this.#clock.now();
    for (const limit of [...this.#limits]) {
      if (limit.atMs <= nowMs) {
        this.lift(limit);
        limit.end();
      }
    }
    let next = Infinity;
    for (const { atMs } of this.#limits) next = Math.min(next, atMs);
    if (next < this.#timerAtMs) this.#wakeAt(next);
  }
}
