import type { HostRecord } from '../health.ts';
import type { PoolRule } from '../poolRule.ts';
import { change, recordOf } from '../poolState.ts';

/** Failures in a row add up only within `ejection.windowMs` (nginx' `fail_timeout`). */
export const failureWindow: PoolRule = {
  defaults: { ejection: { windowMs: Infinity } },
  around: (inner) => (state, event, policy, env) => {
    if (event.kind !== 'attempt' || !/^(host|app)-fault$/.test(event.outcome.kind))
      return inner(state, event, policy, env);
    const { origin } = event;
    const expired = change(state, origin, (host) => forget(host, env.nowMs - policy.ejection.windowMs));
    const before = recordOf(expired, origin);
    const next = inner(expired, event, policy, env);
    return before && counted(before) === 0 ? change(next, origin, (host) => begin(host, env.nowMs)) : next;
  },
};

/** Clears what began to be counted before a moment. */
function forget(host: HostRecord, beforeMs: number): HostRecord {
  const { health } = host;
  if (health.kind !== 'up' || !(counted(host) > 0 && (health.countingSinceMs ?? Infinity) < beforeMs)) return host;
  return { ...host, health: { ...health, connectFailures: 0, serverErrors: 0, bodyFaults: 0 } };
}

/** Notes when the first of the failures came. */
function begin(host: HostRecord, nowMs: number): HostRecord {
  const { health } = host;
  return health.kind === 'up' && counted(host) > 0 ? { ...host, health: { ...health, countingSinceMs: nowMs } } : host;
}

function counted({ health }: HostRecord): number {
  return health.kind === 'up' ? health.connectFailures + health.serverErrors + (health.bodyFaults ?? 0) : 0;
}
