import { assemble, type Failover, type FailoverOptions } from './createFailover.ts';
import { DEFAULTS } from './policy/defaults.ts';
import { isolateStore } from './workerd/isolateStore.ts';
import { requestClock } from './workerd/requestClock.ts';
import { workerdFault, workerdFetch } from './workerd/workerdFetch.ts';

export type { Failover, FailoverOptions } from './createFailover.ts';
export * from './publicExtras.ts';
export * from './publicParts.ts';

/**
 * Makes everything that an app needs to outlive its servers, over one pool of hosts, for one request of a worker or for a Durable Object.
 * What it learns of its hosts, the isolate's next requests know. No timer outlives a request, so no probe proves a host that was out of
 * service: one live request in each cool-down does (`failback: { proof: 'request' }`).
 *
 * @throws SwitchoverError at once for options that can't be meant: `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`,
 * `DUPLICATE_HOST`, `INVALID_OPTION`; `OUTSIDE_REQUEST` at the top of a module, and as a rejection where another request uses it.
 * @example
 * export default {
 *   fetch(request, env) {
 *     const failover = createFailover({ hosts: [env.PRIMARY, env.STANDBY] });
 *     return failover.fetch('/api/me', { headers: request.headers });
 *   },
 * };
 */
export function createFailover(options: FailoverOptions): Failover {
  const failback = { proof: 'request', ...options.failback } as const;
  return assemble(
    { ...options, failback },
    {
      budget: { capacity: DEFAULTS.budget.serverCapacity },
      clock: requestClock(),
      fetch: workerdFetch,
      readFault: workerdFault,
      storage: isolateStore(),
    },
  );
}
