import type { Clock } from '../../runtime/ports.ts';

/** A timer that comes later than this finds that the device slept. */
const LATE_MS = 2_000;

/** One thing that is due. */
export class Timer {
  readonly #clock: Clock;
  readonly #background: boolean;
  #cancel: () => void = () => {};
  #dueMs = 0;
  #dueWallMs = 0;

  /** @param background True where nobody waits for it: it does not keep a process alive. */
  constructor(clock: Clock, background = false) {
    this.#clock = clock;
    this.#background = background;
  }

  /** In place of what was due before. */
  set(delayMs: number, then: () => void): void {
    this.cancel();
    this.#dueMs = this.#clock.now() + delayMs;
    this.#dueWallMs = this.#clock.wallTime() + delayMs;
    this.#cancel = this.#clock.setTimer(then, delayMs, this.#background);
  }

  cancel(): void {
    this.#cancel();
  }

  /** How long it is overdue, in milliseconds; negative before. Not all monotonic clocks run while a device sleeps. */
  get overdueMs(): number {
    return Math.max(this.#clock.now() - this.#dueMs, this.#clock.wallTime() - this.#dueWallMs);
  }

  get isLate(): boolean {
    return this.overdueMs > LATE_MS;
  }
}
