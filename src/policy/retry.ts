import { fullJitter } from './backoff.ts';
import { type HostRecord, isAlive, isUsable } from './health.ts';
import { isReplaySafe, isSafeMethod } from './idempotency.ts';
import type { Outcome } from './outcome.ts';
import type { RetryPolicy } from './policyOptions.ts';
import type { PoolState } from './poolState.ts';
import { hasToken } from './retryBudget.ts';
import { candidates } from './selection.ts';

/** What matters of a request when it comes to sending it again. */
export interface RequestTraits {
  /** Upper-case. */
  readonly method: string;
  readonly hasIdempotencyKey: boolean;
  /** False for a streamed body that can be read once. */
  readonly bodyReplayable: boolean;
  /** The only host it may go to; null for any. */
  readonly pin: string | null;
  readonly deadlineMs: number;
}

/** Where a request stands. Plain data. */
export interface RetryState {
  /** The origins that were asked, in order. */
  readonly asked: readonly string[];
  /** Those of them where the server may have done work: only these are limited in number. */
  readonly worked: readonly string[];
  /** Waits so far: the exponent of the next one. */
  readonly waits: number;
  /** True once the free move away from a freshly ejected host was used. */
  readonly movedFree: boolean;
}

export const FIRST_ATTEMPT: RetryState = { asked: [], worked: [], waits: 0, movedFree: false };

/** Why a request is not tried again. */
export type GiveUp = 'not-replayable' | 'body-used' | 'attempts' | 'budget' | 'deadline';

/** What to do after an attempt that did not end well. */
export type RetryStep =
  | { readonly kind: 'move'; readonly origin: string; readonly state: RetryState; readonly pays: boolean }
  /** Wait, then ask whichever host is best by then; a network that comes back ends the wait early. */
  | { readonly kind: 'wait'; readonly delayMs: number; readonly state: RetryState; readonly pays: boolean }
  | { readonly kind: 'give-up'; readonly why: GiveUp };

/** One attempt that is over. */
export interface EndedAttempt {
  readonly origin: string;
  readonly startedMs: number;
  readonly outcome: Outcome;
}

export interface RetryEnv {
  readonly nowMs: number;
  readonly random: () => number;
  readonly policy: RetryPolicy;
  readonly pool: PoolState;
}

/**
 * Decides what comes after an attempt.
 *
 * The first move to another host that is ready is immediate; everything else waits with full jitter. A retry pays one
 * token of the pool's budget, unless no server did any work (it can't add to an overload), or its host was taken out of
 * service while this attempt ran (in-flight requests, once each).
 */
export function nextStep(before: RetryState, attempt: EndedAttempt, request: RequestTraits, env: RetryEnv): RetryStep {
  const { outcome } = attempt;
  const objection = objectionTo(outcome, request);
  if (objection !== null) return { kind: 'give-up', why: objection };
  // One attempt means one, also where no server did any work.
  if (env.policy.attempts <= 1) return { kind: 'give-up', why: 'attempts' };
  if (env.nowMs >= request.deadlineMs) return { kind: 'give-up', why: 'deadline' };
  // False for what was sent into a network that is not there.
  const left = outcome.kind !== 'local-fault' || env.pool.connectivity.kind !== 'offline';
  const worked = left && mayHaveWorked(outcome);
  // What never left has not asked its host.
  const asked = left ? before : { ...before, asked: before.asked.slice(0, -1) };
  const state = worked ? charge(before, attempt, env.pool) : asked;
  if (state.worked.length >= env.policy.attempts) return { kind: 'give-up', why: 'attempts' };
  // Where nothing leaves, other hosts are no nearer.
  const next = left ? readyElsewhere(state, attempt.origin, request, env) : undefined;
  const isDear = next !== undefined && failedLast(next) && 'cause' in outcome && outcome.cause === 'timeout';
  const pays = worked && (isDear || state.movedFree === before.movedFree);
  if (pays && !hasToken(env.pool.budget)) return { kind: 'give-up', why: 'budget' };
  if (next !== undefined) return { kind: 'move', origin: next.origin, state, pays };
  const open = openHosts(state, request, env);
  if (open.length === 0) return { kind: 'give-up', why: 'attempts' };
  const delayMs = waitMs(state, open, env);
  if (env.nowMs + delayMs >= request.deadlineMs) return { kind: 'give-up', why: 'deadline' };
  return { kind: 'wait', delayMs, state: { ...state, waits: state.waits + 1 }, pays };
}

/**
 * The host to ask after a wait: of those that answered well when they were last heard of, else of all that are ready, else of
 * those that do not ask to be left alone, the best one that this request has asked least.
 */
export function hostToAsk(state: RetryState, request: RequestTraits, env: RetryEnv): HostRecord | undefined {
  const open = openHosts(state, request, env);
  const free = open.filter((host) => host.busyUntilMs <= env.nowMs);
  const ready = inService(free);
  const calm = ready.filter(({ troubleSinceMs }) => troubleSinceMs === null);
  const among = [calm, ready, free].find(({ length }) => length > 0) ?? open;
  const fewest = Math.min(...among.map(({ origin }) => count(state.asked, origin)));
  return among.find(({ origin }) => count(state.asked, origin) === fewest);
}

/** The state with one more attempt at `origin` on the books. */
export function asking(state: RetryState, origin: string): RetryState {
  return { ...state, asked: [...state.asked, origin] };
}

/** Another host that could still take this request at once: an attempt may be cut short, or hedged, in its favour. */
export function otherHost(
  state: RetryState,
  origin: string,
  request: RequestTraits,
  env: RetryEnv,
): HostRecord | undefined {
  const replayable = request.bodyReplayable && isReplaySafe(request.method, request.hasIdempotencyKey);
  const other =
    replayable && state.worked.length + 1 < env.policy.attempts
      ? readyElsewhere(state, origin, request, env)
      : undefined;
  return other !== undefined && (hasToken(env.pool.budget) || !failedLast(other)) ? other : undefined;
}

/** True for a host in service that gave no answer when it was asked last. */
const failedLast = ({ health }: HostRecord): boolean => health.kind === 'up' && health.connectFailures > 0;

/** Why the request must not be sent again; null where it may. */
function objectionTo(outcome: Outcome, { method, hasIdempotencyKey, bodyReplayable }: RequestTraits): GiveUp | null {
  const isSafe =
    outcome.kind === 'app-fault'
      ? isSafeMethod(method)
      : outcome.kind !== 'ok' && (outcome.processed === 'no' || isReplaySafe(method, hasIdempotencyKey));
  if (!isSafe) return 'not-replayable';
  return bodyReplayable ? null : 'body-used';
}

/** Only what may have cost a server work is charged and limited: a refused connection can't deepen an overload. */
const mayHaveWorked = (outcome: Outcome): boolean =>
  outcome.kind === 'ok' || outcome.kind === 'app-fault' || outcome.kind === 'busy' || outcome.processed === 'maybe';

/** Books the attempt as work, and uses up the free move if its host was taken out of service while it ran. */
function charge(state: RetryState, attempt: EndedAttempt, pool: PoolState): RetryState {
  const ejectedAtMs = pool.hosts.find((host) => host.origin === attempt.origin)?.ejectedAtMs ?? null;
  const justEjected = ejectedAtMs !== null && ejectedAtMs >= attempt.startedMs;
  return { ...state, worked: [...state.worked, attempt.origin], movedFree: state.movedFree || justEjected };
}

/** A host that is well and that this request has not asked yet. */
function readyElsewhere(
  state: RetryState,
  origin: string,
  request: RequestTraits,
  env: RetryEnv,
): HostRecord | undefined {
  return openHosts(state, request, env).find(
    (host) => host.origin !== origin && !state.asked.includes(host.origin) && mayTryAtOnce(host, env.nowMs),
  );
}

/**
 * A standby that has not been asked by this request may have been promoted since: asking it costs nobody work. Not one that was asked
 * for a sign of life and has given none.
 */
function mayTryAtOnce(host: HostRecord, nowMs: number): boolean {
  const { sign, busyUntilMs } = host;
  const isMute = sign !== undefined && !sign.heard && sign.untilMs > nowMs;
  return isAlive(host) && busyUntilMs <= nowMs && !isMute;
}

/**
 * Full jitter. Where all that could serve ask to be left alone, what the first of them asked for, and jitter in proportion on
 * top, never less (RFC 9110, section 10.2.3): it told all its clients the same time.
 */
function waitMs(state: RetryState, open: readonly HostRecord[], { policy, random, nowMs }: RetryEnv): number {
  const usable = inService(open);
  const busyUntilMs = Math.min(...(usable.length > 0 ? usable : open).map((host) => host.busyUntilMs));
  const busyMs = Math.max(0, busyUntilMs - nowMs);
  const limits = { baseMs: Math.max(policy.backoffBaseMs, busyMs / 10), capMs: policy.backoffCapMs };
  return busyMs + fullJitter(state.waits, limits, random);
}

const inService = (hosts: readonly HostRecord[]): readonly HostRecord[] =>
  hosts.filter(({ health }) => isUsable(health));

/** The hosts that this request may still be sent to, best first. */
function openHosts(
  state: RetryState,
  { pin }: RequestTraits,
  { pool, nowMs, policy }: RetryEnv,
): readonly HostRecord[] {
  return candidates(pool, nowMs).filter(
    ({ origin }) => (pin === null || origin === pin) && count(state.worked, origin) < policy.attemptsPerHost,
  );
}

const count = (origins: readonly string[], origin: string): number => origins.filter((each) => each === origin).length;
