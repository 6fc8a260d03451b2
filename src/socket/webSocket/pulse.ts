import type { Clock } from '../../runtime/ports.ts';
import type { Wire } from '../wire.ts';
import type { HeartbeatPolicy } from './options.ts';
import { Timer } from './timer.ts';

/** Whom a pulse tells. */
export interface PulseOwner {
  /** The link was asked, and has said nothing. */
  dead(wire: Wire): void;
  /** The link can't be asked, and the device slept for so long that it is not to be trusted any more. */
  doubtful(): void;
}

/** How long a link that was asked out of turn may take to answer, in milliseconds: on waking, or where the network has changed. */
const VERIFY_MS = 2_000;

/** A longer gap, in milliseconds, was sleep: browsers hold the timers of hidden tabs back for a minute. */
const ASLEEP_MS = 120_000;

/** Feels whether a link is alive. */
export class Pulse {
  readonly #clock: Clock;
  readonly #wire: Wire;
  readonly #policy: HeartbeatPolicy;
  readonly #owner: PulseOwner;
  readonly #timer: Timer;
  #askedMs = -Infinity;
  #forgiven = false;

  constructor(clock: Clock, wire: Wire, policy: HeartbeatPolicy, owner: PulseOwner) {
    this.#clock = clock;
    this.#wire = wire;
    this.#policy = policy;
    this.#owner = owner;
    this.#timer = new Timer(clock, true);
    this.#next(policy.intervalMs);
  }

  /**
   * Asks at once: the device woke, or the network has changed.
   *
   * @param suspect True where a link that can't be asked is not to be trusted any more.
   */
  verify(suspect: boolean): void {
    if (!this.#canAsk) {
      if (suspect || this.#timer.overdueMs > ASLEEP_MS) this.#owner.doubtful();
    } else if (this.#isAnswered) this.#ask(VERIFY_MS);
  }

  stop(): void {
    this.#timer.cancel();
  }

  get #canAsk(): boolean {
    return this.#policy.ping !== undefined || this.#wire.canPing;
  }

  get #isAnswered(): boolean {
    return this.#wire.heardMs >= this.#askedMs;
  }

  #tick(): void {
    const { intervalMs, deadMs } = this.#policy;
    const { isLate } = this.#timer;
    const silentMs = this.#clock.now() - this.#wire.heardMs;
    if (!this.#canAsk) {
      this.verify(false);
      this.#next(intervalMs);
    } else if (this.#isAnswered) {
      this.#forgiven = false;
      if (silentMs < intervalMs) this.#next(intervalMs - silentMs);
      else this.#ask(deadMs - intervalMs);
    } else if (isLate && !this.#forgiven) {
      // What was said while the device slept is read after this timer: one more question.
      this.#forgiven = true;
      this.#ask(VERIFY_MS);
    } else this.#owner.dead(this.#wire);
  }

  #ask(answerMs: number): void {
    this.#askedMs = this.#clock.now();
    this.#next(answerMs);
    const { ping } = this.#policy;
    if (ping === undefined) this.#wire.socket.ping?.();
    else this.#wire.send(ping());
  }

  #next(delayMs: number): void {
    this.#timer.set(delayMs, () => this.#tick());
  }
}
