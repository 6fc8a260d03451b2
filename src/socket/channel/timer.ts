import type { Clock } from '../../runtime/ports.ts';
import { NEVER } from '../../session/sessionEnv.ts';

/**
 * One timer for whatever is due next. A moment that is put off does not touch it: it fires early then, and looks again. So a busy
 * connection, whose every frame puts off the next heartbeat, costs no timer.
 */
export class Timer {
  readonly #clock: Clock;
  readonly #due: () => void;
  #wantedMs = NEVER;
  #setMs = NEVER;
  #cancel: () => void = () => {};

  constructor(clock: Clock, due: () => void) {
    this.#clock = clock;
    this.#due = due;
  }

  /** Calls `due` at that moment, in place of the one before; {@link NEVER}: never. */
  set(atMs: number): void {
    this.#wantedMs = atMs;
    if (atMs !== NEVER && atMs >= this.#setMs) return;
    this.#cancel();
    this.#setMs = atMs;
    if (atMs === NEVER) return;
    const fire = () => {
      this.#setMs = NEVER;
      if (this.#clock.now() < this.#wantedMs) this.set(this.#wantedMs);
      else this.#due();
    };
    this.#cancel = this.#clock.setTimer(fire, Math.max(0, atMs - this.#clock.now()));
  }
}
