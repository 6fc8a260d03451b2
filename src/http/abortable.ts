import { reasonOf } from '../runtime/abortReason.ts';

/** Rejects with the signal's reason as soon as it is aborted, and tells the work, which may take no notice. */
export async function abortable<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  tell?: (reason: unknown) => Promise<unknown>,
): Promise<T> {
  if (!signal) return work;
  let listener = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    listener = () => {
      const reason = reasonOf(signal);
      reject(reason);
      tell?.(reason).catch(ignore);
    };
  });
  signal.addEventListener('abort', listener);
  if (signal.aborted) listener();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', listener);
  }
}

/** For promises whose failure says nothing new: a cancelled stream that was broken anyway. */
export function ignore(): void {}
