import type { GiveUp } from '../../policy/retry.ts';
import type { RandomStreams } from '../core/randomStreams.ts';
import type { Scenario } from '../fleet/scenario.ts';
import { delayMs } from './delay.ts';
import { type Failure, isRetried } from './failure.ts';
import { PeerBudgets } from './peerBudgets.ts';
import type { PeerFlight } from './peerFlights.ts';
import { PeerChoice } from './peerHosts.ts';
import type { PeerPolicy } from './peerPolicy.ts';

/** The course that a request, or a connection, takes by a policy: where it goes first, and what comes after a failure. */
export class Course {
  readonly choice: PeerChoice;
  readonly #policy: PeerPolicy;
  readonly #method: string;
  readonly #draws: RandomStreams;
  readonly #budgets: PeerBudgets;

  constructor(
    policy: PeerPolicy,
    { hosts, clients, method }: Scenario,
    draws: RandomStreams,
    serves?: (host: number) => boolean,
  ) {
    this.choice = new PeerChoice(policy.hosts, hosts, clients, serves);
    this.#policy = policy;
    this.#method = method;
    this.#draws = draws;
    this.#budgets = new PeerBudgets(policy.budget, clients);
  }

  succeeded({ client, paid }: PeerFlight): void {
    this.#budgets.succeeded(client, paid);
  }

  /** Books a failure; the wait before the next attempt, in milliseconds, or why there is none. */
  failed(flight: PeerFlight, failure: Failure, nowMs: number): number | GiveUp {
    const { client, host, sent } = flight;
    const { attempts, attemptsPerHost } = this.#policy;
    this.choice.failed(client, host, failure.kind !== 'unreachable', nowMs);
    if (!isRetried(this.#policy, failure, this.#method)) return 'not-replayable';
    this.#budgets.failed(client);
    if (sent >= Math.min(attempts ?? Infinity, (attemptsPerHost ?? Infinity) * this.choice.known)) return 'attempts';
    const paid = this.#budgets.pay(client, failure.throttled);
    if (paid === null) return 'budget';
    flight.paid = paid;
    return this.#waitMs(flight, failure);
  }

  /** The wait before the first attempt to replace a connection. */
  replacing(client: number): number {
    const { delay } = this.#policy;
    return delay.first === 'as a retry' ? (delayMs(delay, 0, false, this.#draws.of(client)) ?? 0) : 0;
  }

  #waitMs({ client, sent }: PeerFlight, { throttled, retryAfterMs }: Failure): number | GiveUp {
    const { delay } = this.#policy;
    const { known } = this.choice;
    if (delay.after === 'round' && sent % known !== 0) return 0;
    const tried = delay.after === 'round' ? sent / known - 1 : sent - 1;
    // Where the first attempt waits, too, that was the first step.
    const step = tried + Number(delay.first === 'as a retry');
    const ownMs = delayMs(delay, step, throttled, this.#draws.of(client));
    return ownMs === null ? 'attempts' : this.#askedMs(ownMs, retryAfterMs);
  }

  /** What becomes of a wait where the server names one. */
  #askedMs(ownMs: number, retryAfterMs: number | null): number {
    const { retryAfter } = this.#policy;
    if (retryAfterMs === null || retryAfter === 'ignored') return ownMs;
    if (retryAfter === 'obeyed') return retryAfterMs;
    return Math.min(ownMs + retryAfter.overDelayMs, Math.max(ownMs, retryAfterMs));
  }
}
