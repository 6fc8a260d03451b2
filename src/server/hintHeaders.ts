import type { Epoch } from '../policy/epochFence.ts';
import { scanHost } from '../policy/host.ts';
import { invalid } from './serverOptions.ts';

/** What a server says of itself in `Switchover-*` headers. A {@link SessionServer} is one such source. */
export interface StandingSource {
  /** What this server is to its clients now. */
  readonly role: 'active' | 'standby' | 'draining';
  /** Origin of the server that is active; null where that is not known, or is this one. Default null. */
  readonly active?: string | null;
  /** How long clients should spread their retries over, in milliseconds. Default: nothing is said. */
  readonly retryWindowMs?: number;
  /** Of the lease that the server holds, or held last. Clients don't go back to a lower one of the same cluster. Default: nothing is said. */
  readonly epoch?: Epoch | null;
}

/** The headers that a page of another origin has to be allowed to read. */
export const HINT_HEADERS =
  'Switchover-Role, Switchover-Active, Switchover-Epoch, Switchover-Retry-Window, Retry-After';

/**
 * The `Switchover-*` headers for any response of a server: clients learn from each answer who is active. With those of an app's own
 * 503 they know that the request was not processed (`standby`), or that its host is about to leave (`draining`).
 *
 * @throws SwitchoverError `INVALID_OPTION` where a value can't be put into a header that clients would read.
 */
export function hintHeaders({
  role,
  active = null,
  epoch = null,
  retryWindowMs,
}: StandingSource): Record<string, string> {
  if (!['active', 'standby', 'draining'].includes(role)) {
    throw invalid('role', `can't be ${String(role)}`, 'Say active, standby or draining.');
  }
  const headers: Record<string, string> = { 'Switchover-Role': role };
  if (active !== null) headers['Switchover-Active'] = activeOf(active);
  if (epoch !== null) headers['Switchover-Epoch'] = epochOf(epoch);
  if (retryWindowMs !== undefined) headers['Switchover-Retry-Window'] = secondsOf(retryWindowMs);
  return headers;
}

function activeOf(active: string): string {
  const host = scanHost(active);
  if (host === null) throw invalid('active', 'is no origin', 'Give https://name[:port].');
  return host.origin;
}

function epochOf({ cluster, number }: Epoch): string {
  const fits = /^[\w.:-]{1,64}$/.test(cluster) && Number.isSafeInteger(number) && number >= 0;
  if (fits) return `${cluster};${number}`;
  throw invalid(
    'epoch',
    `can't be ${cluster};${number}`,
    'A cluster has 1 to 64 of A-Z a-z 0-9 _ . : -; its number is 0 or more.',
  );
}

/** Whole seconds, rounded up: a window of half a second is not none. */
function secondsOf(retryWindowMs: number): string {
  if (retryWindowMs >= 0 && retryWindowMs < Infinity) return String(Math.ceil(retryWindowMs / 1000));
  throw invalid('retryWindowMs', `can't be ${retryWindowMs}`, 'Give milliseconds, 0 or more.');
}
