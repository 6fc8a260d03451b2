import { NAVIGATION_DEFAULTS } from './defaults.ts';

/** How many are remembered; the oldest go. */
const MOVES_KEPT = 64;

/** A page that came from elsewhere than from the worker's own host, or not at all. */
export interface Move {
  /** Fingerprint of path and query: an address may hold what is nobody's business. */
  readonly page: number;
  /** The host that had it instead; empty where the offline page stood for it. */
  readonly to: string;
  /** Wall time, in milliseconds. */
  readonly atMs: number;
}

/** What a worker remembers of its own decisions: plain data, stored. */
export type Moves = readonly Move[];

/** Reads what was stored. What is unreadable, old or from the future counts for nothing. */
export function readMoves(text: unknown, nowMs: number): Moves {
  try {
    return (JSON.parse(text as string) as Moves).filter(
      ({ atMs }) => atMs <= nowMs && nowMs - atMs <= NAVIGATION_DEFAULTS.maxAgeMs,
    );
  } catch {
    return [];
  }
}

/**
 * False where a page was moved so often of late that one more move would be part of a loop.
 *
 * @param page Path and query.
 */
export function mayMove(moves: Moves, page: string, dwellMs: number, nowMs: number): boolean {
  const mark = fingerprint(page);
  const withinMs = Math.max(dwellMs, NAVIGATION_DEFAULTS.guardLeastMs);
  return moves.filter((move) => move.page === mark && nowMs - move.atMs < withinMs).length < NAVIGATION_DEFAULTS.moves;
}

/** True where no host has taken over within the dwell. */
export const isSettled = (moves: Moves, dwellMs: number, nowMs: number): boolean =>
  !moves.some(({ to, atMs }) => to !== '' && nowMs - atMs < dwellMs);

/** The page went to another host. */
export const afterMove = (moves: Moves, page: string, to: string, atMs: number): Moves => [
  ...moves.slice(1 - MOVES_KEPT),
  { page: fingerprint(page), to, atMs },
];

/** Pages with the same one are counted as one, which does no harm. */
function fingerprint(page: string): number {
  let mark = 0;
  for (const letter of page) mark = (Math.imul(mark, 31) + letter.charCodeAt(0)) | 0;
  return mark;
}
