import type { HostList } from './policy/hostList.ts';
import { HostPool, type PoolOptions } from './runtime/hostPool.ts';
import { plainPorts } from './runtime/systemPorts.ts';
import { requestClock } from './workerd/requestClock.ts';
import { workerdFault, workerdFetch } from './workerd/workerdFetch.ts';

export { createFetch } from './http/createFetch.ts';
export * from './publicParts.ts';

/**
 * Makes a small pool for one request of a worker, or for a Durable Object: its knowledge of its hosts, to be shared by everything that it
 * sends. It takes failing hosts out of service, keeps a retry budget and heeds `Retry-After` in seconds. What goes beyond is in
 * `switchover/parts`, rule by rule and part by part.
 *
 * @param hosts Origins, best first.
 * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`; `OUTSIDE_REQUEST` at the top of
 * a module, and where another request uses it.
 */
export function createPool(hosts: HostList, options: PoolOptions = {}): HostPool {
  const ports = { ...plainPorts(), clock: requestClock(), fetch: workerdFetch };
  return new HostPool(hosts, { readFault: workerdFault, ...options }, ports);
}
