import type { Outcome } from '../../../src/policy/outcome.ts';
import type { RetryPolicy } from '../../../src/policy/policyOptions.ts';
import {
  asking,
  FIRST_ATTEMPT,
  type GiveUp,
  hostToAsk,
  nextStep,
  type RequestTraits,
  type RetryEnv,
  type RetryStep,
} from '../../../src/policy/retry.ts';
import { firstCandidate } from '../../../src/policy/selection.ts';
import type { PoolWorld } from './poolWorld.ts';

export const RETRY: RetryPolicy = { attempts: 3, attemptsPerHost: 2, backoffBaseMs: 100, backoffCapMs: 20_000 };

/** What one sending of a request was. */
export interface Sending {
  readonly origin: string;
  readonly atMs: number;
  readonly outcome: Outcome;
  /** How the request came to this host. */
  readonly by: 'first' | 'move' | 'wait';
  readonly busyUntilMs: number;
}

/** What became of a request. */
export interface Fate {
  readonly sent: readonly Sending[];
  readonly waits: readonly number[];
  readonly paid: number;
  readonly end: 'ok' | GiveUp;
}

/** A GET with half a minute; the rest as given. */
export function traits(world: PoolWorld, given: Partial<RequestTraits> = {}): RequestTraits {
  const deadlineMs = world.nowMs + 30_000;
  return { method: 'GET', hasIdempotencyKey: false, bodyReplayable: true, pin: null, deadlineMs, ...given };
}

export function envOf(world: PoolWorld, policy: RetryPolicy = RETRY): RetryEnv {
  return { ...world.env, policy, pool: world.state };
}

/** How a host answers, and how long that takes. */
export type Answer = (origin: string, nth: number) => { readonly outcome: Outcome; readonly tookMs?: number };

/** Sends one request through a pool, as the shell does, with time that passes at once. */
export function send(world: PoolWorld, request: RequestTraits, answer: Answer, policy: RetryPolicy = RETRY): Fate {
  const sent: Sending[] = [];
  const waits: number[] = [];
  let paid = 0;
  let state = FIRST_ATTEMPT;
  let by: Sending['by'] = 'first';
  let host = request.pin === null ? firstCandidate(world.state, world.nowMs) : world.record(request.pin);
  while (host !== undefined && sent.length < 1000) {
    const { origin, busyUntilMs } = host;
    state = asking(state, origin);
    const { outcome, tookMs = 1 } = answer(origin, sent.length);
    sent.push({ origin, atMs: world.nowMs, outcome, by, busyUntilMs });
    const startedMs = world.nowMs;
    world.pass(tookMs);
    world.attempt(origin, outcome, { tookMs });
    if (outcome.kind === 'ok') return { sent, waits, paid, end: 'ok' };
    const step: RetryStep = nextStep(state, { origin, startedMs, outcome }, request, envOf(world, policy));
    if (step.kind === 'give-up') return { sent, waits, paid, end: step.why };
    if (step.pays) {
      world.step({ kind: 'pay' });
      paid++;
    }
    state = step.state;
    by = step.kind;
    if (step.kind === 'move') host = world.record(step.origin);
    else {
      waits.push(step.delayMs);
      world.pass(step.delayMs);
      host = hostToAsk(state, request, envOf(world, policy));
    }
  }
  throw new Error('the request has no end');
}
