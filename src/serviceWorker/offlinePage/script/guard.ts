/** How often a page may lead away within the guarded time. */
const MOST = 2;

const KEY = 'switchover:departures';

/**
 * True where this tab was led away from here so often, within the time given, that it is going in circles: a host is healthy when it is
 * asked, and not when it is gone to. Without storage nobody knows; then it is as if the page had just come back for the last time.
 */
export function isCircling(guardMs: number, storage: Storage | null = sessionStore()): boolean {
  if (storage === null) return performance.now() < guardMs;
  return departures(storage, guardMs).length >= MOST;
}

/** Keeps in mind that the page is left. */
export function noteDeparture(guardMs: number, storage: Storage | null = sessionStore()): void {
  try {
    storage?.setItem(KEY, JSON.stringify([...departures(storage, guardMs), Date.now()]));
  } catch {
    // Full. The worker keeps a count of its own.
  }
}

function departures(storage: Storage, guardMs: number): number[] {
  const now = Date.now();
  const times: number[] = JSON.parse(storage.getItem(KEY) ?? '[]');
  return times.filter((time) => time <= now && time > now - guardMs);
}

function sessionStore(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
