import type { Health, HostRecord } from '../../../src/policy/health.ts';
import type { HealthOptions } from '../../../src/policy/healthPolicy.ts';
import { type Hints, NO_HINTS } from '../../../src/policy/hints.ts';
import type { Outcome } from '../../../src/policy/outcome.ts';
import type { PoolEvent, ProbeVerdict } from '../../../src/policy/poolEvent.ts';
import { nextWakeMs, openPool, stepPool } from '../../../src/policy/poolMachine.ts';
import { readPolicy } from '../../../src/policy/poolPolicy.ts';
import type { PoolPolicy, PoolRule } from '../../../src/policy/poolRule.ts';
import {
  type ConnectivityState,
  type HostMove,
  type PoolEffect,
  type PoolState,
  recordOf,
} from '../../../src/policy/poolState.ts';
import { everyRule } from '../../../src/policy/rules/everyRule.ts';
import { isStale } from '../../../src/policy/rules/serverHints.ts';
import { sparingProbes } from '../../../src/policy/rules/sparingProbes.ts';

export const A = 'https://a.example';
export const B = 'https://b.example';
export const C = 'https://c.example';

export const OK: Outcome = { kind: 'ok' };
export const GOOD: ProbeVerdict = { kind: 'good' };
export const BAD: ProbeVerdict = { kind: 'bad', why: 'refused' };

const silence = (cause: string, processed: 'no' | 'maybe' = 'maybe'): Outcome => ({
  kind: 'host-fault',
  cause,
  processed,
  answered: false,
});
export const REFUSED = silence('refused', 'no');
export const RESET = silence('reset');
export const TIMEOUT = silence('timeout');
const answerFault = (cause: string): Outcome => ({
  kind: 'host-fault',
  cause,
  processed: 'maybe',
  answered: true,
});
export const BAD_GATEWAY = answerFault('http 502');
export const BROKEN = answerFault('broken-body');
export const SERVER_ERROR: Outcome = { kind: 'app-fault', cause: 'http 500' };
export const STANDBY: Outcome = { kind: 'not-active', cause: 'standby', processed: 'no' };
export const ABORTED: Outcome = { kind: 'local-fault', cause: 'aborted', processed: 'maybe' };
export const LOCAL: Outcome = { kind: 'local-fault', cause: 'refused', processed: 'no' };
export const busy = (waitMs: number): Outcome => ({ kind: 'busy', cause: 'http 503', processed: 'maybe', waitMs });

export const hinted = (hints: Partial<Hints>): Hints => ({ ...NO_HINTS, ...hints });

/** How probes are answered while time passes; null leaves one without an answer. */
export type ProbeAnswers = (origin: string) => ProbeVerdict | null;

/** One pool with its own time: what a shell would do, without any I/O. */
export class PoolWorld {
  state: PoolState;
  nowMs = 0;
  readonly policy: PoolPolicy;
  /** All effects so far, in order. */
  readonly effects: PoolEffect[] = [];
  /** Probes that have not been answered. */
  readonly open: string[] = [];
  readonly #random: () => number;

  constructor(
    origins: readonly string[] = [A, B],
    options: HealthOptions = {},
    random: () => number = () => 0.5,
    rules: readonly PoolRule[] = everyRule,
  ) {
    const { probe } = options;
    // Probes come by the clock, unless a test says otherwise: what keeps them back has tests of its own.
    const byTheClock = rules.includes(sparingProbes) ? { probe: { requestsPerProbe: 0, ...probe } } : {};
    this.policy = readPolicy({ ...options, ...byTheClock }, rules);
    this.#random = random;
    this.state = openPool(origins, this.policy, this.env);
    // It has been open for a while, so that attempts may have begun before now.
    this.nowMs = 1_000_000;
  }

  get env() {
    return { nowMs: this.nowMs, random: this.#random };
  }

  get current(): string {
    return this.state.current;
  }

  get moves(): readonly HostMove[] {
    return this.effects.flatMap((effect) => (effect.kind === 'move' ? [effect.move] : []));
  }

  get probes(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'probe' ? [effect.origin] : []));
  }

  get connectivity(): ConnectivityState['kind'] {
    return this.state.connectivity.kind;
  }

  get wakeMs(): number {
    return nextWakeMs(this.state, this.policy);
  }

  record(origin: string): HostRecord {
    const record = recordOf(this.state, origin);
    if (record === undefined) throw new Error(`${origin} is not listed`);
    return record;
  }

  health(origin: string): Health['kind'] {
    return this.record(origin).health.kind;
  }

  /** What a host's health is until; NaN where it has no end. */
  untilMs(origin: string): number {
    const { health } = this.record(origin);
    return 'untilMs' in health ? health.untilMs - this.nowMs : Number.NaN;
  }

  /** Feeds one event; the effects of this step alone come back. */
  step(event: PoolEvent): readonly PoolEffect[] {
    const { state, effects } = stepPool(this.state, event, this.policy, this.env);
    // The short way around the rules may be taken only where none of them has a say.
    if (
      state === this.state &&
      this.policy.apply(state, event, this.policy, this.env) !== state &&
      event.kind !== 'tick'
    )
      throw new Error(`a rule was passed over: ${JSON.stringify(event)}`);
    this.state = state;
    this.effects.push(...effects);
    for (const effect of effects) if (effect.kind === 'probe') this.open.push(effect.origin);
    return effects;
  }

  /** An attempt that ends now. `startedMs`: how long ago it began. */
  attempt(origin: string, outcome: Outcome, { tookMs = 0, hints = NO_HINTS } = {}): readonly PoolEffect[] {
    const stale = isStale(this.state, hints, this.policy, this.nowMs);
    const judged = stale ? STALE : this.connectivity === 'online' ? outcome : withoutBlame(outcome);
    return this.step({ kind: 'attempt', origin, startedMs: this.nowMs - tookMs, outcome: judged, hints });
  }

  attempts(times: number, origin: string, outcome: Outcome): void {
    for (let done = 0; done < times; done++) this.attempt(origin, outcome);
  }

  /** Answers a probe that is under way. */
  answer(origin: string, verdict: ProbeVerdict, hints: Hints = NO_HINTS): readonly PoolEffect[] {
    const at = this.open.indexOf(origin);
    if (at < 0) throw new Error(`no probe of ${origin} is under way`);
    this.open.splice(at, 1);
    return this.step({ kind: 'probe', origin, verdict, hints });
  }

  /** Lets time pass, with a tick whenever the machine wants one, and probes answered at once. */
  pass(ms: number, answers: ProbeAnswers = () => null): void {
    const untilMs = this.nowMs + ms;
    for (let turns = 0; ; turns++) {
      if (turns > 10_000) throw new Error('the machine never rests');
      for (const origin of [...this.open]) {
        const verdict = answers(origin);
        if (verdict !== null) this.answer(origin, verdict);
      }
      if (this.wakeMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, this.wakeMs);
      this.step({ kind: 'tick' });
    }
    this.nowMs = untilMs;
  }

  /** Makes a host be taken out of service. */
  kill(origin: string): void {
    this.attempts(2, origin, REFUSED);
    if (this.health(origin) !== 'ejected') throw new Error(`${origin} is ${this.health(origin)}`);
  }
}

const STALE: Outcome = { kind: 'not-active', cause: 'stale epoch', processed: 'maybe' };

/** As `outcomeOf` has it while this side is not connected. */
function withoutBlame(outcome: Outcome): Outcome {
  const { kind } = outcome;
  const silent = kind === 'host-fault' && (!outcome.answered || /stalled|broken/.test(outcome.cause));
  return silent ? { kind: 'local-fault', cause: outcome.cause, processed: outcome.processed } : outcome;
}

/** Random numbers that come again: a failing test can be run once more. */
export function seeded(seed: number): () => number {
  let at = seed >>> 0;
  return () => {
    at = (at + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(at ^ (at >>> 15), at | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
