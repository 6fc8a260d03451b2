import type { Clock } from '../runtime/ports.ts';

/** Something that wants to be looked at again at a certain time. */
export interface Waiter {
  /** When it will be looked at: kept by {@link Deadlines}; Infinity while it waits for nothing. */
  wakeAtMs: number;
}

interface Entry<T> {
  readonly atMs: number;
  readonly waiter: T;
}

/** A timer that is later than this was not late by chance: the process stood still. */
const FROZEN_MS = 500;
/** How long what has arrived meanwhile is read first. */
const CATCH_UP_MS = 50;

/**
 * The deadlines of all connections over one timer. A deadline that moves away, as each frame moves that of the heartbeat,
 * costs nothing: the waiter is looked at when it was due before, and says then when it is due next.
 */
export class Deadlines<T extends Waiter> {
  readonly #clock: Clock;
  readonly #look: (waiter: T) => void;
  /** A binary heap: each entry is due no later than those at twice its place. */
  readonly #heap: Entry<T>[] = [];
  #timerAtMs = Infinity;
  #cancel: () => void = () => {};

  constructor(clock: Clock, look: (waiter: T) => void) {
    this.#clock = clock;
    this.#look = look;
  }

  /** Looks at `waiter` at that time, or before. */
  set(waiter: T, atMs: number): void {
    if (atMs >= waiter.wakeAtMs) return;
    waiter.wakeAtMs = atMs;
    this.#push({ atMs, waiter });
    if (atMs < this.#timerAtMs) this.#wakeAt(atMs);
  }

  clear(): void {
    this.#heap.length = 0;
    this.#wakeAt(Infinity);
  }

  #wakeAt(atMs: number): void {
    this.#cancel();
    this.#cancel = () => {};
    this.#timerAtMs = atMs;
    if (atMs === Infinity) return;
    this.#cancel = this.#clock.setTimer(() => this.#fire(atMs), Math.max(0, atMs - this.#clock.now()), true);
  }

  #fire(plannedMs: number): void {
    this.#timerAtMs = Infinity;
    const nowMs = this.#clock.now();
    // After a freeze, timers come before what lies in the sockets: nobody is dead who has not been heard.
    if (nowMs - plannedMs > FROZEN_MS) this.#wakeAt(nowMs + CATCH_UP_MS);
    else this.#lookAtAll(nowMs);
  }

  #lookAtAll(nowMs: number): void {
    for (let top = this.#heap[0]; top !== undefined && top.atMs <= nowMs; top = this.#heap[0]) {
      this.#pop();
      // One that was superseded by an earlier look.
      if (top.waiter.wakeAtMs !== top.atMs) continue;
      top.waiter.wakeAtMs = Infinity;
      this.#look(top.waiter);
    }
    const next = this.#heap[0];
    if (next !== undefined && next.atMs < this.#timerAtMs) this.#wakeAt(next.atMs);
  }

  #push(entry: Entry<T>): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || parent.atMs <= entry.atMs) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const least = right !== undefined && left !== undefined && right.atMs < left.atMs ? right : left;
      if (least === undefined || least.atMs >= last.atMs) break;
      heap[at] = least;
      at = least === left ? 2 * at + 1 : 2 * at + 2;
    }
    heap[at] = last;
  }
}
