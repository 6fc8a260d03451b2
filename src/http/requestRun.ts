import { attemptTimeMs } from '../policy/attemptTime.ts';
import type { AttemptTrace } from '../policy/error.ts';
import type { HostRecord } from '../policy/health.ts';
import { isSafeMethod } from '../policy/idempotency.ts';
import { noHosts } from '../policy/plainHosts.ts';
import { recordOf } from '../policy/poolState.ts';
import {
  asking,
  FIRST_ATTEMPT,
  hostToAsk,
  nextStep,
  otherHost,
  type RequestTraits,
  type RetryEnv,
  type RetryState,
} from '../policy/retry.ts';
import type { HostConfig } from '../policy/topology.ts';
import { throwIfAborted } from '../runtime/abortReason.ts';
import { discard } from '../runtime/discard.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import { wait } from '../runtime/wait.ts';
import { type AnsweredAttempt, type EndedAttempt, sendTo } from './attempt.ts';
import { requestFailure } from './failure.ts';
import type { FetchParts, PreparedRequest, Run } from './run.ts';

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
      const step = nextStep(this.#state, last, this.#traits(), this.#env());
      if (step.kind === 'give-up') {
        if (last.response !== null) return last;
        throw requestFailure(step.why, this.trace, last.error);
      }
      if (step.pays) this.pool.dispatch({ kind: 'pay' });
      this.#state = step.state;
      if (last.response !== null) void discard(last.response);
      last.unlink?.();
      const { sent, init } = this.request;
      if (sent.again && sent.unread) init.body = sent.again();
      last = await this.#ask(
        step.kind === 'move' ? this.pool.hostOf(step.origin) : await this.#waitForHost(step.delayMs, last),
      );
    }
    return last;
  }

  attemptMs(origin: string, nowMs: number): number {
    const { settings, traits } = this.request;
    return attemptTimeMs(recordOf(this.pool.state, origin), settings.timeout, traits.deadlineMs, nowMs);
  }

  graceMs(origin: string): number {
    const { pool, request } = this;
    const nowMs = pool.ports.clock.now();
    const restMs = request.traits.deadlineMs - nowMs;
    const rival = this.rivalOf(origin);
    const grace = pool.settings.grace?.(rival, pool.state.hosts.length, restMs, nowMs);
    if (grace?.ask) pool.dispatch({ kind: 'ask', origin: grace.ask }, nowMs);
    return grace?.moreMs ?? (rival ? 0 : restMs);
  }

  rivalOf(origin: string): HostRecord | undefined {
    return otherHost(this.#state, origin, this.#traits(), this.#env());
  }

  /** One attempt, booked. */
  send(host: HostConfig, init: RequestInit, controller?: AbortController): Promise<EndedAttempt> {
    this.#state = asking(this.#state, host.origin);
    const { session } = this.parts;
    return (session === null || this.request.settings.session === false ? sendTo : session)(
      host,
      init,
      this,
      controller,
    );
  }

  #ask(host: HostConfig | undefined): Promise<EndedAttempt> {
    const { init, traits } = this.request;
    if (host === undefined) throw noHosts();
    const { hedging } = this.parts;
    return hedging === null || !isSafeMethod(traits.method) ? this.send(host, init) : hedging(this, host, init);
  }

  /** Waits, and looks again who is best. What a busy host asked for is waited out; other waits end when times get better. */
  async #waitForHost(delayMs: number, last: EndedAttempt): Promise<HostConfig | undefined> {
    const { pool } = this;
    const early = last.outcome.kind === 'busy' ? undefined : (wake: () => void) => pool.onBetterTimes(wake);
    // In better times pauses begin anew, or a request that then chose the wrong host would be the last to hear of the right one.
    if (await wait(pool.ports.clock, delayMs, this.request.signal, early)) this.#state = { ...this.#state, waits: 0 };
    throwIfAborted(pool.signal);
    return pool.hostOf(hostToAsk(this.#state, this.request.traits, this.#env())?.origin ?? '');
  }

  #note({ origin, outcome, tookMs }: EndedAttempt): void {
    const cause = outcome.kind === 'ok' ? 'ok' : outcome.cause;
    this.trace.push({ host: origin, cause, tookMs: Math.round(tookMs) });
  }

  /** What matters of the request now: a stream that nobody has read from yet can be sent again. */
  #traits(): RequestTraits {
    const { traits, sent } = this.request;
    return sent.unread ? { ...traits, bodyReplayable: true } : traits;
  }

  #env(): RetryEnv {
    const { ports, state } = this.pool;
    return { nowMs: ports.clock.now(), random: ports.random, policy: this.request.settings.retry, pool: state };
  }
}
