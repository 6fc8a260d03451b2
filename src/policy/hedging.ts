import type { RetryBudget } from './retryBudget.ts';

/** How long the last answers took. Plain data, but changed in place: it is written on every request. */
export interface Latencies {
  /** A ring of at most 100 values, in milliseconds. */
  readonly recentMs: number[];
  /** Where the next value goes. */
  next: number;
}

/** Between what the delay of a hedge is held, in milliseconds. */
export interface HedgeLimits {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}

const RING = 100;
const ENOUGH = 20;

/** Most hedges that a quiet time can save up. */
const BURST = 5;

/** No answers yet. */
export const openLatencies = (): Latencies => ({ recentMs: [], next: 0 });

/** Notes how long an answer took, in place; the oldest of 100 is forgotten. */
export function recordLatency(latencies: Latencies, tookMs: number): void {
  latencies.recentMs[latencies.next] = tookMs;
  latencies.next = (latencies.next + 1) % RING;
}

/**
 * How long to wait for an answer before the same request goes to a second host as well: what 19 of 20 answers beat, held
 * within the limits. The longest delay while fewer than 20 answers are known.
 *
 * @see Dean and Barroso, "The Tail at Scale" (2013)
 */
export function hedgeDelayMs(latencies: Latencies, limits: HedgeLimits): number {
  const sorted = [...latencies.recentMs].sort((a, b) => a - b);
  const p95 = sorted[Math.ceil((sorted.length * 95) / 100) - 1];
  if (p95 === undefined || sorted.length < ENOUGH) return limits.maxDelayMs;
  return Math.min(limits.maxDelayMs, Math.max(limits.minDelayMs, p95));
}

/**
 * The share of requests that may be hedged, as a budget that starts empty: pay it for each hedge, credit it for each
 * request. So hedges never exceed that share of all requests so far, nor, in any stretch, the share plus five.
 */
export function openHedgeShare(maxShare: number): RetryBudget {
  return { tokens: 0, capacity: BURST, refillPerSuccess: maxShare };
}

export { creditSuccess as creditRequest, payRetry as payHedge } from './retryBudget.ts';
