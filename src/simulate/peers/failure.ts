import type { AttemptEnd } from '../../policy/outcome.ts';
import type { PeerPolicy } from './peerPolicy.ts';

/** How an attempt failed, as far as any of the policies looks. */
export interface Failure {
  readonly kind: 'unreachable' | 'timeout' | 'status';
  readonly status: number | null;
  /** What the server asks for, in milliseconds; null where it asks for nothing. */
  readonly retryAfterMs: number | null;
  /** True where the server asks to slow down. */
  readonly throttled: boolean;
}

/** The failure that an attempt ended in; null for one that did not fail. */
export function failureOf(end: AttemptEnd): Failure | null {
  if (end.kind === 'failure') {
    const kind = end.fault === 'timeout' ? 'timeout' : 'unreachable';
    return { kind, status: null, retryAfterMs: null, throttled: false };
  }
  const { status, retryAfterMs } = end;
  if (status < 500 && status !== 429) return null;
  return { kind: 'status', status, retryAfterMs, throttled: status === 429 || retryAfterMs !== null };
}

/** True for a failure that a policy sends again after, attempts and budget aside. */
export function isRetried({ retries }: PeerPolicy, { kind, status }: Failure, method: string): boolean {
  if (retries.methods !== 'all' && !retries.methods.includes(method)) return false;
  if (kind === 'timeout') return retries.timeouts;
  if (kind === 'unreachable') return retries.unreachable;
  return retries.statuses === 'all' || retries.statuses.includes(status ?? 0);
}
