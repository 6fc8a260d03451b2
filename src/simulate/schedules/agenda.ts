import { EventHeap } from '../core/eventHeap.ts';

const FIRST_CAPACITY = 1_024;

/** Virtual time, and what is to be done when. What is due at one moment is done in the order in which it was asked for. */
export class Agenda {
  nowMs = 0;
  /** Tasks by number; numbers only rise, and the heap puts the lower one first. */
  readonly #tasks: (() => void)[] = [];
  readonly #heap = new EventHeap(FIRST_CAPACITY);

  /** How many tasks there have been. */
  get count(): number {
    return this.#tasks.length;
  }

  at(atMs: number, task: () => void): void {
    const number = this.#tasks.push(task) - 1;
    if (number >= this.#heap.capacity) this.#heap.grow(2 * this.#heap.capacity);
    this.#heap.set(number, Math.max(this.nowMs, atMs));
  }

  after(delayMs: number, task: () => void): void {
    this.at(this.nowMs + delayMs, task);
  }

  /** Does what is next, unless it is due after `untilMs`. False where there was nothing to do. */
  step(untilMs: number): boolean {
    const { nextMs } = this.#heap;
    if (nextMs > untilMs || nextMs === Infinity) return false;
    const number = this.#heap.first;
    this.#heap.set(number, Infinity);
    const task = this.#tasks[number];
    this.#tasks[number] = idle;
    this.nowMs = nextMs;
    task?.();
    return true;
  }
}

const idle = (): void => {};

/** Calls a machine back when it wants to be. Timers are whole milliseconds, and one at least, as they are in browsers. */
export class Alarm {
  readonly #agenda: Agenda;
  readonly #ring: () => void;
  #atMs = Infinity;

  constructor(agenda: Agenda, ring: () => void) {
    this.#agenda = agenda;
    this.#ring = ring;
  }

  /** At that time or before: who is called too early asks again. */
  by(delayMs: number): void {
    const atMs = this.#agenda.nowMs + Math.max(1, Math.ceil(delayMs));
    if (atMs >= this.#atMs || delayMs > LONGEST_MS) return;
    this.#atMs = atMs;
    this.#agenda.at(atMs, () => {
      if (this.#atMs !== atMs) return;
      this.#atMs = Infinity;
      this.#ring();
    });
  }
}

/** Beyond any run: never. */
const LONGEST_MS = 1e9;
