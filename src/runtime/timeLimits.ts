import type { Clock } from './ports.ts';

/** One thing whose time is limited. */
export interface TimeLimit {
  atMs: number;
  /** Called when the time is over; gives how much longer it may take, in milliseconds, if it may. Null once lifted. */
  end: (() => number | undefined) | null;
  /** It was due while this side slept, and has had more time for that. */
  spared: boolean;
}

/** So many limits may lie about, lifted, before they are swept out. */
const LITTER = 64;

/** A timer that comes later than this, in milliseconds, finds that this side slept: a phone's app in the background, a frozen page. */
const LATE_MS = 2_000;

/** What was due meanwhile may have been answered: so long, in milliseconds, the answers have to be read first. Once. */
const SPARED_MS = 1_000;

/**
 * Many time limits over one timer. Almost all of them are lifted long before they are due, so setting and lifting one costs
 * next to nothing: a lifted one is only marked, and swept out with many others; and the timer is set again only when it
 * fires. It does not keep a process alive: what is limited does.
 */
export class TimeLimits {
  readonly #clock: Clock;
  #limits: TimeLimit[] = [];
  #sweepAt = LITTER;
  #timerAtMs = Infinity;
  /** When the timer is due: what was over already when it was set is not late. */
  #dueMs = 0;
  #cancel: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `end` at `atMs`, unless the limit is lifted before; and again after the time that it then gives. */
  set(atMs: number, end: () => number | undefined): TimeLimit {
    const limit: TimeLimit = { atMs, end, spared: false };
    if (this.#limits.push(limit) > this.#sweepAt) this.#sweep();
    if (atMs < this.#timerAtMs) this.#wakeAt(atMs);
    return limit;
  }

  lift(limit: TimeLimit): void {
    limit.end = null;
  }

  /** Ends the timer where nothing waits for it any more. */
  rest(): void {
    this.#sweep();
    if (this.#limits.length === 0) this.#wakeAt(Infinity);
  }

  #sweep(): void {
    this.#limits = this.#limits.filter(({ end }) => end !== null);
    this.#sweepAt = this.#limits.length * 2 + LITTER;
  }

  #wakeAt(atMs: number): void {
    this.#cancel();
    this.#timerAtMs = atMs;
    if (atMs === Infinity) return;
    const nowMs = this.#clock.now();
    this.#dueMs = Math.max(atMs, nowMs);
    this.#cancel = this.#clock.setTimer(() => this.#fire(), this.#dueMs - nowMs, true);
  }

  #fire(): void {
    this.#timerAtMs = Infinity;
    const nowMs = this.#clock.now();
    const slept = nowMs - this.#dueMs > LATE_MS;
    // What is set meanwhile has its turn later, or one that is always due would never let go.
    for (const limit of [...this.#limits]) {
      if (limit.end === null || limit.atMs > nowMs) continue;
      const spared = slept && !limit.spared;
      limit.spared ||= spared;
      const moreMs = spared ? SPARED_MS : (limit.end() ?? 0);
      if (moreMs > 0) limit.atMs = nowMs + moreMs;
      else limit.end = null;
    }
    this.#sweep();
    const next = this.#limits.reduce((soonest, { atMs }) => Math.min(soonest, atMs), Infinity);
    if (next < this.#timerAtMs) this.#wakeAt(next);
  }
}
