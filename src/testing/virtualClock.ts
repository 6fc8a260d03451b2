import { SwitchoverError } from '../policy/error.ts';
import type { Clock } from '../runtime/ports.ts';
import { settle } from './settle.ts';

/** A timer that is set. */
export interface PendingTimer {
  /** From now until it fires, in milliseconds. 0 for one that is due. */
  readonly delayMs: number;
  /** True for one that nobody waits for: probes, refreshes, time limits. */
  readonly background: boolean;
}

/** A clock that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /**
   * Lets `ms` milliseconds pass. Timers that fall due are called in their order, each at its own moment, and what comes
   * of one settles before the next is called. `advance(0)` only lets promises settle. Calls made meanwhile queue up.
   *
   * @throws SwitchoverError (as a rejection) `INVALID_OPTION` for a negative or infinite time; what a timer's callback throws.
   */
  advance(ms: number): Promise<void>;
  /**
   * Lets time pass until `work` has settled, from timer to timer, and gives what it gives.
   *
   * @param limitMs Most virtual time that may pass, in milliseconds. Default 3,600,000.
   * @throws SwitchoverError (as a rejection) `TIMEOUT` if `work` is not settled by then, or no timer is left that could settle it.
   */
  until<T>(work: Promise<T>, limitMs?: number): Promise<T>;
  /** The timers that are set now, soonest first. None should be left when all is closed. */
  readonly timers: readonly PendingTimer[];
}

interface Timer {
  readonly atMs: number;
  readonly background: boolean;
  readonly callback: () => void;
}

/**
 * A clock for tests, to be given as `clock`. No real time passes: a test of half a minute's back-off is over at once, and
 * is the same each time.
 *
 * @param startMs What `now()` and `wallTime()` say first, in milliseconds. Default 0.
 */
export function virtualClock(startMs = 0): VirtualClock {
  return new SteppedClock(startMs);
}

class SteppedClock implements VirtualClock {
  readonly #timers = new Set<Timer>();
  #nowMs: number;
  /** The calls that let time pass come one after the other. */
  #moving: Promise<unknown> = Promise.resolve();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  // Bound, since a clock's functions are often handed on by themselves.
  readonly now = (): number => this.#nowMs;
  readonly wallTime = (): number => this.#nowMs;

  readonly setTimer = (callback: () => void, delayMs: number, background = false): (() => void) => {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), background, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  };

  get timers(): readonly PendingTimer[] {
    return this.#inOrder().map(({ atMs, background }) => ({ delayMs: Math.max(0, atMs - this.#nowMs), background }));
  }

  advance(ms: number): Promise<void> {
    return this.#move(async () => {
      if (!(ms >= 0 && ms < Infinity)) {
        const remedy = 'Give milliseconds, 0 or more.';
        throw new SwitchoverError('INVALID_OPTION', `Time can't pass by ${ms} ms.`, { remedy });
      }
      const untilMs = this.#nowMs + ms;
      await settle();
      while (await this.#fireNext(untilMs));
      this.#nowMs = untilMs;
    });
  }

  async until<T>(work: Promise<T>, limitMs = 3_600_000): Promise<T> {
    let settled = false;
    const note = () => {
      settled = true;
    };
    work.then(note, note);
    await this.#move(async () => {
      const untilMs = this.#nowMs + limitMs;
      await settle();
      while (!settled && (await this.#fireNext(untilMs)));
    });
    if (settled) return work;
    throw new SwitchoverError('TIMEOUT', 'The work did not settle.', {
      remedy: `Look at \`timers\` (${this.#timers.size} are set): nothing that was due within ${limitMs} ms ended it.`,
    });
  }

  #move(work: () => Promise<void>): Promise<void> {
    const moved = this.#moving.then(work);
    this.#moving = moved.catch(() => {});
    return moved;
  }

  /** Fires the next timer, at its moment; false where none is due by then. */
  async #fireNext(untilMs: number): Promise<boolean> {
    const timer = this.#inOrder()[0];
    if (timer === undefined || timer.atMs > untilMs) return false;
    this.#timers.delete(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.atMs);
    timer.callback();
    await settle();
    return true;
  }

  /** The set keeps the order in which they were set, and sorting keeps it among equals. */
  #inOrder(): readonly Timer[] {
    return [...this.#timers].sort((a, b) => a.atMs - b.atMs);
  }
}
