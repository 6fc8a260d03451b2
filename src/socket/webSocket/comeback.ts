import { fullJitter } from '../../policy/backoff.ts';
import { closeMeaning, retryWindowMs } from '../../policy/closeCode.ts';
import { RETRY_AFTER } from '../../policy/defaults.ts';
import type { Random } from '../../runtime/ports.ts';
import type { ReconnectPolicy, SocketEnd, SocketSettings } from './options.ts';

/** Least wait after the first one, whatever is drawn: no fault makes a loop of this. */
const LEAST_MS = 50;

/** Least time between two rounds of which the second was brought forward; doubled each time. */
const EARLY_GAP_MS = 1_000;

/** Whether, and after which wait, a socket comes back. */
export class Comeback {
  readonly #policy: ReconnectPolicy;
  readonly #ask: SocketSettings['shouldReconnect'];
  readonly #random: Random;
  #windowMs: number | null = null;
  #refusals = 0;
  #earlies = 0;
  /** Waits since the last link that has lasted. */
  round = 0;

  constructor(policy: ReconnectPolicy, ask: SocketSettings['shouldReconnect'], random: Random) {
    this.#policy = policy;
    this.#ask = ask;
    this.#random = random;
  }

  /** True where the credentials were refused, and fresh ones are to be tried. */
  get refused(): boolean {
    return this.#refusals > 0;
  }

  /** A link has ended after so long. Only one that has lasted proves that all is well (centrifuge-js#409). */
  lasted(uptimeMs: number): void {
    if (uptimeMs < this.#policy.minUptimeMs) return;
    this.round = this.#refusals = this.#earlies = 0;
    this.#windowMs = null;
  }

  /**
   * Judges the end of a link, or of a round over the hosts.
   *
   * @param status See {@link Wire.status}.
   * @returns Why it is to be the last one; null where another is to be tried.
   */
  objection(end: SocketEnd, status: number | null): 'told' | 'refused' | 'rounds' | null {
    if (status === 401 || status === 403 || closeMeaning(end.code, false) === 'refused') this.#refusals++;
    this.#windowMs = retryWindowMs(end.reason, RETRY_AFTER.capMs) ?? this.#windowMs;
    const wanted = this.#wanted(end);
    if (wanted === false) return 'told';
    if (wanted === undefined && this.#refusals > 1) return 'refused';
    return this.round >= this.#policy.maxRounds ? 'rounds' : null;
  }

  /** What the app wants. One that throws says nothing, and its error surfaces by itself. */
  #wanted(end: SocketEnd): boolean | undefined {
    try {
      return this.#ask?.(end);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
      return undefined;
    }
  }

  /** How long to wait for the next round. Each wait counts. */
  waitMs(): number {
    const { backoffBaseMs, backoffCapMs } = this.#policy;
    const leastMs = this.#windowMs ?? 0;
    const limits = { baseMs: Math.max(leastMs, backoffBaseMs), capMs: Math.max(leastMs, backoffCapMs) };
    const round = this.round++;
    return round === 0 ? this.spreadMs() : Math.max(LEAST_MS, fullJitter(round, limits, this.#random));
  }

  /** A draw by which clients that hear of the same thing at the same time are spread. */
  spreadMs(): number {
    return this.#random() * (this.#windowMs ?? this.#policy.firstWaitMs);
  }

  /**
   * When the next round may begin because times are better, from now; null where it stays as it is. Not the first wait: that one
   * spreads the clients of a host that died. Nor in a loop: two rounds are a second apart, then two, four (centrifuge-js#407).
   *
   * @param sinceMs Since the last round began.
   * @param leftMs What is left of the wait.
   */
  earlyMs(sinceMs: number, leftMs: number): number | null {
    if (this.round < 2) return null;
    const gapMs = Math.min(this.#policy.backoffCapMs, EARLY_GAP_MS * 2 ** this.#earlies);
    const earlyMs = Math.max(gapMs - sinceMs, this.spreadMs());
    if (earlyMs >= leftMs) return null;
    this.#earlies++;
    this.round = 1;
    return earlyMs;
  }
}
