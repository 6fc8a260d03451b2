import type { Clock } from '../../runtime/ports.ts';
import { LATE_MS } from './dial.ts';
import type { HeartbeatPolicy } from './options.ts';

/** What is felt for, and whom it is told to. */
export interface PulseOwner {
  /** When the link was heard last. */
  heardMs(): number;
  /** Asks whether it is alive; null where the platform can't. */
  readonly ping: (() => void) | null;
  /** It was asked, and has said nothing. */
  dead(): void;
  /** The device slept for so long that a link which can't be asked is not to be trusted any more. */
  slept(): void;
}

/** How long a link that was asked out of turn may take to answer: on waking, or where the network has changed. */
const VERIFY_MS = 2_000;

/** A gap longer than this was sleep: browsers hold back the timers of hidden tabs for a minute. */
const ASLEEP_MS = 120_000;

/** Feels whether a link is alive. */
export class Pulse {
  readonly #clock: Clock;
  readonly #times: HeartbeatPolicy;
  readonly #owner: PulseOwner;
  #askedMs: number | null = null;
  #forgiven = false;
  #dueMs = 0;
  #wallMs = 0;
  #cancel: () => void = () => {};

  constructor(clock: Clock, times: HeartbeatPolicy, owner: PulseOwner) {
    this.#clock = clock;
    this.#times = times;
    this.#owner = owner;
    this.#next(times.intervalMs);
  }

  /**
   * Asks at once: the device woke, or the network changed.
   *
   * @param doubtful True where a link that can't be asked is not to be trusted any more.
   */
  verify(doubtful: boolean): void {
    const { ping } = this.#owner;
    if (ping === null) {
      if (doubtful || this.#gapMs() > ASLEEP_MS) this.#owner.slept();
    } else if (this.#isAnswered()) this.#ask(VERIFY_MS);
  }

  stop(): void {
    this.#cancel();
    this.#cancel = () => {};
  }

  #tick(): void {
    const { ping } = this.#owner;
    const { intervalMs, deadMs } = this.#times;
    if (ping === null) {
      const gapMs = this.#gapMs();
      this.#next(intervalMs);
      if (gapMs > ASLEEP_MS) this.#owner.slept();
      return;
    }
    const nowMs = this.#clock.now();
    const late = nowMs - this.#dueMs > LATE_MS;
    if (!this.#isAnswered()) {
      // What was said while the device slept is read after this timer: one more question.
      if (!late || this.#forgiven) return this.#owner.dead();
      this.#forgiven = true;
      return this.#ask(VERIFY_MS);
    }
    this.#forgiven = false;
    const silentMs = nowMs - this.#owner.heardMs();
    if (silentMs >= intervalMs) this.#ask(deadMs - intervalMs);
    else this.#next(intervalMs - silentMs);
  }

  #isAnswered(): boolean {
    return this.#askedMs === null || this.#owner.heardMs() >= this.#askedMs;
  }

  #ask(answerMs: number): void {
    this.#askedMs = this.#clock.now();
    this.#next(answerMs);
    this.#owner.ping?.();
  }

  /** How much more time has passed since the last tick was set than it was to wait. Not all monotonic clocks run in sleep. */
  #gapMs(): number {
    return Math.max(this.#clock.now() - this.#dueMs, this.#clock.wallTime() - this.#wallMs);
  }

  #next(delayMs: number): void {
    this.#cancel();
    this.#dueMs = this.#clock.now() + delayMs;
    this.#wallMs = this.#clock.wallTime() + delayMs;
    this.#cancel = this.#clock.setTimer(() => this.#tick(), delayMs, true);
  }
}
