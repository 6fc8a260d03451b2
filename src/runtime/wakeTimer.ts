import type { Clock } from './ports.ts';

/** One timer for whatever is due next. It does not keep a process alive. */
export class WakeTimer {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #atMs = Infinity;
  #cancel: () => void = () => {};

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Wakes at that moment, in place of the one that was set before; Infinity: never. */
  set(atMs: number): void {
    if (atMs === this.#atMs) return;
    this.#cancel();
    this.#cancel = () => {};
    this.#atMs = atMs;
    if (atMs === Infinity) return;
    const fire = () => {
      this.#atMs = Infinity;
      this.#wake();
    };
    this.#cancel = this.#clock.setTimer(fire, Math.max(0, atMs - this.#clock.now()), true);
  }
}
