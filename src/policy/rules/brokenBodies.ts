import { DEFAULTS } from '../defaults.ts';
import { blame } from '../healthTransitions.ts';
import { isBodyFault } from '../outcome.ts';
import type { PoolRule } from '../poolRule.ts';
import { change } from '../poolState.ts';

/**
 * Bodies that stall or break off are counted in a row of their own: each had begun well, so only one that came whole ends the
 * row. As many as server errors eject their host.
 */
export const brokenBodies: PoolRule = {
  defaults: { timeout: { stallMs: DEFAULTS.timeout.stallMs } },
  around: (inner) => (state, event, policy, env) => {
    if (event.kind === 'body') {
      return change(state, event.origin, (host) => {
        const { health } = host;
        return health.kind === 'up' && health.bodyFaults ? { ...host, health: { ...health, bodyFaults: 0 } } : host;
      });
    }
    if (event.kind === 'attempt' && event.outcome.kind === 'host-fault' && isBodyFault(event.outcome.cause)) {
      return change(state, event.origin, (host) => blame(host, event, 'bodyFaults', state.hosts, policy, env));
    }
    return inner(state, event, policy, env);
  },
};
