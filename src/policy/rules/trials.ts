import { DEFAULTS } from '../defaults.ts';
import { type Env, eject, type HostRecord, onTrial } from '../health.ts';
import type { HealthPolicy } from '../healthPolicy.ts';
import { afterGoodAnswer, isLast } from '../healthTransitions.ts';
import type { AttemptEvent } from '../poolEvent.ts';
import type { PoolRule } from '../poolRule.ts';
import { change, recordOf } from '../poolState.ts';
import { trialHost } from '../selection.ts';

/** With `failback.proof: 'request'`, one live request in each cool-down proves a host, and no probe (as in nginx). */
export const trials: PoolRule = {
  defaults: { failback: { proof: DEFAULTS.failback.proof } },
  mayProbe: (_state, host) => !onTrial(host.health),
  pick: (state, { failback }, nowMs) => (failback.proof === 'request' ? trialHost(state, nowMs) : undefined),
  around: (inner) => (state, event, policy, env) => {
    if (event.kind === 'trial') {
      // The next one may be sent after a cool-down even if this one is never heard of again.
      return change(state, event.origin, (host) => nextAt(host, env.nowMs + policy.ejection.coolDownMs));
    }
    const next = inner(state, event, policy, env);
    if (event.kind !== 'attempt') return next;
    const before = recordOf(state, event.origin);
    if (before === undefined || !onTrial(before.health)) return next;
    return change(next, event.origin, (host) => afterTrial(host, event, state.hosts, policy, env));
  },
};

/** A trial that settled nothing leaves the host open for the next one. */
function afterTrial(
  host: HostRecord,
  { outcome }: AttemptEvent,
  hosts: readonly HostRecord[],
  policy: HealthPolicy,
  env: Env,
): HostRecord {
  const isFault = outcome.kind === 'host-fault' || outcome.kind === 'app-fault';
  if (isFault && !isLast(host, hosts)) return eject(host, outcome.cause, policy, env);
  const after = outcome.kind === 'ok' ? afterGoodAnswer(host, policy, env) : host;
  return onTrial(after.health) && after.health.probeAtMs > env.nowMs ? nextAt(after, env.nowMs) : after;
}

function nextAt(host: HostRecord, probeAtMs: number): HostRecord {
  const { health } = host;
  return onTrial(health) ? { ...host, health: { ...health, probeAtMs } } : host;
}
