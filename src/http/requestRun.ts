import { type AttemptTrace, SwitchoverError } from '../policy/error.ts';
import { isSafeMethod } from '../policy/idempotency.ts';
import { recordOf } from '../policy/poolState.ts';
import {
  asking,
  FIRST_ATTEMPT,
  hostToAsk,
  nextStep,
  otherHost,
  type RetryEnv,
  type RetryState,
} from '../policy/retry.ts';
import type { HostConfig } from '../policy/topology.ts';
import { discard } from '../runtime/discard.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import type { Clock } from '../runtime/ports.ts';
import { wait } from '../runtime/wait.ts';
import { type AnsweredAttempt, type EndedAttempt, sendTo } from './attempt.ts';
import { requestFailure } from './failure.ts';
import type { RequestSettings } from './requestOptions.ts';
import type { FetchParts, PreparedRequest, Run } from './run.ts';
import type { SentBody } from './sentBody.ts';

/** One request on its way over hosts and attempts, until an answer may be handed to the caller. */
export class RequestRun implements Run {
  readonly pool: HostPool;
  readonly request: PreparedRequest;
  readonly parts: FetchParts;
  /** The attempts that ended badly so far, oldest first. */
  readonly trace: AttemptTrace[];
  #state: RetryState = FIRST_ATTEMPT;

  constructor(pool: HostPool, request: PreparedRequest, parts: FetchParts, trace: AttemptTrace[] = []) {
    this.pool = pool;
    this.request = request;
    this.parts = parts;
    this.trace = trace;
  }

  get clock(): Clock {
    return this.pool.ports.clock;
  }

  get path(): string {
    return this.request.path;
  }

  get sent(): SentBody {
    return this.request.sent;
  }

  get signal(): AbortSignal | undefined {
    return this.request.signal;
  }

  get signalIsOwn(): boolean {
    return this.request.signalIsOwn;
  }

  get settings(): RequestSettings {
    return this.request.settings;
  }

  /** The first attempt, at the best host. */
  first(nowMs: number): Promise<EndedAttempt> {
    const { pin } = this.request.traits;
    return this.#ask(pin === null ? this.pool.take(nowMs) : this.pool.hostOf(pin));
  }

  /** Goes on after an attempt that is over, until one ends well or nothing more may be tried. */
  async carryOn(ended: EndedAttempt): Promise<AnsweredAttempt> {
    let last = ended;
    while (last.response === null || last.outcome.kind !== 'ok') {
      this.#note(last);
      const step = nextStep(this.#state, last, this.request.traits, this.#env());
      if (step.kind === 'give-up') {
        if (last.response !== null) return last;
        throw requestFailure(step.why, this.trace, last.error);
      }
      if (step.pays) this.pool.dispatch({ kind: 'pay' });
      this.#state = step.state;
      if (last.response !== null) void discard(last.response);
      last.unlink?.();
      last = await this.#ask(
        step.kind === 'move' ? this.pool.hostOf(step.origin) : await this.#waitForHost(step.delayMs, last),
      );
    }
    return last;
  }

  attemptMs(origin: string, nowMs: number): number {
    const { attemptMs, waryAttemptMs, waryForMs } = this.settings.timeout;
    const timedOutAtMs = recordOf(this.pool.state, origin)?.timedOutAtMs ?? null;
    const wary = timedOutAtMs !== null && nowMs - timedOutAtMs < waryForMs;
    return Math.max(0, Math.min(wary ? waryAttemptMs : attemptMs, this.request.traits.deadlineMs - nowMs));
  }

  graceMs(origin: string): number {
    const env = this.#env();
    return otherHost(this.#state, origin, this.request.traits, env) ? 0 : this.request.traits.deadlineMs - env.nowMs;
  }

  /** The host that a hedge may go to: ready, and not asked by this request. */
  hedgeHost(): HostConfig | undefined {
    const env = this.#env();
    const [origin = ''] = this.#state.asked;
    const rival = otherHost(this.#state, origin, this.request.traits, env);
    return rival?.health.kind === 'inactive' ? undefined : this.pool.hostOf(rival?.origin ?? '');
  }

  /** One attempt, booked. */
  send(host: HostConfig, init: RequestInit, controller?: AbortController): Promise<EndedAttempt> {
    this.#state = asking(this.#state, host.origin);
    return (this.parts.session ?? sendTo)(host, init, this, controller);
  }

  #ask(host: HostConfig | undefined): Promise<EndedAttempt> {
    const { init, settings, traits } = this.request;
    if (host === undefined) {
      throw new SwitchoverError('NO_HOSTS', 'No host is known.', {
        remedy: 'Give a host, or see the warning events of discovery.',
      });
    }
    const { hedging } = this.parts;
    if (settings.hedge === false || hedging === null || !isSafeMethod(traits.method)) return this.send(host, init);
    return hedging(this, host, init, settings.hedge === true ? null : settings.hedge.delayMs);
  }

  /** Waits, and looks again who is best. What a busy host asked for is waited out; other waits end when times get better. */
  async #waitForHost(delayMs: number, last: EndedAttempt): Promise<HostConfig | undefined> {
    const { pool } = this;
    const early = last.outcome.kind === 'busy' ? undefined : (wake: () => void) => pool.onBetterTimes(wake);
    // In better times pauses begin anew, or a request that then chose the wrong host would be the last to hear of the right one.
    if (await wait(pool.ports.clock, delayMs, this.signal ?? null, early)) this.#state = { ...this.#state, waits: 0 };
    pool.signal.throwIfAborted();
    return pool.hostOf(hostToAsk(this.#state, this.request.traits, this.#env())?.origin ?? '');
  }

  #note({ origin, outcome, tookMs }: EndedAttempt): void {
    const cause = outcome.kind === 'ok' ? 'ok' : outcome.cause;
    this.trace.push({ host: origin, cause, tookMs: Math.round(tookMs) });
  }

  #env(): RetryEnv {
    return {
      nowMs: this.clock.now(),
      random: this.pool.ports.random,
      policy: this.settings.retry,
      pool: this.pool.state,
    };
  }
}
