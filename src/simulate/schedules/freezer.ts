import type { Agenda } from './agenda.ts';

/** What comes to a process that is frozen waits, in the order in which it came, and is done when the process goes on. */
export class Freezer {
  readonly #agenda: Agenda;
  #untilMs = 0;
  #waiting: (() => void)[] = [];

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
  }

  /** Longer, if it is frozen already. The time by which that is more than before. */
  freeze(forMs: number): number {
    const fromMs = Math.max(this.#untilMs, this.#agenda.nowMs);
    const moreMs = Math.max(0, this.#agenda.nowMs + forMs - fromMs);
    this.#untilMs = fromMs + moreMs;
    this.#agenda.at(this.#untilMs, () => this.#thaw());
    return moreMs;
  }

  /** Another process in its place knows nothing of what has waited. */
  empty(): void {
    this.#untilMs = 0;
    this.#waiting = [];
  }

  whenAwake(task: () => void): void {
    if (this.#agenda.nowMs < this.#untilMs || this.#waiting.length > 0) this.#waiting.push(task);
    else task();
  }

  #thaw(): void {
    if (this.#agenda.nowMs < this.#untilMs) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const task of waiting) task();
  }
}
