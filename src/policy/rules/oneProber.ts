import type { PoolRule } from '../poolRule.ts';
import { change, type PoolState, recordOf } from '../poolState.ts';

/**
 * Several clients that tell each other what they know of their hosts, as the tabs of a browser do: one of them probes, and the others
 * listen. What another one has learned counts as this one's own: hosts change, and work moves, at once.
 */
export const oneProber: PoolRule = {
  // What a request of its own wants to know of a host, each asks by itself.
  mayProbe: ({ follows }, { sign }) => follows !== true || sign?.heard === null,
  around: (inner) => (state, event, policy, env) => {
    switch (event.kind) {
      case 'lead':
        return (state.follows ?? false) === event.leads ? { ...state, follows: !event.leads } : state;
      case 'learned':
        return learned(inner(state, event, policy, env), event);
      default:
        return inner(state, event, policy, env);
    }
  },
};

/** A probe of our own that is under way still comes to its end. */
function learned(state: PoolState, { hosts, fence }: Pick<PoolState, 'hosts' | 'fence'>): PoolState {
  const known = hosts.filter((host) => recordOf(state, host.origin) !== host);
  const next = known.reduce((all, host) => change(all, host.origin, ({ probing }) => ({ ...host, probing })), state);
  const isNews = Object.entries(fence).some(([cluster, { number }]) => state.fence[cluster]?.number !== number);
  return isNews ? { ...next, fence } : next;
}
