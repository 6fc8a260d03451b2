import { type EpochFence, observeEpoch } from './epochFence.ts';
import { advanceHost, type Env, freshHost, type HostRecord, isUsable, nextChangeMs, probeDueMs, up } from './health.ts';
import { afterAttempt, afterProbe, afterWholeBody, type ProbeVerdict } from './healthTransitions.ts';
import type { Hints } from './hints.ts';
import type { Outcome } from './outcome.ts';
import {
  type ConnectivityState,
  type HostMove,
  type PoolEffect,
  type PoolPolicy,
  type PoolState,
  type PoolStep,
  recordOf,
  withRecord,
} from './poolState.ts';
import { creditSuccess, payRetry } from './retryBudget.ts';
import { choose, wanted } from './selection.ts';

/** What can happen to a pool. */
export type PoolEvent =
  /** An attempt of a request, a socket or a page ended. */
  | {
      readonly kind: 'attempt';
      readonly origin: string;
      readonly startedMs: number;
      readonly outcome: Outcome;
      readonly hints: Hints;
    }
  /** A response's body came whole. Matters only to a host whose bodies broke before. */
  | { readonly kind: 'body'; readonly origin: string }
  | { readonly kind: 'probe'; readonly origin: string; readonly verdict: ProbeVerdict; readonly hints: Hints }
  /** A retry takes its token. */
  | { readonly kind: 'pay' }
  /** A live request was sent to a half-open host to prove it. */
  | { readonly kind: 'trial'; readonly origin: string }
  /** Time passed: something that {@link nextWakeMs} foretold is due. */
  | { readonly kind: 'tick' }
  | { readonly kind: 'connectivity'; readonly online: boolean }
  /** The app is seen again: what was due while it slept is due now. */
  | { readonly kind: 'wake' }
  /** `null` takes the wish back. */
  | { readonly kind: 'prefer'; readonly origin: string | null }
  | { readonly kind: 'hosts'; readonly origins: readonly string[] };

/** One step of the pool. Returns the same state, and no effects, when nothing came of the event. */
export function stepPool(state: PoolState, event: PoolEvent, policy: PoolPolicy, env: Env): PoolStep {
  const changed = apply(state, event, policy, env);
  if (changed === state && event.kind !== 'tick' && event.kind !== 'wake') return { state, effects: NOTHING };
  const advanced = advance(changed, policy, env);
  const { state: probed, probes } = takeDueProbes(advanced, policy, env);
  const moved = settle(probed);
  const effects = [...differences(state, moved, env), ...probes];
  return { state: moved, effects };
}

/** True if an answer with these hints comes from a host that has lost its role. */
export function isStale(state: PoolState, hints: Hints, policy: PoolPolicy, nowMs: number): boolean {
  return hints.epoch !== null && observeEpoch(state.fence, hints.epoch, nowMs, policy.fence.forMs).stale;
}

/** When the pool wants its next `tick`; Infinity if never. */
export function nextWakeMs(state: PoolState, policy: PoolPolicy): number {
  const wakeMs = (host: HostRecord) =>
    Math.min(nextChangeMs(host), wantsProbe(state, host, policy) ? probeDueMs(host) : Infinity);
  return state.hosts.reduce((soonest, host) => Math.min(soonest, wakeMs(host)), Infinity);
}

const NOTHING: readonly PoolEffect[] = [];

function apply(state: PoolState, event: PoolEvent, policy: PoolPolicy, env: Env): PoolState {
  switch (event.kind) {
    case 'attempt':
      return applyAttempt(state, event, policy, env);
    case 'probe': {
      const seen = heed(state, event.origin, event.hints, policy, env);
      const host = recordOf(seen, event.origin);
      return host === undefined ? seen : withRecord(seen, afterProbe(host, event.verdict, policy, env));
    }
    case 'body': {
      const host = recordOf(state, event.origin);
      return host === undefined ? state : withRecord(state, afterWholeBody(host));
    }
    case 'pay':
      return { ...state, budget: payRetry(state.budget) ?? state.budget };
    case 'trial':
      return withTrial(state, event.origin);
    case 'connectivity':
      return applyConnectivity(state, event.online);
    case 'prefer':
      return event.origin === state.preferred ? state : { ...state, preferred: event.origin };
    case 'hosts':
      return applyHosts(state, event.origins, policy, env);
    default:
      return state;
  }
}

function applyAttempt(
  state: PoolState,
  event: Extract<PoolEvent, { kind: 'attempt' }>,
  policy: PoolPolicy,
  env: Env,
): PoolState {
  const host = recordOf(state, event.origin);
  if (host === undefined) return state;
  const { outcome } = event;
  const lastHost = !state.hosts.some((other) => other !== host && isUsable(other.health));
  const judged = withRecord(state, afterAttempt(host, outcome, { policy, env, lastHost, startedMs: event.startedMs }));
  const heeded = heed(judged, event.origin, event.hints, policy, env);
  if (outcome.kind === 'ok') return withAnswer(creditBudget(heeded), policy, env);
  const silent = outcome.kind === 'local-fault' || (outcome.kind === 'host-fault' && !outcome.answered);
  return silent ? suspectOurselves(heeded, policy, env) : withAnswer(heeded, policy, env);
}

function creditBudget(state: PoolState): PoolState {
  const budget = creditSuccess(state.budget);
  return budget === state.budget ? state : { ...state, budget };
}

/** Any answer proves that this side is connected. */
function withAnswer(state: PoolState, policy: PoolPolicy, env: Env): PoolState {
  if (state.connectivity.kind === 'online') return state;
  return { ...state, connectivity: { kind: 'online' }, hosts: state.hosts.map((host) => forgive(host, policy, env)) };
}

/** All hosts began to fail within one window: blame nobody, and take everybody back. */
function suspectOurselves(state: PoolState, policy: PoolPolicy, env: Env): PoolState {
  if (state.connectivity.kind !== 'online') return state;
  const since = env.nowMs - policy.ejection.localFaultWindowMs;
  if (!state.hosts.every((host) => host.silentSinceMs !== null && host.silentSinceMs >= since)) return state;
  const hosts = state.hosts.map((host) => forgive(host, policy, env));
  return { ...state, connectivity: { kind: 'suspect', sinceMs: env.nowMs }, hosts };
}

/** Takes back what a failure to connect has done to a host; what a host itself said stays. */
function forgive(host: HostRecord, policy: PoolPolicy, env: Env): HostRecord {
  if (host.silentSinceMs === null) return host;
  const health = host.health.kind === 'inactive' ? host.health : up(policy, env);
  return { ...host, health, silentSinceMs: null, ejections: 0, timedOutAtMs: null };
}

/** What a server says of itself and of its peers, beside its answer. */
function heed(state: PoolState, origin: string, hints: Hints, policy: PoolPolicy, env: Env): PoolState {
  const fence = hints.epoch === null ? state.fence : fenceAfter(state.fence, hints.epoch, policy, env);
  const fenced = fence === state.fence ? state : { ...state, fence };
  const left = hints.role === 'draining' ? leaveSoon(fenced, origin, hints.retryWindowMs ?? 0, env) : fenced;
  const { active } = hints;
  if (active === null || active === left.namedActive || active === origin) return left;
  return recordOf(left, active) === undefined ? left : { ...left, namedActive: active };
}

function fenceAfter(fence: EpochFence, epoch: NonNullable<Hints['epoch']>, policy: PoolPolicy, env: Env): EpochFence {
  return observeEpoch(fence, epoch, env.nowMs, policy.fence.forMs).fence;
}

/** A draining host is left at a moment drawn from the window that it gave, so that its clients do not arrive elsewhere at once. */
function leaveSoon(state: PoolState, origin: string, windowMs: number, env: Env): PoolState {
  const host = recordOf(state, origin);
  if (host?.health.kind !== 'up' || host.health.leaveAtMs !== null) return state;
  return withRecord(state, { ...host, health: { ...host.health, leaveAtMs: env.nowMs + env.random() * windowMs } });
}

function withTrial(state: PoolState, origin: string): PoolState {
  const host = recordOf(state, origin);
  if (host?.health.kind !== 'half-open') return state;
  return withRecord(state, { ...host, health: { ...host.health, probeAtMs: null } });
}

function applyConnectivity(state: PoolState, online: boolean): PoolState {
  if (online === (state.connectivity.kind !== 'offline')) return state;
  const connectivity: ConnectivityState = online ? { kind: 'online' } : { kind: 'offline' };
  return { ...state, connectivity };
}

/** Hosts that stay keep what is known of them. */
function applyHosts(state: PoolState, origins: readonly string[], policy: PoolPolicy, env: Env): PoolState {
  const hosts = origins.map((origin) => recordOf(state, origin) ?? freshHost(origin, policy, env));
  const listed = (origin: string | null) => (origin !== null && origins.includes(origin) ? origin : null);
  return {
    ...state,
    hosts,
    current: listed(state.current) ?? hosts[0]?.origin ?? '',
    preferred: listed(state.preferred),
    namedActive: listed(state.namedActive),
  };
}

function advance(state: PoolState, policy: PoolPolicy, env: Env): PoolState {
  return state.hosts.reduce((next, host) => withRecord(next, advanceHost(host, policy, env)), state);
}

/** Marks what is due as under way, so that each host has one probe in flight at most. */
function takeDueProbes(state: PoolState, policy: PoolPolicy, env: Env): { state: PoolState; probes: PoolEffect[] } {
  const due = state.hosts.filter((host) => probeDueMs(host) <= env.nowMs && wantsProbe(state, host, policy));
  const marked = due.reduce((next, host) => withRecord(next, underWay(host)), state);
  return { state: marked, probes: due.map(({ origin }) => ({ kind: 'probe', origin })) };
}

/** Probes answer a question that matters now: is a host that is down back, does one that is wanted more serve again? */
function wantsProbe(state: PoolState, host: HostRecord, policy: PoolPolicy): boolean {
  const { health } = host;
  if (health.kind === 'half-open') return health.doubt === 'alarm' || policy.failback.proof === 'probe';
  if (health.kind !== 'inactive') return true;
  return wanted(state).find(({ origin }) => origin === host.origin || origin === state.current) === host;
}

function underWay(host: HostRecord): HostRecord {
  return 'probeAtMs' in host.health ? { ...host, health: { ...host.health, probeAtMs: null } } : host;
}

/** Lets the current host follow from the hosts' health. */
function settle(state: PoolState): PoolState {
  const named = state.namedActive === null ? undefined : recordOf(state, state.namedActive);
  const heeded = named !== undefined && !isUsable(named.health) ? { ...state, namedActive: null } : state;
  const current = choose(heeded);
  return current === heeded.current ? heeded : { ...heeded, current };
}

function differences(before: PoolState, after: PoolState, env: Env): PoolEffect[] {
  const effects: PoolEffect[] = [];
  for (const host of after.hosts) {
    const was = recordOf(before, host.origin)?.health.kind;
    if (was !== undefined && was !== host.health.kind) effects.push({ kind: 'health', host, was });
  }
  if (after.connectivity.kind !== before.connectivity.kind) {
    effects.push({ kind: 'connectivity', connectivity: after.connectivity });
  }
  if (after.current !== before.current) effects.push({ kind: 'move', move: describeMove(before, after, env) });
  return effects;
}

function describeMove(before: PoolState, after: PoolState, env: Env): HostMove {
  const from = before.current;
  const to = after.current;
  const left = recordOf(after, from);
  if (left === undefined) return { kind: 'switchover', from, to, cause: 'hosts changed', tookMs: 0 };
  const { health } = left;
  if (health.kind === 'inactive') return { kind: 'switchover', from, to, cause: health.why, tookMs: 0 };
  if (health.kind === 'ejected' || health.kind === 'half-open') {
    const tookMs = env.nowMs - (left.troubleSinceMs ?? env.nowMs);
    return { kind: 'failover', from, to, cause: health.why, tookMs };
  }
  const asked = to === after.preferred || to === after.namedActive;
  return { kind: asked ? 'switchover' : 'failback', from, to, cause: asked ? 'asked for' : 'recovered', tookMs: 0 };
}
