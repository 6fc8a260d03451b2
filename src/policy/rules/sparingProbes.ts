import { DEFAULTS, SPARING } from '../defaults.ts';
import { type Env, type Health, type HostRecord, isUsable, type Patience } from '../health.ts';
import type { HealthPolicy } from '../healthPolicy.ts';
import type { PoolRule } from '../poolRule.ts';
import { change, type PoolState, withRecord } from '../poolState.ts';

const { requestsPerProbe } = DEFAULTS.probe;

/**
 * A client that is well served asks after a better host only as often as it would have use for one: once in a few requests, or after a
 * long while. One good answer is then enough: two seconds later is no other time for a client whose next request comes in a minute.
 *
 * Probes by the clock are nothing beside the requests of busy clients. Those of a million clients with a request a minute came to twice
 * what their host could serve, and that in the seconds in which it had just come back.
 */
export const sparingProbes: PoolRule = {
  defaults: { probe: { requestsPerProbe } },
  around: (inner) => (state, event, policy, env) => {
    const next = inner(state, event, policy, env);
    // Whoever wants probes by the clock is to have them.
    if (policy.probe.always || policy.probe.requestsPerProbe === 0) return next;
    switch (event.kind) {
      case 'attempt':
      case 'use':
        return used(next, event.origin, policy);
      case 'probing':
        return change(next, event.origin, (host) => withPatience(host, { sinceMs: env.nowMs, requests: 0 }));
      case 'probe':
        return change(next, event.origin, (host) => withPatience(host, { isPutOff: false }));
      case 'aged':
        return next.hosts.reduce((all, host) => withRecord(all, inItsTime(host, all, policy, env)), next);
      default:
        return next;
    }
  },
};

const withPatience = (host: HostRecord, given: Partial<Patience>): HostRecord =>
  host.patience === undefined ? host : { ...host, patience: { ...host.patience, ...given } };

/** Counts what is sent elsewhere while a host is waited for. */
function used(state: PoolState, origin: string, { probe }: HealthPolicy): PoolState {
  return state.hosts.reduce((all, host) => {
    const { patience } = host;
    const counts = patience !== undefined && patience.requests < probe.requestsPerProbe && host.origin !== origin;
    return counts ? withRecord(all, withPatience(host, { requests: patience.requests + 1 })) : all;
  }, state);
}

/** True where nothing has been heard yet of a host that is to be proven. Doubts are settled at once. */
const isRecovering = (health: Health): health is Health & { kind: 'half-open' | 'inactive' } =>
  health.kind === 'inactive' || (health.kind === 'half-open' && health.doubt === 'recovery' && health.goodProbes === 0);

/** True where there is nothing to complain of. */
function isServed({ connectivity, current, hosts }: PoolState): boolean {
  const host = hosts.find(({ origin }) => origin === current);
  return (
    connectivity.kind === 'online' &&
    host !== undefined &&
    isUsable(host.health) &&
    host.troubleSinceMs === null &&
    host.busyUntilMs === 0
  );
}

/** The host with its probe put off, or called for after all. */
function inItsTime(host: HostRecord, state: PoolState, policy: HealthPolicy, { nowMs }: Env): HostRecord {
  const { health, patience } = host;
  if (isUsable(health)) {
    const { patience: _, ...known } = host;
    return patience === undefined ? host : known;
  }
  if (patience === undefined) return { ...host, patience: { sinceMs: nowMs, requests: 0, isPutOff: false } };
  if (health.kind === 'ejected' || host.probing || !isRecovering(health)) return host;
  const isDue = health.probeAtMs <= nowMs;
  if (patience.requests >= policy.probe.requestsPerProbe || !isServed(state)) {
    return patience.isPutOff && !isDue ? { ...host, health: { ...health, probeAtMs: nowMs } } : host;
  }
  if (!isDue || patience.isPutOff) return host;
  const { coolDownMs, coolDownCapMs } = policy.ejection;
  const pauseMs = Math.max(coolDownMs, nowMs - patience.sinceMs);
  const waitMs = Math.min(pauseMs * SPARING.pauses, coolDownCapMs * SPARING.coolDownCaps);
  return { ...withPatience(host, { isPutOff: true }), health: { ...health, probeAtMs: nowMs + waitMs } };
}
