import { idbStore } from './browser/idbStore.ts';
import { tabs } from './browser/tabs.ts';
import { assemble, type Failover, type FailoverOptions } from './createFailover.ts';
import type { PoolOptions } from './runtime/hostPool.ts';

export type { Failover, FailoverOptions } from './createFailover.ts';
export * from './publicExtras.ts';
export * from './publicParts.ts';

/**
 * Makes everything that an app needs to outlive its servers, over one pool of hosts. What outlives the page lies in IndexedDB
 * (`storage: memoryStore()` keeps it in the page), and the tabs of an origin act as one client (`tabs: false` ends that).
 *
 * @throws SwitchoverError at once for options that can't be meant: `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`,
 * `DUPLICATE_HOST`, `INVALID_OPTION`.
 * @example
 * const failover = createFailover({ hosts: ['https://a.example.com', 'https://b.example.com'] });
 * const me = await failover.http.get('api/me').json();
 */
export function createFailover(options: FailoverOptions): Failover {
  const together = options.tabs === false ? [] : [tabs(options.name)];
  return assemble(options, { ...storage(), parts: together, servedBy: globalThis.location?.origin });
}

/** Workers of some clouds load this entry, too: they have no IndexedDB, and keep what they know in memory. */
function storage(): PoolOptions {
  return typeof indexedDB === 'undefined' ? {} : { storage: idbStore() };
}
