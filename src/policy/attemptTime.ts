import type { HostRecord } from './health.ts';
import type { TimeoutPolicy } from './policyOptions.ts';

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
