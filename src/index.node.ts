/**
 * Everything over one pool of hosts: a `fetch`, a ky instance, sockets, event streams and channels that fail over. Begin with
 * {@link createFailover}. In a browser, a worker and React Native the same import gives the same names, made of what is there.
 *
 * @module switchover
 */
import { assemble, type Failover, type FailoverOptions } from './createFailover.ts';
import { createFailover as createElsewhere } from './index.denoBun.ts';
import { nodeFetch, otherRuntime } from './node/transport.ts';
import { DEFAULTS } from './policy/defaults.ts';

export type { Failover, FailoverOptions } from './createFailover.ts';
export * from './publicExtras.ts';
export * from './publicParts.ts';

/**
 * Makes everything that an app needs to outlive its servers, over one pool of hosts.
 *
 * @throws SwitchoverError at once for options that can't be meant: `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`,
 * `DUPLICATE_HOST`, `INVALID_OPTION`; `WRONG_RUNTIME` where Deno or Bun was made to load Node's entry.
 * @example
 * const failover = createFailover({ hosts: ['https://a.example.com', 'https://b.example.com'] });
 * const me = await failover.http.get('api/me').json();
 */
export function createFailover(options: FailoverOptions): Failover {
  // A bundle for Node may be run by another.
  if (otherRuntime() !== undefined) return createElsewhere(options);
  const budget = { capacity: DEFAULTS.budget.serverCapacity };
  if (options.fetch !== undefined) return assemble(options, { budget });
  const fetch = nodeFetch();
  return assemble(options, { budget, fetch }, () => void fetch.close());
}
