import { SIGN_OF_LIFE } from './defaults.ts';
import type { HostRecord } from './health.ts';
import type { TimeoutPolicy } from './policyOptions.ts';
import type { PoolRule } from './poolRule.ts';

/** How long an attempt at a host may take to begin its answer, in milliseconds: less on one that timed out a short while ago. */
export function attemptTimeMs(
  host: HostRecord | undefined,
  { attemptMs, waryAttemptMs, waryForMs }: TimeoutPolicy,
  deadlineMs: number,
  nowMs: number,
): number {
  const timedOutAtMs = host?.timedOutAtMs ?? -Infinity;
  return Math.max(0, Math.min(nowMs - timedOutAtMs < waryForMs ? waryAttemptMs : attemptMs, deadlineMs - nowMs));
}

/** What becomes of an attempt whose time is over. */
export interface Grace {
  /** How much longer it may take, in milliseconds; 0 ends it. */
  readonly moreMs: number;
  /** The host that is to be asked meanwhile whether it is alive; null for none. */
  readonly ask: string | null;
}

/**
 * An attempt is given up only for another host that may take its request, and of which something has been heard, where a rule looks to
 * that. Else it goes on: the host that it is with may still be the first to answer.
 *
 * @param rival The host that could take the request.
 * @param hosts How many there are in all.
 */
export function graceOf(
  rival: HostRecord | undefined,
  vouches: PoolRule['vouches'],
  hosts: number,
  deadlineMs: number,
  nowMs: number,
): Grace {
  if (rival !== undefined && vouches?.(rival, nowMs) !== false) return { moreMs: 0, ask: null };
  const restMs = deadlineMs - nowMs;
  const isLone = vouches === undefined || hosts < 2;
  return {
    moreMs: isLone ? restMs : Math.min(SIGN_OF_LIFE.lookAgainMs, restMs),
    ask: restMs > 0 ? (rival?.origin ?? null) : null,
  };
}
