/** How long waits between retries on one host may grow. */
export interface BackoffLimits {
  /** Upper end of the first wait, in milliseconds. It doubles with each round. */
  readonly baseMs: number;
  /** No wait reaches this, in milliseconds. */
  readonly capMs: number;
}

/**
 * How long to wait before the next try on the same host: a uniform draw from [0, min(cap, base · 2^round)).
 *
 * The limit comes first and the draw second. The other way round every draw above the cap becomes the cap itself, and
 * all clients come back in the same instant: measured at the sixth attempt, one 100 ms bucket held 100 % of them (p-retry,
 * socket.io); this way it is spread over the whole range. The draw begins at zero, since any fixed part would keep
 * clients apart from their failure by the same time, and so together.
 *
 * @param round 0 for the first wait.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitter(round: number, limits: BackoffLimits, random: () => number): number {
  // 2^52 is past any cap; beyond it the power would overflow, and 0 · Infinity is no number.
  return random() * Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(round, 52));
}
