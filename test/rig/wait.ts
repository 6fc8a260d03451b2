const LONGEST_PAUSE_MS = 40;

/** Rejects with `message` unless `promise` settles within `limitMs`. Nothing in the rig waits without a bound. */
export async function within<Value>(promise: Promise<Value>, limitMs: number, message: () => string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${message()} (waited ${limitMs} ms)`)), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks `isTrue` again and again until it is, for `limitMs` at most. The longer it waits the less often it asks: the question may be one
 * to a browser, which has better things to do on a machine of few cores.
 */
export async function until(
  isTrue: () => boolean | Promise<boolean>,
  limitMs: number,
  message: () => string,
): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  for (let pauseMs = 5; !(await isTrue()); pauseMs = Math.min(pauseMs * 1.2, LONGEST_PAUSE_MS)) {
    if (performance.now() > deadlineMs) throw new Error(`${message()} (waited ${limitMs} ms)`);
    await sleep(pauseMs);
  }
}

export function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
