import { assemble, type Failover, type FailoverOptions } from './createFailover.ts';
import { reactNativeFetch } from './reactNative/fetch.ts';

export type { Failover, FailoverOptions } from './createFailover.ts';
export * from './publicExtras.ts';
export * from './publicParts.ts';

/**
 * Makes everything that an app needs to outlive its servers, over one pool of hosts. What a phone knows of its app, its network and
 * its storage is handed in: see `reactNative` of `switchover/react-native`. Without it, what is known ends with the app, and nobody
 * tells when the app comes back.
 *
 * @throws SwitchoverError at once for options that can't be meant: `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`,
 * `DUPLICATE_HOST`, `INVALID_OPTION`.
 * @example
 * const failover = createFailover({ hosts: ['https://a.example.com', 'https://b.example.com'] });
 * const me = await failover.http.get('api/me').json();
 */
export function createFailover(options: FailoverOptions): Failover {
  return assemble(options, { fetch: reactNativeFetch });
}
