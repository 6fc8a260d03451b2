import { block } from './page.ts';

/** How often a page may lead away within the guarded time. */
const MOST = 2;

const KEY = 'switchover:left';

/**
 * True where this tab was led away from here so often, within a short time, that it is going in circles: a host is healthy when it is asked,
 * and not when it is gone to. Without storage nobody knows; then it is as if the page had just come back for the last time.
 */
export function isCircling(): boolean {
  const known = departures();
  return known === null ? performance.now() < block.guardMs : known.length >= MOST;
}

/** Keeps in mind that the page is left. */
export function noteDeparture(): void {
  try {
    sessionStorage[KEY] = JSON.stringify([...(departures() ?? []), Date.now()]);
  } catch {
    // Refused, or full. The worker keeps a count of its own.
  }
}

/** When that was, in milliseconds since 1970; null where it can't be known. */
function departures(): readonly number[] | null {
  try {
    const times: number[] = JSON.parse(sessionStorage[KEY] ?? '[]');
    return times.filter((time) => Math.abs(Date.now() - time) < block.guardMs);
  } catch {
    return null;
  }
}
