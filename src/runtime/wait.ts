import { reasonOf } from './abortReason.ts';
import type { Clock } from './ports.ts';

/** Resolves after `delayMs`, or, to true, as soon as `wakeUp` calls its argument; rejects at once when `signal` aborts. */
export function wait(
  clock: Clock,
  delayMs: number,
  signal: AbortSignal | null | undefined,
  wakeUp?: (wake: () => void) => () => void,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const end = (settle: () => void) => () => {
      cancelTimer();
      unsubscribe?.();
      signal?.removeEventListener('abort', aborted);
      settle();
    };
    const aborted = end(() => reject(reasonOf(signal as AbortSignal)));
    const cancelTimer = clock.setTimer(
      end(() => resolve(false)),
      delayMs,
    );
    const unsubscribe = wakeUp?.(end(() => resolve(true)));
    signal?.addEventListener('abort', aborted);
  });
}

/** Waits for `work`, but no longer than `limitMs`: then `undefined`. What comes later, even a rejection, is dropped. */
export function waitAtMost<T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.setTimer(() => resolve(undefined), limitMs);
    work.then(resolve, reject).finally(cancel);
  });
}
