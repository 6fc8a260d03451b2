import { NAVIGATION_DEFAULTS } from './defaults.ts';
import type { Env } from './health.ts';

const { moves: MOVES, guardLeastMs, goodLooks: GOOD_LOOKS, lookPeriodMs, maxAgeMs } = NAVIGATION_DEFAULTS;

/** How many moves are remembered; the oldest go. */
const MOVES_KEPT = 64;

/** A page that was sent to another host. */
export interface Move {
  /** Fingerprint of path and query: an address may hold what is nobody's business. */
  readonly page: number;
  readonly to: string;
  readonly atMs: number;
}

/** A host that is wanted more than the one that serves meanwhile, and how far it is proven again. */
export interface Absence {
  readonly origin: string;
  /** The host that serves meanwhile. */
  readonly by: string;
  readonly sinceMs: number;
  /** When it was looked at last; at first, when it was left. */
  readonly lookedAtMs: number;
  /** In a row. */
  readonly goodLooks: number;
  /** Until when it is held back, now that it is proven. Null: it is not proven. */
  readonly backAtMs: number | null;
}

/** What a site's worker remembers of its own decisions: plain data, stored. Moments are wall time. */
export interface NavigationState {
  readonly moves: readonly Move[];
  readonly absences: readonly Absence[];
}

const NOTHING: NavigationState = { moves: [], absences: [] };

/** Reads what was stored. What is unreadable counts for nothing, and so does what is old or from the future. */
export function readNavigation(text: unknown, nowMs: number): NavigationState {
  try {
    const { moves, absences } = JSON.parse(String(text)) as NavigationState;
    return {
      moves: moves.filter(({ atMs }) => isRecent(atMs, nowMs)),
      absences: absences.filter(({ sinceMs, lookedAtMs }) => sinceMs <= nowMs && lookedAtMs <= nowMs),
    };
  } catch {
    return NOTHING;
  }
}

const isRecent = (atMs: number, nowMs: number): boolean => atMs <= nowMs && nowMs - atMs <= maxAgeMs;

/**
 * False where a page was moved so often of late that one more move would be part of a loop.
 *
 * @param page Path and query.
 */
export function mayMove({ moves }: NavigationState, page: string, dwellMs: number, nowMs: number): boolean {
  const mark = fingerprint(page);
  const withinMs = Math.max(dwellMs, guardLeastMs);
  return moves.filter((move) => move.page === mark && nowMs - move.atMs < withinMs).length < MOVES;
}

/** The page was sent to another host. */
export function afterMove(state: NavigationState, page: string, to: string, nowMs: number): NavigationState {
  const recent = state.moves.filter(({ atMs }) => isRecent(atMs, nowMs)).slice(1 - MOVES_KEPT);
  return { ...state, moves: [...recent, { page: fingerprint(page), to, atMs: nowMs }] };
}

export const absenceOf = ({ absences }: NavigationState, origin: string): Absence | undefined =>
  absences.find((absence) => absence.origin === origin);

/** Another host serves instead of this one. Where that was so before, only the one that serves is noted. */
export function beginAbsence(state: NavigationState, origin: string, by: string, nowMs: number): NavigationState {
  const known = absenceOf(state, origin);
  if (known !== undefined && isKnown(known, nowMs)) {
    return known.by === by ? state : withAbsence(state, { ...known, by });
  }
  return withAbsence(state, { origin, by, sinceMs: nowMs, lookedAtMs: nowMs, goodLooks: 0, backAtMs: null });
}

/** The host serves again. */
export const endAbsence = (state: NavigationState, origin: string): NavigationState =>
  absenceOf(state, origin) === undefined
    ? state
    : { ...state, absences: state.absences.filter((absence) => absence.origin !== origin) };

/** False for an absence that nobody has looked after for so long that it says nothing any more. */
export const isKnown = ({ lookedAtMs }: Absence, nowMs: number): boolean => isRecent(lookedAtMs, nowMs);

/** True where it is time to look whether the host is back. One that is proven is looked at again when it is gone back to. */
export const isLookDue = ({ lookedAtMs, backAtMs }: Absence, nowMs: number): boolean =>
  backAtMs === null && nowMs - lookedAtMs >= lookPeriodMs;

/** The host was looked at. Good looks in a row prove it; then it is held back for a draw from [0, holdMs). */
export function afterLook(
  state: NavigationState,
  origin: string,
  isGood: boolean,
  holdMs: number,
  { nowMs, random }: Env,
): NavigationState {
  const absence = absenceOf(state, origin);
  if (absence === undefined) return state;
  const looked = { ...absence, lookedAtMs: nowMs };
  if (!isGood) return withAbsence(state, { ...looked, goodLooks: 0, backAtMs: null });
  const goodLooks = absence.goodLooks + 1;
  const isProven = goodLooks >= GOOD_LOOKS;
  const backAtMs = absence.backAtMs ?? (isProven ? nowMs + random() * holdMs : null);
  return withAbsence(state, { ...looked, goodLooks, backAtMs });
}

/**
 * True where a host may serve again: it is proven, its hold is over, and so is the dwell. That doubles with each return to the host
 * of late: a host that answers its probes well and fails its pages would make a page swing.
 */
export function isBack(state: NavigationState, absence: Absence, dwellMs: number, nowMs: number): boolean {
  const { origin, sinceMs, backAtMs } = absence;
  const returns = state.moves.filter(({ to, atMs }) => to === origin && isRecent(atMs, nowMs)).length;
  return backAtMs !== null && backAtMs <= nowMs && nowMs - sinceMs >= dwellMs * 2 ** Math.min(returns, 10);
}

const withAbsence = (state: NavigationState, absence: Absence): NavigationState => ({
  ...state,
  absences: [...state.absences.filter(({ origin }) => origin !== absence.origin), absence],
});

/** Pages with the same one are counted as one, which does no harm. */
function fingerprint(page: string): number {
  let mark = 0;
  for (let at = 0; at < page.length; at++) mark = (Math.imul(mark, 31) + page.charCodeAt(at)) | 0;
  return mark;
}
