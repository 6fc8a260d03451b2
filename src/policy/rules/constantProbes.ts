import { DEFAULTS } from '../defaults.ts';
import { type Env, eject, type HostRecord } from '../health.ts';
import type { HealthPolicy } from '../healthPolicy.ts';
import { rested } from '../healthTransitions.ts';
import type { ProbeEvent } from '../poolEvent.ts';
import type { Apply, PoolPolicy, PoolRule } from '../poolRule.ts';
import { change, type PoolState, recordOf, withRecord } from '../poolState.ts';

const { always, initialDelayMs, failureThreshold } = DEFAULTS.probe;

/** Probes as Kubernetes has them: hosts in service may be probed too, and several bad ones in a row may be needed. */
export const constantProbes: PoolRule = {
  defaults: { probe: { always, initialDelayMs, failureThreshold } },
  around: (inner) => (state, event, policy, env) => {
    const next =
      event.kind === 'probe' ? afterProbe(inner, state, event, policy, env) : inner(state, event, policy, env);
    const delayMs = event.kind === 'hosts' ? policy.probe.initialDelayMs : policy.probe.periodMs;
    return policy.probe.always && (event.kind === 'hosts' || event.kind === 'aged')
      ? next.hosts.reduce((all, host) => planned(all, host, env.nowMs + delayMs), next)
      : next;
  },
};

function afterProbe(inner: Apply, state: PoolState, event: ProbeEvent, policy: PoolPolicy, env: Env): PoolState {
  const { origin, verdict } = event;
  if (verdict.kind === 'bad') {
    const after = recordOf(state, origin);
    const counted = after && afterBadProbe(rested(after), verdict.why, policy, env);
    return counted ? withRecord(state, counted) : inner(state, event, policy, env);
  }
  const next = inner(state, event, policy, env);
  if (verdict.kind === 'inactive') return next;
  return change(next, origin, (host) => {
    const { health } = host;
    return 'badProbes' in health && health.badProbes ? { ...host, health: { ...health, badProbes: 0 } } : host;
  });
}

/** Counts it, and ejects a host in service at the threshold; undefined where that is left to the machine. */
function afterBadProbe(host: HostRecord, why: string, policy: HealthPolicy, env: Env): HostRecord | undefined {
  const { health } = host;
  const isProbed = health.kind === 'half-open' || (health.kind === 'up' && policy.probe.always);
  if (!isProbed) return undefined;
  const badProbes = (health.badProbes ?? 0) + 1;
  if (badProbes >= policy.probe.failureThreshold) return eject(host, why, policy, env);
  return health.kind === 'up'
    ? { ...host, health: { ...health, badProbes } }
    : { ...host, health: { ...health, badProbes, goodProbes: 0 } };
}

/** A host in service has its next probe planned. */
function planned(state: PoolState, host: HostRecord, probeAtMs: number): PoolState {
  const { health } = host;
  const isPlanned = health.kind !== 'up' || health.probeAtMs !== undefined;
  return isPlanned ? state : withRecord(state, { ...host, health: { ...health, probeAtMs } });
}
