import { assemble, type Failover, type FailoverOptions } from './createFailover.ts';

export type { Failover, FailoverOptions } from './createFailover.ts';
export * from './publicExtras.ts';
export * from './publicParts.ts';

/**
 * Makes everything that an app needs to outlive its servers, over one pool of hosts.
 *
 * @throws SwitchoverError at once for options that can't be meant: `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`,
 * `DUPLICATE_HOST`, `INVALID_OPTION`.
 * @example
 * const failover = createFailover({ hosts: ['https://a.example.com', 'https://b.example.com'] });
 * const me = await failover.http.get('api/me').json();
 */
export function createFailover(options: FailoverOptions): Failover {
  return assemble(options, {});
}
