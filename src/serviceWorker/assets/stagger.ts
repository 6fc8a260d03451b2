import { askOrigin, type Errand } from './ask.ts';

/** How long an origin may stay silent before the next is asked beside it, in milliseconds. */
type LimitOf = (origin: string) => number;

/**
 * Asks origins until one answers well: the next one when all before have failed, or when the last has been silent for too long. A
 * silent one is not given up before another has answered: it may be slow, and the others dead. Then it is aborted, which frees its
 * connection: a browser has six for each HTTP/1.1 host, and requests that only lost a race would hold them until the host is back.
 *
 * Rejects with an array of all failures when nobody is left to be asked.
 *
 * @param origins In the order in which they are asked.
 */
export function stagger(errand: Errand, origins: readonly string[], limitOf: LimitOf): Promise<Response> {
  const left = [...origins];
  const attempts: AbortController[] = [];
  const failures: unknown[] = [];
  const endAllBut = (winner: AbortController | null): void => {
    left.length = 0;
    for (const attempt of attempts) if (attempt !== winner) attempt.abort();
  };
  return new Promise((resolve, reject) => {
    const askNext = (): void => {
      const origin = left.shift();
      if (origin === undefined && failures.length === attempts.length) reject(failures);
      if (origin === undefined) return;
      const attempt = new AbortController();
      attempts.push(attempt);
      let isSilent = false;
      const timer = setTimeout(() => {
        isSilent = true;
        errand.down.add(origin);
        askNext();
      }, limitOf(origin));
      askOrigin(errand, origin, attempt.signal)
        .then(
          (response) => {
            // Also those that have failed: nobody reads their answers' bodies.
            endAllBut(attempt);
            resolve(response);
          },
          (error) => {
            failures.push(error);
            // Else whoever was asked beside it is still at it.
            if (!isSilent || failures.length === attempts.length) askNext();
          },
        )
        .finally(() => clearTimeout(timer));
    };
    errand.request.signal.addEventListener('abort', () => endAllBut(null));
    askNext();
  });
}
