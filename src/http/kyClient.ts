import ky, { type KyInstance, type Options as KyOptions } from 'ky';
import { pathOn } from '../policy/target.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import { type Sender, urlOf } from './createFetch.ts';

export type { KyInstance, KyOptions };

/** Stands in for a host while none is known; `.invalid` never resolves (RFC 2606). */
const NOWHERE = 'https://failover.invalid';

/**
 * A ky instance over the pool: ky's errors, hooks, `json()` and options as they are, its retries and time-outs off, since
 * the pool's own rules take their place. `failover: { … }` among a call's options is for that request alone.
 *
 * ky wants absolute URLs where a platform has no base; so relative ones are laid on the first host, and read back as paths.
 */
export function createKy(send: Sender, pool: HostPool, options: KyOptions = {}): KyInstance {
  const base = baseOf(pool.hosts[0]?.origin);
  return ky.create({
    baseUrl: `${base}/`,
    retry: 0,
    timeout: false,
    ...options,
    fetch: (input, init) => {
      const url = urlOf(input);
      const path = pathOn(url, pool.hosts) ?? (url.startsWith(`${base}/`) ? url.slice(base.length) : null);
      return path === null ? pool.ports.fetch(input, init) : send(path, input, init);
    },
  });
}

/** The first host, where the platform's URL can stand on it: that of React Native knows no IPv6, and few names beside letters and dots. */
function baseOf(origin: string | undefined): string {
  if (origin === undefined) return NOWHERE;
  try {
    return String(new URL('a', `${origin}/`)) === `${origin}/a` ? origin : NOWHERE;
  } catch {
    return NOWHERE;
  }
}
