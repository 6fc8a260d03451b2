/** The shortest window that clients are told to spread their reconnects over. */
const LEAST_WINDOW_MS = 1_000;
/** The longest: clients take a longer one for this. */
const MOST_WINDOW_MS = 3_600_000;
/** The window is told in steps of this, so that it does not change with each client. */
const WINDOW_STEP_MS = 100;
/**
 * How much longer it is than those who are here would need at the rate. Those who come as fast as they are let in leave no room for anybody
 * else, nor for those whom chance has brought together: the queue that those make would only end when all have come.
 */
const ROOM = { of: 11, to: 10 };
/** How many windows a session lives at least. */
const WINDOWS_OF_A_LIFE = 3;
/** What a drain may take where nothing is said, for a server with few sessions. */
const LEAST_DRAIN_MS = 10_000;

/**
 * Over how long the clients of a server should spread their return when it is gone, in milliseconds: a tenth longer than the server which
 * takes them needs to let them in. Any less, and they come faster than they are let in; so it is the sessions' lives that have to be long
 * enough for it ({@link sessionLifeMs}), and not the other way round.
 */
export function retryWindowMs(sessions: number, ratePerSecond: number): number {
  const allMs = (ROOM.of * sessions * 1000) / (ROOM.to * ratePerSecond);
  const steps = Math.ceil(allMs / WINDOW_STEP_MS) * WINDOW_STEP_MS;
  return Math.max(LEAST_WINDOW_MS, Math.min(MOST_WINDOW_MS, steps));
}

/**
 * How long a session outlives its connection, in milliseconds: no client that waits for its turn in the window may find its session gone.
 * Its life was begun anew within the last quarter of it, and as many more clients may have come since as are let in within that time; so
 * it takes two windows, and a third for those who find out late or are turned away once.
 */
export const sessionLifeMs = (ttlMs: number, windowMs: number): number =>
  // The shortest window is told by servers that have hardly anybody.
  windowMs <= LEAST_WINDOW_MS ? ttlMs : Math.max(ttlMs, WINDOWS_OF_A_LIFE * windowMs);

/** The window of one who is turned away: as long as the queue, but not so long that its session, of which little is known, could end. */
export const busyWindowMs = (waitMs: number, ttlMs: number): number =>
  Math.max(LEAST_WINDOW_MS, Math.min(waitMs, Math.floor(ttlMs / 2)));

/** How a server is drained, as far as it was said. */
export interface DrainWish {
  readonly deadlineMs?: number;
  readonly jitterMs?: number;
}

/** In a drain, too, clients arrive elsewhere no faster than they are let in: they leave over the window, and have twice that. */
export function drainTimes({ deadlineMs, jitterMs }: DrainWish, windowMs: number): Required<DrainWish> {
  const wholeMs = deadlineMs ?? Math.max(LEAST_DRAIN_MS, 2 * (jitterMs ?? windowMs));
  return { deadlineMs: wholeMs, jitterMs: jitterMs ?? Math.min(windowMs, Math.floor(wholeMs / 2)) };
}
