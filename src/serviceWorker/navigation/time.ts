export const wait = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

/** About as long as a timer can run, in milliseconds: 23 days. A delay above 2³¹ overflows, and fires at once. */
export const NO_LIMIT_MS = 2_000_000_000;

/** Waits for `work`, but no longer than `limitMs`: then undefined. */
export function inTime<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
