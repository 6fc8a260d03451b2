import type { HostList } from './policy/hostList.ts';
import { HostPool, type PoolOptions } from './runtime/hostPool.ts';
import { plainPorts } from './runtime/systemPorts.ts';

export { createFetch } from './http/createFetch.ts';
export * from './publicParts.ts';

/**
 * Makes a pool: one client's knowledge of its hosts, to be shared by everything that it sends.
 *
 * @param hosts Origins, best first, or `{ active, standby }`. May be empty where `options.discovery` finds them.
 * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`.
 */
export function createPool(hosts: HostList, options: PoolOptions = {}): HostPool {
  return new HostPool(hosts, options, plainPorts());
}
