import type { Agenda } from './agenda.ts';

/** A clock that somebody goes by: it may be fast or slow, jump, or stand still for a while. */
export class Clock {
  readonly #agenda: Agenda;
  #rate: number;
  #baseMs: number;
  #sinceMs: number;

  constructor(agenda: Agenda, baseMs = 0, rate = 1) {
    this.#agenda = agenda;
    this.#baseMs = baseMs;
    this.#sinceMs = agenda.nowMs;
    this.#rate = rate;
  }

  get nowMs(): number {
    return this.#baseMs + (this.#agenda.nowMs - this.#sinceMs) * this.#rate;
  }

  /** How many times as fast as it should it goes. */
  get rate(): number {
    return this.#rate;
  }

  drift(rate: number): void {
    this.#baseMs = this.nowMs;
    this.#sinceMs = this.#agenda.nowMs;
    this.#rate = rate;
  }

  /** Ahead; or back, where it is less than nothing. */
  jump(byMs: number): void {
    this.#baseMs += byMs;
  }
}
