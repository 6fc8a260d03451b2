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

/**
 * Asks the server for a page.
 *
 * @param preloadResponse What the browser has asked while the worker started. Default: the worker asks.
 */
export function askOwn(request: Request, preloadResponse?: FetchEvent['preloadResponse']): Asked {
  const control = new AbortController();
  const { referrer, referrerPolicy } = request;
  const ask = async (): Promise<Response> =>
    // A request that is changed in any way loses whence it came.
    (await preloadResponse) ?? fetch(request, { signal: control.signal, referrer, referrerPolicy });
  return { response: ask(), abort: async () => void control.abort() };
}

/** How long the own host may take. */
export interface Patience {
  readonly firstMs: number;
  /** What it gets beyond that if it says that it is well: it is slow then, not gone. */
  readonly moreMs: number;
  /** Whether it says so. */
  readonly isWell: Promise<boolean>;
}

/** Waits for an answer: undefined where it takes too long, null where none comes. */
export async function patiently(
  response: Promise<Response>,
  { firstMs, moreMs, isWell }: Patience,
): Promise<Response | undefined | null> {
  try {
    const answer = await inTime(response, firstMs);
    if (answer || (await Promise.race([response, isWell])) === false) return answer;
    return await inTime(response, moreMs);
  } catch {
    return null;
  }
}

/** @param answer Null: none came; undefined: it took too long. */
export function endOf(answer: Response | null | undefined): PageEnd {
  if (!answer) return { status: 0, role: null, cause: answer === null ? 'network' : 'timeout' };
  const { headers, type } = answer;
  // A redirect is the browser's to follow: to us it has no status.
  const status = type === 'opaqueredirect' ? 302 : answer.status;
  return { status, role: headers.get('switchover-role'), cause: `http ${status}` };
}
