import { assemble, type Failover, type FailoverOptions } from './createFailover.ts';
import { denoFault } from './deno/denoFault.ts';
import { DEFAULTS } from './policy/defaults.ts';

export type { Failover, FailoverOptions } from './createFailover.ts';
export * from './publicExtras.ts';
export * from './publicParts.ts';

/**
 * Makes everything that an app needs to outlive its servers, over one pool of hosts and the runtime's own `fetch`: Deno and Bun.
 *
 * @throws SwitchoverError at once for options that can't be meant: `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`,
 * `DUPLICATE_HOST`, `INVALID_OPTION`.
 * @example
 * const failover = createFailover({ hosts: ['https://a.example.com', 'https://b.example.com'] });
 * const me = await failover.http.get('api/me').json();
 */
export function createFailover(options: FailoverOptions): Failover {
  // Bun's errors have Node's codes; Deno's have none.
  return assemble(options, { budget: { capacity: DEFAULTS.budget.serverCapacity }, readFault: denoFault });
}
