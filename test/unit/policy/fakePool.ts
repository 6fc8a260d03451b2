import { type HealthOptions, readHealthPolicy } from '../../../src/policy/healthPolicy.ts';
import type { ProbeVerdict } from '../../../src/policy/healthTransitions.ts';
import { type Hints, NO_HINTS } from '../../../src/policy/hints.ts';
import { type AttemptEnd, type Fault, outcomeOf } from '../../../src/policy/outcome.ts';
import { isStale, nextWakeMs, type PoolEvent, stepPool } from '../../../src/policy/poolMachine.ts';
import {
  type HostMove,
  openPool,
  type PoolEffect,
  type PoolPolicy,
  type PoolState,
  recordOf,
} from '../../../src/policy/poolState.ts';

export const A = 'https://a.example.com';
export const B = 'https://b.example.com';
export const C = 'https://c.example.com';

export const GOOD: ProbeVerdict = { kind: 'good' };
export const BAD: ProbeVerdict = { kind: 'bad', why: 'http 500' };

/** How long a probe is under way. */
const PROBE_MS = 10;

export interface FakePoolOptions {
  readonly hosts?: readonly string[];
  readonly health?: HealthOptions;
  readonly capacity?: number;
  /** Default: always in the middle. */
  readonly random?: () => number;
}

/** A pool's machine with its own time, whose probes are answered as a test says. */
export class FakePool {
  readonly policy: PoolPolicy;
  readonly random: () => number;
  nowMs = 1_000_000;
  state: PoolState;
  /** All effects so far, with their times. */
  readonly log: { readonly atMs: number; readonly effect: PoolEffect }[] = [];
  /** What hosts answer to probes; good where nothing is said. Null for none: the probe stays under way. */
  readonly answers = new Map<string, ProbeVerdict | null>();
  /** When the probes that are under way will be answered. */
  readonly underWay = new Map<string, number>();

  constructor({ hosts = [A, B], health = {}, capacity = 10, random = () => 0.5 }: FakePoolOptions = {}) {
    this.policy = { ...readHealthPolicy(health), budget: { capacity, refillPerSuccess: 0.1 } };
    this.random = random;
    this.state = openPool(hosts, this.policy, { nowMs: this.nowMs, random });
  }

  get current(): string {
    return this.state.current;
  }

  /** Each host's health, in order. */
  get kinds(): string[] {
    return this.state.hosts.map(({ health }) => health.kind);
  }

  get moves(): HostMove[] {
    return this.log.flatMap(({ effect }) => (effect.kind === 'move' ? [effect.move] : []));
  }

  host(origin: string) {
    return recordOf(this.state, origin) ?? unlisted(origin);
  }

  /** When probes of a host were sent, counted from the pool's beginning. */
  probesOf(origin: string): number[] {
    const sent = this.log.filter(({ effect }) => effect.kind === 'probe' && effect.origin === origin);
    return sent.map(({ atMs }) => atMs - 1_000_000);
  }

  step(event: PoolEvent): readonly PoolEffect[] {
    const { state, effects } = stepPool(this.state, event, this.policy, { nowMs: this.nowMs, random: this.random });
    this.state = state;
    for (const effect of effects) {
      this.log.push({ atMs: this.nowMs, effect });
      if (effect.kind !== 'probe') continue;
      if (this.underWay.has(effect.origin)) throw new Error(`a second probe of ${effect.origin} is under way`);
      this.underWay.set(effect.origin, this.nowMs + PROBE_MS);
    }
    return effects;
  }

  /** Ends an attempt that began `tookMs` ago, as a pool's shell does. */
  end(origin: string, end: AttemptEnd, tookMs = 1): readonly PoolEffect[] {
    const hints = end.kind === 'response' ? end.hints : NO_HINTS;
    const stale = isStale(this.state, hints, this.policy, this.nowMs);
    const outcome = outcomeOf(end, { online: this.state.connectivity.kind === 'online', stale });
    return this.step({ kind: 'attempt', origin, startedMs: this.nowMs - tookMs, outcome, hints });
  }

  fails(origin: string, fault: Fault = 'refused', tookMs = 1): readonly PoolEffect[] {
    return this.end(origin, { kind: 'failure', fault }, tookMs);
  }

  answers5xx(origin: string, status = 500): readonly PoolEffect[] {
    return this.responds(origin, status);
  }

  responds(origin: string, status = 200, hints: Partial<Hints> = {}, retryAfterMs: number | null = null) {
    const said = Object.keys(hints).length === 0 ? NO_HINTS : { ...NO_HINTS, ...hints };
    return this.end(origin, { kind: 'response', status, retryAfterMs, hints: said });
  }

  /** Ejects a host by refused connections. */
  kill(origin: string): void {
    this.answers.set(origin, BAD);
    for (let left = this.policy.ejection.connectFailures; left > 0; left--) this.fails(origin);
  }

  /** Answers the probe of a host that is under way. */
  answer(origin: string, verdict: ProbeVerdict, hints: Hints = NO_HINTS): readonly PoolEffect[] {
    this.underWay.delete(origin);
    return this.step({ kind: 'probe', origin, verdict, hints });
  }

  /** Lets time pass: ticks when the machine wants them, and answers probes. */
  pass(forMs: number): void {
    const endMs = this.nowMs + forMs;
    for (let steps = 0; steps < 10_000; steps++) {
      const answered = [...this.underWay].filter(([origin]) => this.answers.get(origin) !== null);
      const [due] = answered.sort(([, a], [, b]) => a - b);
      const nextMs = Math.min(nextWakeMs(this.state), due?.[1] ?? Infinity);
      if (nextMs > endMs) {
        this.nowMs = endMs;
        return;
      }
      this.nowMs = Math.max(this.nowMs, nextMs);
      if (due !== undefined && due[1] <= this.nowMs) this.answer(due[0], this.answers.get(due[0]) ?? GOOD);
      else this.step({ kind: 'tick' });
    }
    throw new Error('the machine never rests');
  }
}

function unlisted(origin: string): never {
  throw new Error(`${origin} is not listed`);
}
