import type { PageEnd } from '../../policy/navigation.ts';
import type { FetchEvent } from '../events.ts';
import { inTime } from './time.ts';

/** A request to the own host, on its way. */
export interface Asked {
  readonly response: Promise<Response>;
  /**
   * Gives the request up. One that is not, holds a connection: a browser has six for each HTTP/1.1 host.
   *
   * @returns What there is instead: an app's own worker may have the page in a cache.
   */
  abort(): Promise<Response | undefined>;
  /** What the server itself has said, where others may have answered in its stead. Null: nothing. Default: the response. */
  end?(): PageEnd | null;
}

/** Asks the server for a page: by what the browser sent while the worker started, else by a request of one's own. */
export function askOwn({ request, preloadResponse }: FetchEvent): Asked {
  const control = new AbortController();
  const { referrer, referrerPolicy } = request;
  const ask = async (): Promise<Response> =>
    // A request that is changed in any way loses whence it came.
    (await preloadResponse) ?? fetch(request, { signal: control.signal, referrer, referrerPolicy });
  const abort = (): Promise<undefined> => {
    control.abort();
    return Promise.resolve(undefined);
  };
  return { response: ask(), abort };
}

/** How long the own host may take. */
export interface Patience {
  readonly firstMs: number;
  /** What it gets beyond that if it says that it is well: it is slow then, not gone. */
  readonly moreMs: number;
  /** Whether it says so. */
  readonly isWell: Promise<boolean>;
}

/** Waits for an answer; undefined where it takes too long. Rejects as the answer does. */
export async function patiently(
  response: Promise<Response>,
  { firstMs, moreMs, isWell }: Patience,
): Promise<Response | undefined> {
  const answer = await inTime(response, firstMs);
  if (answer !== undefined || moreMs <= 0) return answer;
  return (await Promise.race([response, isWell])) === false ? undefined : inTime(response, moreMs);
}

/** @param answer Null: none came; undefined: it took too long. */
export function endOf(answer: Response | null | undefined): PageEnd {
  if (!answer) return { kind: 'failure', fault: answer === null ? 'network' : 'timeout' };
  const { status, headers } = answer;
  return { kind: 'response', status, role: headers.get('switchover-role'), retryAfter: headers.get('retry-after') };
}
