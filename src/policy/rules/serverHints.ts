import { DEFAULTS } from '../defaults.ts';
import { observeEpoch } from '../epochFence.ts';
import { type Env, eject, type HostRecord, hold, isUsable } from '../health.ts';
import type { HealthPolicy } from '../healthPolicy.ts';
import { afterGoodAnswer } from '../healthTransitions.ts';
import { type Hints, NO_HINTS, readHints } from '../hints.ts';
import type { AttemptEvent, ProbeEvent } from '../poolEvent.ts';
import type { Apply, PoolPolicy, PoolRule } from '../poolRule.ts';
import { change, type PoolState, recordOf } from '../poolState.ts';
import { wanted } from '../selection.ts';
import { hintedOutcome } from './hintedOutcome.ts';

/**
 * Heeds what servers say of themselves: `Switchover-Role`, `Switchover-Active`, `Switchover-Epoch`,
 * `Switchover-Retry-Window`. Without this rule a standby that refuses is a host that fails. Needs {@link silences}.
 */
export const serverHints: PoolRule = {
  defaults: { fence: DEFAULTS.fence, probe: { inactivePeriodMs: DEFAULTS.probe.inactivePeriodMs } },
  readHints,
  judge: (end, state, policy, nowMs) =>
    end.kind === 'response' && end.hints !== NO_HINTS
      ? hintedOutcome(end, isStale(state, end.hints, policy, nowMs))
      : null,
  mayProbe: (state, host) => host.health.kind !== 'inactive' || isWantedMore(state, host),
  around: (inner) => (state, event, policy, env) => {
    switch (event.kind) {
      case 'attempt':
        return afterAttempt(inner, state, event, policy, env);
      case 'probe':
        return afterProbe(inner, state, event, policy, env);
      case 'probing':
        return change(inner(state, event, policy, env), event.origin, (host) => plan(host, policy, env));
      case 'aged':
        return tidy(inner(state, event, policy, env), policy, env);
      default:
        return inner(state, event, policy, env);
    }
  },
};

/** True if an answer with these hints comes from a host that has lost its role. */
export function isStale(state: PoolState, { epoch }: Hints, { fence }: HealthPolicy, nowMs: number): boolean {
  return epoch !== null && observeEpoch(state.fence, epoch, nowMs, fence.forMs).stale;
}

function afterAttempt(inner: Apply, state: PoolState, event: AttemptEvent, policy: PoolPolicy, env: Env): PoolState {
  const { origin, outcome, hints, startedMs } = event;
  const isIdle = outcome.kind === 'not-active';
  // Nearly all attempts are such: nothing was said, and nobody stands by.
  if (!isIdle && hints === NO_HINTS && recordOf(state, origin)?.health.kind !== 'inactive') {
    return inner(state, event, policy, env);
  }
  // To the rules within it is an answer, and nothing more: the host is not to blame.
  const told: AttemptEvent = isIdle ? { ...event, outcome: { ...outcome, kind: 'busy', waitMs: 0 } } : event;
  const next = change(inner(state, told, policy, env), origin, (host) => {
    if (isIdle) return retire(host, outcome.cause, policy, env);
    // A standby that serves has been promoted, unless the request was from before it stood by, or it says otherwise.
    const serves = outcome.kind === 'ok' && hints.role !== 'standby' && hints.role !== 'draining';
    const { health } = host;
    return serves && health.kind === 'inactive' && startedMs >= health.sinceMs ? hold(host, policy, env) : host;
  });
  return heed(next, origin, hints, policy, env);
}

function afterProbe(inner: Apply, state: PoolState, event: ProbeEvent, policy: PoolPolicy, env: Env): PoolState {
  const { origin, hints } = event;
  const verdict = isStale(state, hints, policy, env.nowMs) ? STALE : event.verdict;
  const heeded = heed(state, origin, hints, policy, env);
  const isIdle = recordOf(heeded, origin)?.health.kind === 'inactive';
  const next = inner(heeded, { ...event, verdict }, policy, env);
  if (verdict.kind !== 'inactive' && !isIdle) return next;
  return change(next, origin, (host) => {
    const { health } = host;
    if (verdict.kind === 'bad') {
      return next.connectivity.kind === 'online' ? eject(host, verdict.why, policy, env) : host;
    }
    if (verdict.kind === 'good') return afterGoodAnswer(host, policy, env);
    // A draining host in service is left at the moment that was drawn, not when a probe hears of it.
    const isLeaving = health.kind === 'up' && health.leaveAtMs !== undefined;
    return health.kind === 'ejected' || isLeaving ? host : retire(host, verdict.why, policy, env);
  });
}

const STALE = { kind: 'inactive', why: 'stale epoch' } as const;

/** Well, but not to be used. Probes look whether that has changed. */
function retire(host: HostRecord, why: string, policy: HealthPolicy, env: Env): HostRecord {
  const { health } = host;
  if (health.kind === 'inactive') {
    const told = health.why === why && health.goodProbes === 0;
    return told ? host : { ...host, health: { ...health, why, goodProbes: 0 } };
  }
  const probeAtMs = env.nowMs + idlePeriodMs(policy, env);
  return { ...host, health: { kind: 'inactive', why, sinceMs: env.nowMs, probeAtMs, goodProbes: 0 } };
}

/** Settles when a host that is not to be used is looked at again. */
function plan(host: HostRecord, policy: HealthPolicy, env: Env): HostRecord {
  const { health } = host;
  if (health.kind !== 'inactive') return host;
  return { ...host, health: { ...health, probeAtMs: env.nowMs + idlePeriodMs(policy, env) } };
}

/** Looks at hosts that are not needed now are spread, so that clients do not look together. */
const idlePeriodMs = ({ probe }: HealthPolicy, { random }: Env): number => probe.inactivePeriodMs * (0.5 + random());

/** A host that is not to be used matters if it is wanted more than the current one, or that is in trouble. */
function isWantedMore(state: PoolState, host: HostRecord): boolean {
  const current = recordOf(state, state.current);
  if (current === undefined || !isUsable(current.health) || current.troubleSinceMs !== null) return true;
  return wanted(state).find((one) => one === host || one === current) === host;
}

/** What a server says of itself and of its peers, beside its answer. One that has lost its role is not heeded. */
function heed(state: PoolState, origin: string, hints: Hints, policy: HealthPolicy, env: Env): PoolState {
  if (hints === NO_HINTS || recordOf(state, origin) === undefined) return state;
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
function withRole(host: HostRecord, { role, retryWindowMs }: Hints, policy: HealthPolicy, env: Env): HostRecord {
  const { health } = host;
  if (role === 'standby') return isUsable(health) ? retire(host, role, policy, env) : host;
  if (role === null || health.kind !== 'up') return host;
  const { leaveAtMs, ...staying } = health;
  if (role === 'active') return leaveAtMs === undefined ? host : { ...host, health: staying };
  if (leaveAtMs !== undefined) return host;
  return { ...host, health: { ...health, leaveAtMs: env.nowMs + env.random() * (retryWindowMs ?? 0) } };
}

/** The host that is active by the last word of a listed one. One that is still to be left gradually sends nobody on yet. */
function nameActive(state: PoolState, origin: string, { active, role }: Hints, { nowMs }: Env): string | null {
  const { namedActive } = state;
  if (active === null || active === origin) return role === 'active' && namedActive !== origin ? null : namedActive;
  const health = recordOf(state, origin)?.health;
  const stays = health?.kind === 'up' && health.leaveAtMs !== undefined && health.leaveAtMs > nowMs;
  return stays || recordOf(state, active) === undefined ? namedActive : active;
}

/** Leaves draining hosts whose moment has come, and drops the word for a host that has failed since. */
function tidy(state: PoolState, policy: HealthPolicy, env: Env): PoolState {
  const next = state.hosts.reduce((all, { origin, health }) => {
    const isOver = health.kind === 'up' && health.leaveAtMs !== undefined && health.leaveAtMs <= env.nowMs;
    return isOver ? change(all, origin, (host) => retire(host, 'draining', policy, env)) : all;
  }, state);
  const { namedActive } = next;
  return namedActive !== null && recordOf(next, namedActive)?.health.kind === 'ejected'
    ? { ...next, namedActive: null }
    : next;
}
