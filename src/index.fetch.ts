/**
 * The smallest client: a `fetch` that fails over, and the pool that it stands on. What goes beyond comes from `switchover/parts`.
 *
 * @module switchover/fetch
 */
import type { HostList } from './policy/hostList.ts';
import { HostPool, type PoolOptions } from './runtime/hostPool.ts';
import { plainPorts } from './runtime/systemPorts.ts';

export { createFetch } from './http/createFetch.ts';
export * from './publicParts.ts';

/**
 * Makes a small pool: one client's knowledge of its hosts, to be shared by everything that it sends. It takes failing hosts out of
 * service, probes them and comes back, keeps a retry budget and heeds `Retry-After` in seconds. What goes beyond is in
 * `switchover/parts`, rule by rule and part by part: server hints, faults of this side, M+N, storage, discovery and others.
 *
 * @param hosts Origins, best first.
 * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`.
 */
export function createPool(hosts: HostList, options: PoolOptions = {}): HostPool {
  return new HostPool(hosts, options, plainPorts());
}
