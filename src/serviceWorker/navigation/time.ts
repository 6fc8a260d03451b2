export const wait = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

/** Waits for `work`, but no longer than `limitMs`: then undefined. */
export function inTime<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    // A longer delay overflows, and fires at once.
    const timer = setTimeout(resolve, Math.min(limitMs, 2 ** 31 - 1));
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
