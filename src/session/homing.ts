/** The wait for another move home is drawn from this, doubled with each that failed, up to the cap. In milliseconds. */
const RETRY_MS = 500;
const RETRY_CAP_MS = 60_000;

/** What a client knows when it thinks of going back to the host that it prefers. */
export interface Homesickness {
  /** From which its pool draws how long a proven host is held back. */
  readonly holdMs: number;
  /** Over how long the server that it is at now wants its clients to spread. */
  readonly windowMs: number;
  /** Moves home that have come to nothing, in a row. */
  readonly failures: number;
  /** True where the pool has just waited for its hold. */
  readonly held: boolean;
}

/**
 * How long a session waits before it moves to the host that its pool prefers, in milliseconds. Nothing is interrupted by waiting, so its
 * fleet goes home no faster than over the hold, and no faster than over the window: the server that has all of them knows how many they
 * are. And however short both are, a host that takes connections and welcomes nobody is asked ever more rarely.
 */
export function homeWaitMs({ holdMs, windowMs, failures, held }: Homesickness, random: () => number): number {
  // A hold that is long enough has spread them already.
  if (held && windowMs <= holdMs) return 0;
  const leastMs = failures === 0 ? 0 : Math.min(RETRY_CAP_MS, RETRY_MS * 2 ** Math.min(failures, 30));
  return random() * Math.max(held ? 0 : holdMs, windowMs, leastMs);
}
