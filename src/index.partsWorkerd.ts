import type { HostList } from './policy/hostList.ts';
import { type FullPoolOptions, fullPool as plainFullPool } from './runtime/fullPool.ts';
import type { HostPool } from './runtime/hostPool.ts';
import type { Ports } from './runtime/ports.ts';
import { systemPorts as plainSystemPorts } from './runtime/systemPorts.ts';
import { requestClock } from './workerd/requestClock.ts';
import { workerdFault, workerdFetch } from './workerd/workerdFetch.ts';

export * from './index.parts.ts';

/**
 * The platform's own parts, for one request of a worker. Nothing else is touched before it is used.
 *
 * @throws SwitchoverError `OUTSIDE_REQUEST` at the top of a module.
 */
export function systemPorts(): Ports {
  return { ...plainSystemPorts(), clock: requestClock(), fetch: workerdFetch };
}

/**
 * A pool with every rule, with probes that read health answers and roles, for one request of a worker.
 *
 * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`; `OUTSIDE_REQUEST` at the top of a
 * module, and where another request uses it.
 */
export function fullPool(hosts: HostList, options: FullPoolOptions = {}): HostPool {
  return plainFullPool(hosts, { clock: requestClock(), fetch: workerdFetch, readFault: workerdFault, ...options });
}
