import type { AttemptEnd, Outcome } from '../outcome.ts';

/**
 * What an answer means by what its server says of itself; null where that changes nothing.
 *
 * @param stale True when the answer's epoch is below one already seen: it comes from a host that lost its role.
 */
export function hintedOutcome(
  { status, hints }: Extract<AttemptEnd, { kind: 'response' }>,
  stale: boolean,
): Outcome | null {
  if (stale) return { kind: 'not-active', cause: 'stale epoch', processed: 'maybe' };
  const { role } = hints;
  if ((status === 503 || status === 421) && role === 'standby') {
    return { kind: 'not-active', cause: role, processed: 'no' };
  }
  // It may have begun the work before it began to shut down.
  return status === 503 && role === 'draining' ? { kind: 'not-active', cause: role, processed: 'maybe' } : null;
}
