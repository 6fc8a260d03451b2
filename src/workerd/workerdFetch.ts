import type { Fault } from '../policy/outcome.ts';
import { networkFault } from '../runtime/networkFault.ts';
import type { Fetch } from '../runtime/ports.ts';

/** workerd names no reason: a name that can't be resolved and a certificate that is no good are both "internal". */
const FAILED = /^(network connection lost|internal error)/i;

/**
 * workerd's own `fetch`, for what it refuses to be told: `redirect: 'error'`, which is an answer that is not followed and counts as none;
 * and `cache` before the compatibility date 2024-11-11.
 */
export const workerdFetch: Fetch = async (input, init = {}) => {
  const { redirect, cache, ...rest } = init;
  const known: RequestInit = { ...rest };
  if (redirect !== undefined) known.redirect = redirect === 'error' ? 'manual' : redirect;
  if (cache !== undefined && 'cache' in Request.prototype) known.cache = cache;
  const response = await globalThis.fetch(input, known);
  if (redirect !== 'error' || response.status < 300 || response.status > 399) return response;
  await response.body?.cancel();
  throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') });
};

/** Reads from what workerd's `fetch` rejected with how the network failed. Nothing that it says proves that a request was not sent. */
export function workerdFault(error: unknown): Fault | null {
  const message = error instanceof Error ? error.message : '';
  return FAILED.test(message) ? 'network' : networkFault(error);
}
