import type { PageEnd } from '../../policy/navigation.ts';
import { mayMove } from '../../policy/navigationMoves.ts';
import { hostIn, isReady } from '../../policy/rememberedHealth.ts';
import type { FetchEvent } from '../events.ts';
import { pageOf } from './address.ts';
import { fetchAgain } from './again.ts';
import { isHealthy } from './probe.ts';
import { inTime, NO_LIMIT_MS } from './time.ts';
import type { WorkerSite } from './workerSite.ts';

/** A request to the own host, on its way. */
export interface Asked {
  readonly response: Promise<Response>;
  /**
   * Gives the request up. One that is not, holds a connection: a browser has six for each HTTP/1.1 host.
   *
   * @returns What there is instead: an app's own worker may have the page in a cache.
   */
  abort(): Promise<Response | undefined>;
  /**
   * What the server itself has said, where others may have answered in its stead. Null: nothing.
   *
   * @param answer As {@link endOf} takes it.
   */
  end(answer?: Response | null): PageEnd | null;
}

/**
 * Asks the server for a page.
 *
 * @param preloadResponse What the browser has asked while the worker started. Default: the worker asks.
 */
export function askOwn(request: Request, preloadResponse?: FetchEvent['preloadResponse']): Asked {
  const control = new AbortController();
  const ask = async (): Promise<Response> => (await preloadResponse) ?? fetchAgain(request, { signal: control.signal });
  return { response: ask(), abort: async () => void control.abort(), end: endOf };
}

/**
 * Waits for the own host's answer: undefined where it takes too long, null where none comes. A host that failed a short while ago gets
 * less time, but the whole if it says that it is well: it is slow then, not gone.
 */
export async function inPatience(
  { config, known, own }: WorkerSite,
  { request }: FetchEvent,
  response: Promise<Response>,
): Promise<Response | undefined | null> {
  const { navigationMs, waryNavigationMs, dwellMs } = config;
  const wary = !isReady(hostIn(known.health, own.origin));
  const circles = !mayMove(known.moves, pageOf(request.url), dwellMs, Date.now());
  const firstMs = wary ? waryNavigationMs : navigationMs;
  const isWell = (wary || circles) && isHealthy(own, config);
  try {
    const answer = await inTime(response, firstMs);
    if (answer || !(await Promise.race([response, isWell]))) return answer;
    // Whoever comes back to a slow server again and again gets to it in the end.
    return await inTime(response, circles ? NO_LIMIT_MS : navigationMs - firstMs);
  } catch {
    return null;
  }
}

/** @param answer Null: none came; undefined: it took too long. */
export function endOf(answer?: Response | null): PageEnd {
  if (!answer) return { status: 0, role: null, cause: answer === null ? 'network' : 'timeout' };
  const { headers, type } = answer;
  // A redirect is the browser's to follow: to us it has no status.
  const status = type === 'opaqueredirect' ? 302 : answer.status;
  return { status, role: headers.get('switchover-role'), cause: `http ${status}` };
}
