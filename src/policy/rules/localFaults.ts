import { DEFAULTS } from '../defaults.ts';
import { type Env, type HostRecord, up } from '../health.ts';
import type { HealthPolicy } from '../healthPolicy.ts';
import { rested } from '../healthTransitions.ts';
import type { PoolRule } from '../poolRule.ts';
import { change, type PoolState, recordOf } from '../poolState.ts';

/**
 * Tells a fault of this side from one of the hosts: nobody is blamed, probed or charged for what this side could not send.
 * The platform's word counts at once; without it, all hosts beginning to fail at once do. Needs {@link silences}.
 */
export const localFaults: PoolRule = {
  defaults: { ejection: { localFaultWindowMs: DEFAULTS.ejection.localFaultWindowMs } },
  mayProbe: ({ connectivity }) => connectivity.kind !== 'offline',
  around: (inner) => (state, event, policy, env) => {
    switch (event.kind) {
      case 'connectivity':
        return told(state, event.online, policy, env);
      case 'attempt': {
        const next = inner(state, event, policy, env);
        const { outcome } = event;
        const isSilence = outcome.kind === 'host-fault' && !outcome.answered;
        if (!isSilence && next.connectivity.kind === 'online') return next;
        if (outcome.kind === 'local-fault' || recordOf(next, event.origin) === undefined) return next;
        return isSilence ? suspect(next, policy, env) : connected(next);
      }
      case 'probe': {
        const { verdict, origin } = event;
        if (verdict.kind !== 'bad') return inner(connected(state), event, policy, env);
        if (state.connectivity.kind !== 'online') return change(state, origin, rested);
        const next = inner(state, event, policy, env);
        return verdict.silent ? suspect(next, policy, env) : next;
      }
      default:
        return inner(state, event, policy, env);
    }
  },
};

/** Any answer proves that this side is connected. */
function connected(state: PoolState): PoolState {
  return state.connectivity.kind === 'online' ? state : { ...state, connectivity: { kind: 'online' } };
}

/** All hosts began to fail within one window: blame nobody, and take everybody back. */
function suspect(state: PoolState, policy: HealthPolicy, env: Env): PoolState {
  const { hosts, connectivity } = state;
  if (connectivity.kind !== 'online' || hosts.length < 2) return state;
  const begun = hosts.map((host) => host.silentSinceMs ?? -Infinity);
  const earliestMs = Math.min(...begun);
  // A host that answers gives -Infinity, and so no window that would hold it.
  if (!(Math.max(...begun) - earliestMs <= policy.ejection.localFaultWindowMs)) return state;
  return forgive({ ...state, connectivity: { kind: 'suspect', sinceMs: env.nowMs } }, earliestMs, env);
}

/** Failures that the platform tells the cause of only afterwards are taken back. */
function told(state: PoolState, online: boolean, policy: HealthPolicy, env: Env): PoolState {
  if (online === (state.connectivity.kind !== 'offline')) return state;
  const next: PoolState = { ...state, connectivity: { kind: online ? 'online' : 'offline' } };
  return online ? next : forgive(next, env.nowMs - policy.ejection.localFaultWindowMs, env);
}

/** Takes back what failures to connect have done to hosts since a moment; what a host itself said stays. */
function forgive(state: PoolState, sinceMs: number, env: Env): PoolState {
  const hosts = state.hosts.map((host): HostRecord => {
    const { health, silentSinceMs } = host;
    if (silentSinceMs === null || silentSinceMs < sinceMs) return host;
    const leave = health.kind === 'up' && health.leaveAtMs !== undefined ? { leaveAtMs: health.leaveAtMs } : {};
    const stays = health.kind === 'inactive' || health.kind === 'holding';
    return {
      ...host,
      health: stays ? health : { ...up(env), ...leave },
      ejections: 0,
      silentSinceMs: null,
      troubleSinceMs: null,
      timedOutAtMs: null,
    };
  });
  return { ...state, hosts };
}
