import { NO_HINTS } from './hints.ts';
import type { AttemptEnd } from './outcome.ts';

/** What the end of a WebSocket means for the host, and for coming back. */
export type CloseMeaning =
  /** This side asked for it. */
  | 'done'
  /** The host, or the way to it, failed. */
  | 'outage'
  /** The host is well, but not to be used now: it restarts or is full. */
  | 'not-active'
  /** The host does not take these credentials. */
  | 'refused'
  /** The host ended it and did not say that anything is wrong. Also codes that an application has made its own. */
  | 'ended';

/**
 * Classifies a close code (RFC 6455, section 7.4, and the IANA registry).
 *
 * 1000 that nobody asked for is no reason to stay away: proxies end a link so when their server dies (phoenix#3161).
 *
 * @param asked True where this side has begun to close.
 */
export function closeMeaning(code: number, asked: boolean): CloseMeaning {
  if (asked) return 'done';
  if (code === 1012 || code === 1013) return 'not-active';
  if (code === 1008 || code === 4401) return 'refused';
  // Going away, no close frame, internal error, bad gateway, TLS.
  return [1001, 1006, 1011, 1014, 1015].includes(code) ? 'outage' : 'ended';
}

/**
 * The same as the end of an attempt, to be booked with the pool; null where it says nothing of the host.
 *
 * @param stood True for a link that had been up.
 */
export function closeEnd(code: number, stood: boolean): AttemptEnd | null {
  const meaning = closeMeaning(code, false);
  if (meaning === 'not-active') {
    return { kind: 'response', status: 503, retryAfterMs: AWAY_MS, hints: { ...NO_HINTS, role: 'draining' } };
  }
  if (meaning !== 'outage') return null;
  return code === 1011
    ? { kind: 'response', status: 500, retryAfterMs: null, hints: NO_HINTS }
    : { kind: 'failure', fault: stood ? 'reset' : 'network' };
}

/** For how long a host that is not active is passed over by a pool that does not know of such states, in milliseconds. */
const AWAY_MS = 10_000;

/**
 * Over how long a server wants its clients to spread their return, in milliseconds: `retry-window=<seconds>` in its
 * reason for closing. Null where it does not say.
 */
export function retryWindowMs(reason: string, capMs: number): number | null {
  const [, seconds] = /\bretry-window=(\d{1,9})\b/.exec(reason) ?? [];
  return seconds === undefined ? null : Math.min(capMs, Number(seconds) * 1000);
}
