import { SwitchoverError } from '../policy/error.ts';
import { replaces } from '../policy/rangeResume.ts';
import { abortWith, reasonOf, throwIfAborted } from './abortReason.ts';
import { type LateBody, type LateOptions, lateBodyOf, readThrough } from './lateBody.ts';

/** How often a body is asked for again. */
const MAX_TRIES = 3;

/**
 * Guards a response whose body comes in one piece: one that stalls or breaks off is blamed on its host, and, once it is read, asked for
 * again as a whole where the request may be sent twice. The same response.
 */
export function guardLate(response: Response, body: LateBody, options: LateOptions): Response {
  const first = watched(response, body, options, (error) => options.abort(error));
  const done = options.onDone ?? (() => {});
  first.then(done, done);
  let mended: Promise<Response> | undefined;
  return readThrough(response, () => {
    mended ??= first.catch((error: unknown) => mend(response, options, error));
    return mended;
  });
}

/** The whole of a body; rejects when it breaks, or when nothing of it comes for too long. Either is told, unless the caller has aborted. */
function watched(
  response: Response,
  body: LateBody,
  options: LateOptions,
  abort: (error: Error) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const stop = watchStalls(response, body, options, (error) => {
      options.onBroken('stalled', error, response);
      reject(error);
      abort(error);
    });
    const came = (whole: Response) => {
      if (stop()) options.onWhole?.();
      resolve(whole);
    };
    const broke = (error: unknown) => {
      if (stop() && options.signal?.aborted !== true) options.onBroken('broken-body', error, response);
      reject(error);
    };
    body.whole.then(came, broke);
  });
}

/** Calls `stalled` when nothing has come for too long; the returned function ends that, and is false where it had come to it. */
function watchStalls(
  { headers }: Response,
  body: LateBody,
  { clock, stallMs }: LateOptions,
  stalled: (error: Error) => void,
): () => boolean {
  let heardMs = clock.now();
  let over = false;
  let cancel: () => void = () => {};
  const limitMs = Number(stallMs);
  const check = () => {
    const silentMs = clock.now() - heardMs;
    if (silentMs < limitMs) arm(limitMs - silentMs);
    else if (silentMs > limitMs * 2) {
      // Far too late: the app was in the background, and what came meanwhile is read after this.
      heardMs = clock.now();
      arm(limitMs);
    } else {
      over = true;
      stalled(new Error(`No byte came for ${limitMs} ms.`));
    }
  };
  const arm = (delayMs: number) => {
    cancel = clock.setTimer(check, delayMs);
  };
  body.onProgress = () => {
    heardMs = clock.now();
  };
  if (limitMs > 0 && limitMs < Infinity && !/^text\/event-stream/i.test(headers.get('content-type') ?? ''))
    arm(limitMs);
  return () => {
    cancel();
    return !over;
  };
}

/** Asks for a body that broke, until it has come. */
async function mend(first: Response, options: LateOptions, failure: unknown): Promise<Response> {
  const { signal, refetch } = options;
  let error = failure;
  for (let tries = 0; refetch !== undefined && tries < MAX_TRIES; tries++) {
    if (signal?.aborted) throw reasonOf(signal);
    const controller = new AbortController();
    const abort = () => abortWith(controller, signal && reasonOf(signal));
    signal?.addEventListener('abort', abort);
    try {
      const answer = await refetch({ headers: {}, sameHost: false, signal: controller.signal });
      if (answer === null || !replaces(answer, first)) break;
      const body = lateBodyOf(answer);
      return body === undefined ? answer : await watched(answer, body, options, () => controller.abort());
    } catch (cause) {
      error = cause;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
  if (signal !== undefined) throwIfAborted(signal);
  throw broken(error, options);
}

function broken(cause: unknown, options: LateOptions): SwitchoverError {
  return new SwitchoverError('BODY_BROKEN', 'The response body did not come to its end.', {
    remedy: 'Send the request again.',
    cause,
    attempts: options.attempts?.() ?? [],
  });
}
