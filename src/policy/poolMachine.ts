import { observeEpoch } from './epochFence.ts';
import {
  advanceHost,
  type Env,
  freshHost,
  type HostRecord,
  isUsable,
  nextChangeMs,
  onTrial,
  probeDueMs,
  retire,
  up,
  withProbe,
} from './health.ts';
import { afterAttempt, afterProbe, afterWholeBody, type ProbeVerdict } from './healthTransitions.ts';
import { type Hints, NO_HINTS } from './hints.ts';
import type { Outcome } from './outcome.ts';
import {
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
  const settled = settle(advance(changed, policy, env));
  const due = settled.hosts.filter((host) => probeWantedMs(settled, host) <= env.nowMs);
  const probed = due.reduce((next, host) => withRecord(next, withProbe(host, policy, env)), settled);
  const probes = due.map(({ origin }) => ({ kind: 'probe', origin }) as const);
  return { state: probed, effects: [...differences(state, probed, event, env), ...probes] };
}

/** True if an answer with these hints comes from a host that has lost its role. */
export function isStale(state: PoolState, hints: Hints, policy: PoolPolicy, nowMs: number): boolean {
  return hints.epoch !== null && observeEpoch(state.fence, hints.epoch, nowMs, policy.fence.forMs).stale;
}

/** When the pool wants its next `tick`; Infinity if never. */
export function nextWakeMs(state: PoolState): number {
  const wakeMs = (host: HostRecord) => Math.min(nextChangeMs(host), probeWantedMs(state, host));
  return state.hosts.reduce((soonest, host) => Math.min(soonest, wakeMs(host)), Infinity);
}

const NOTHING: readonly PoolEffect[] = [];

function apply(state: PoolState, event: PoolEvent, policy: PoolPolicy, env: Env): PoolState {
  switch (event.kind) {
    case 'attempt':
      return applyAttempt(state, event, policy, env);
    case 'probe':
      return applyProbe(state, event, policy, env);
    case 'body':
      return change(state, event.origin, afterWholeBody);
    case 'pay':
      return { ...state, budget: payRetry(state.budget) ?? state.budget };
    case 'trial':
      // The next one may be sent after a cool-down even if this one is never heard of again.
      return change(state, event.origin, (host) =>
        onTrial(host.health)
          ? { ...host, health: { ...host.health, probeAtMs: env.nowMs + policy.ejection.coolDownMs } }
          : host,
      );
    case 'connectivity':
      return applyConnectivity(state, event.online, policy, env);
    case 'prefer':
      return event.origin === state.preferred ? state : { ...state, preferred: event.origin };
    case 'hosts':
      return applyHosts(state, event.origins, policy, env);
    default:
      return state;
  }
}

function change(state: PoolState, origin: string, how: (host: HostRecord) => HostRecord): PoolState {
  const host = recordOf(state, origin);
  return host === undefined ? state : withRecord(state, how(host));
}

function applyAttempt(
  state: PoolState,
  event: Extract<PoolEvent, { kind: 'attempt' }>,
  policy: PoolPolicy,
  env: Env,
): PoolState {
  const { origin, outcome, hints, startedMs } = event;
  const host = recordOf(state, origin);
  if (host === undefined) return state;
  const at = { policy, env, hosts: state.hosts, startedMs, role: hints.role };
  const heeded = heed(withRecord(state, afterAttempt(host, outcome, at)), origin, hints, policy, env);
  if (outcome.kind === 'local-fault') return heeded;
  if (outcome.kind === 'host-fault' && !outcome.answered) return suspectOurselves(heeded, policy, env);
  const connected = withAnswer(heeded);
  const budget = outcome.kind === 'ok' ? creditSuccess(connected.budget) : connected.budget;
  return budget === connected.budget ? connected : { ...connected, budget };
}

function applyProbe(
  state: PoolState,
  { origin, verdict, hints }: Extract<PoolEvent, { kind: 'probe' }>,
  policy: PoolPolicy,
  env: Env,
): PoolState {
  const heeded = heed(state, origin, hints, policy, env);
  const connected = verdict.kind === 'bad' ? heeded : withAnswer(heeded);
  const online = connected.connectivity.kind === 'online';
  return change(connected, origin, (host) => afterProbe(host, verdict, online, policy, env));
}

/** Any answer proves that this side is connected. */
function withAnswer(state: PoolState): PoolState {
  return state.connectivity.kind === 'online' ? state : { ...state, connectivity: { kind: 'online' } };
}

/** All hosts began to fail within one window: blame nobody, and take everybody back. */
function suspectOurselves(state: PoolState, policy: PoolPolicy, env: Env): PoolState {
  const { hosts, connectivity } = state;
  if (connectivity.kind !== 'online' || hosts.length < 2) return state;
  const begun = hosts.map((host) => host.silentSinceMs ?? -Infinity);
  const earliestMs = Math.min(...begun);
  // A host that answers gives -Infinity, and so no window that would hold it.
  if (!(Math.max(...begun) - earliestMs <= policy.ejection.localFaultWindowMs)) return state;
  return forgive({ ...state, connectivity: { kind: 'suspect', sinceMs: env.nowMs } }, earliestMs, policy, env);
}

/** Takes back what failures to connect have done to hosts since a moment; what a host itself said stays. */
function forgive(state: PoolState, sinceMs: number, policy: PoolPolicy, env: Env): PoolState {
  const hosts = state.hosts.map((host): HostRecord => {
    const { health, silentSinceMs } = host;
    if (silentSinceMs === null || silentSinceMs < sinceMs) return host;
    const leaveAtMs = health.kind === 'up' ? health.leaveAtMs : null;
    const stays = health.kind === 'inactive' || health.kind === 'holding';
    return {
      ...host,
      health: stays ? health : { ...up(policy, env), leaveAtMs },
      ejections: 0,
      silentSinceMs: null,
      troubleSinceMs: null,
      timedOutAtMs: null,
    };
  });
  return { ...state, hosts };
}

/** What a server says of itself and of its peers, beside its answer. One that has lost its role is not heeded. */
function heed(state: PoolState, origin: string, hints: Hints, policy: PoolPolicy, env: Env): PoolState {
  if (hints === NO_HINTS) return state;
  const { epoch } = hints;
  const { fence, stale } =
    epoch === null
      ? { fence: state.fence, stale: false }
      : observeEpoch(state.fence, epoch, env.nowMs, policy.fence.forMs);
  if (stale) return state;
  const fenced = fence === state.fence ? state : { ...state, fence };
  const heeded = change(fenced, origin, (host) => withRole(host, hints, policy, env));
  const namedActive = nameActive(heeded, origin, hints, env);
  return namedActive === heeded.namedActive ? heeded : { ...heeded, namedActive };
}

/**
 * A draining host is left at a moment drawn from the window that it gave, so that its clients do not arrive elsewhere at
 * once; a host that stands by, at once.
 */
function withRole(host: HostRecord, { role, retryWindowMs }: Hints, policy: PoolPolicy, env: Env): HostRecord {
  const { health } = host;
  if (role === 'standby') return isUsable(health) ? retire(host, role, policy, env) : host;
  if (role === null || health.kind !== 'up') return host;
  if (role === 'active') return health.leaveAtMs === null ? host : { ...host, health: { ...health, leaveAtMs: null } };
  const leaveAtMs = health.leaveAtMs ?? env.nowMs + env.random() * (retryWindowMs ?? 0);
  return leaveAtMs === health.leaveAtMs ? host : { ...host, health: { ...health, leaveAtMs } };
}

/** The host that is active by the last word of a listed one. One that is still to be left gradually sends nobody on yet. */
function nameActive(state: PoolState, origin: string, { active, role }: Hints, { nowMs }: Env): string | null {
  const { namedActive } = state;
  if (active === null || active === origin) return role === 'active' && namedActive !== origin ? null : namedActive;
  const health = recordOf(state, origin)?.health;
  const stays = health?.kind === 'up' && health.leaveAtMs !== null && health.leaveAtMs > nowMs;
  return stays || recordOf(state, active) === undefined ? namedActive : active;
}

/** Failures that the platform tells the cause of only afterwards are taken back. */
function applyConnectivity(state: PoolState, online: boolean, policy: PoolPolicy, env: Env): PoolState {
  if (online === (state.connectivity.kind !== 'offline')) return state;
  const told: PoolState = { ...state, connectivity: { kind: online ? 'online' : 'offline' } };
  return online ? told : forgive(told, env.nowMs - policy.ejection.localFaultWindowMs, policy, env);
}

/** Hosts that stay keep what is known of them. */
function applyHosts(state: PoolState, origins: readonly string[], policy: PoolPolicy, env: Env): PoolState {
  const hosts = origins.map((origin) => recordOf(state, origin) ?? freshHost(origin, policy, env));
  const listed = (origin: string | null) => (origin !== null && origins.includes(origin) ? origin : null);
  return {
    ...state,
    hosts,
    // Where it is gone, {@link settle} finds another one.
    current: listed(state.current) ?? '',
    preferred: listed(state.preferred),
    namedActive: listed(state.namedActive),
  };
}

function advance(state: PoolState, policy: PoolPolicy, env: Env): PoolState {
  return state.hosts.reduce((next, host) => withRecord(next, advanceHost(host, policy, env)), state);
}

/**
 * When a host is to be probed. Probes answer a question that matters now: is a host that is down back, does one that is
 * wanted more than the current one serve again, or any other one when that is in trouble? There is no answer while offline.
 */
function probeWantedMs(state: PoolState, host: HostRecord): number {
  const { health } = host;
  const asks = health.kind === 'inactive' ? isWantedMore(state, host) : !onTrial(health);
  return asks && state.connectivity.kind !== 'offline' ? probeDueMs(host) : Infinity;
}

function isWantedMore(state: PoolState, host: HostRecord): boolean {
  const current = recordOf(state, state.current);
  if (current === undefined || !isUsable(current.health) || current.troubleSinceMs !== null) return true;
  return wanted(state).find((one) => one === host || one === current) === host;
}

/** Lets the current host follow from the hosts' health. */
function settle(state: PoolState): PoolState {
  const named = state.namedActive === null ? undefined : recordOf(state, state.namedActive);
  const heeded = named?.health.kind === 'ejected' ? { ...state, namedActive: null } : state;
  const current = choose(heeded);
  return current === heeded.current ? heeded : { ...heeded, current };
}

function differences(before: PoolState, after: PoolState, event: PoolEvent, env: Env): PoolEffect[] {
  const effects: PoolEffect[] = [];
  for (const host of after.hosts) {
    const was = recordOf(before, host.origin)?.health.kind;
    if (was !== undefined && was !== host.health.kind) effects.push({ kind: 'health', host, was });
  }
  if (after.connectivity.kind !== before.connectivity.kind) {
    effects.push({ kind: 'connectivity', connectivity: after.connectivity });
  }
  // A pool that knew no host yet has not left one.
  if (after.current !== before.current && before.current !== '') {
    effects.push({ kind: 'move', move: describeMove(before, after, event, env) });
  }
  return effects;
}

function describeMove(before: PoolState, after: PoolState, event: PoolEvent, env: Env): HostMove {
  const from = before.current;
  const to = after.current;
  const left = recordOf(after, from);
  if (event.kind === 'hosts' || left === undefined) {
    return { kind: 'switchover', from, to, cause: 'hosts changed', tookMs: 0 };
  }
  const { health } = left;
  if (health.kind === 'inactive') return { kind: 'switchover', from, to, cause: health.why, tookMs: 0 };
  if (health.kind === 'ejected' || health.kind === 'half-open') {
    const tookMs = env.nowMs - (left.troubleSinceMs ?? env.nowMs);
    return { kind: 'failover', from, to, cause: health.why, tookMs };
  }
  const asked = to === after.preferred || to === after.namedActive;
  return { kind: asked ? 'switchover' : 'failback', from, to, cause: asked ? 'asked for' : 'recovered', tookMs: 0 };
}
