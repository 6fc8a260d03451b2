import { fullJitter } from '../../policy/backoff.ts';
import { isAlive, isUsable } from '../../policy/health.ts';
import type { Apply, PoolPolicy } from '../../policy/poolRule.ts';
import { recordOf } from '../../policy/poolState.ts';
import type { nextStep } from '../../policy/retry.ts';
import { broken } from '../schedules/brokenPromise.ts';

/** Looks at what each event makes of a client's pool. `meant` is the policy that it is meant to go by. */
export function watchedPool(inner: Apply, meant: PoolPolicy): Apply {
  return (state, event, policy, env) => {
    const next = inner(state, event, policy, env);
    if (event.kind !== 'attempt' && event.kind !== 'probe') return next;
    const before = recordOf(state, event.origin);
    const was = before?.health;
    const is = recordOf(next, event.origin)?.health;
    if (was === undefined || is === undefined) return next;
    const left = isUsable(was) && !isUsable(is);
    if (left && event.kind === 'attempt' && event.startedMs < was.sinceMs) {
      broken('an attempt from before a host came into service has taken it out');
    }
    if (left && !next.hosts.some(isAlive)) broken('the last host was taken out of service');
    // Where all hosts began to fail at once, all are taken back without any proof; and who asks rarely asks once.
    const isProof = event.kind === 'probe' && event.verdict.kind === 'good' && before?.patience?.isPutOff !== true;
    const isRecovering = isProof && was.kind === 'half-open' && was.doubt === 'recovery';
    const proofs = isRecovering ? was.goodProbes + 1 : Infinity;
    if (isUsable(is) && proofs < meant.probe.successThreshold) broken(`${proofs} probe has proven a host`);
    return next;
  };
}

/** A wait is looked at from the round on in which it would reach its longest. */
const SAMPLES = 100;
const BUCKETS = 10;
/** Of evenly spread waits a tenth falls into each tenth: so many more are no chance. */
const MOST_SHARE = 0.3;

/** How the waits of late rounds are spread over their range. */
export class WaitWitness {
  readonly #counts = new Array<number>(BUCKETS).fill(0);

  watched(inner: typeof nextStep): typeof nextStep {
    return (before, attempt, request, env) => {
      const step = inner(before, attempt, request, env);
      const { policy, pool, nowMs } = env;
      if (step.kind !== 'wait' || pool.hosts.some(({ busyUntilMs }) => busyUntilMs > nowMs)) return step;
      const limits = { baseMs: policy.backoffBaseMs, capMs: policy.backoffCapMs };
      const longestMs = fullJitter(before.waits, limits, () => 1);
      if (longestMs < policy.backoffCapMs) return step;
      const bucket = Math.min(BUCKETS - 1, Math.floor((step.delayMs / longestMs) * BUCKETS));
      this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
      return step;
    };
  }

  settled(): void {
    const all = this.#counts.reduce((sum, one) => sum + one, 0);
    const most = Math.max(...this.#counts);
    if (all >= SAMPLES && most > MOST_SHARE * all) broken(`${most} of ${all} late waits are in one bucket of ten`);
  }
}
