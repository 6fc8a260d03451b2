import { isGatewayFault } from '../../policy/outcome.ts';
import { fetchAgain } from '../navigation/again.ts';
import { askOther, isOfAnswer, wrap } from '../navigation/otherHost.ts';
import { isIntact } from './integrity.ts';
import type { AssetHealth } from './memory.ts';

/** What a page asks for, and who has it. */
export interface Errand {
  readonly request: Request;
  /** Origins that serve the same, the requested one among them. */
  readonly group: readonly string[];
  /** The one whose answer the page may have as it is; null where it could not see the status: another site's image without CORS. */
  readonly own: string | null;
  /** Origins that gave no answer, or one that says that nobody is there. */
  readonly down: Set<string>;
  readonly health: AssetHealth;
}

/**
 * Asks one origin for a file. What the requested origin gives is passed on as it is. What another gives is wrapped, since only then
 * the browser takes it for the page's own: as a script, a module or a worker, with integrity, and under a policy of `'self'`.
 *
 * Rejects with the answer where a server has said something, but not this file: better than nothing, if nobody has more.
 */
export async function askOrigin(errand: Errand, origin: string, signal: AbortSignal): Promise<Response> {
  const { request, own, down, health } = errand;
  const isOwn = origin === own;
  const response = await (isOwn ? fetchOwn(request, signal) : fetchOther(origin, errand, signal)).catch((error) => {
    down.add(origin);
    throw error;
  });
  const { status } = response;
  if (isGatewayFault(status)) down.add(origin);
  else down.delete(origin);
  const isGood = isOwn ? status < 500 && status !== 429 && status !== 421 : response.ok && hasItsRange(response);
  if (!isGood || !(await keepsPromise(response, request.integrity))) throw response;
  health.served(origin);
  return response;
}

/** The page's own request. Its integrity is checked afterwards: `fetch` would be silent until the last byte, as if the host were. */
const fetchOwn = (request: Request, signal: AbortSignal): Promise<Response> =>
  fetchAgain(request, { signal, integrity: '' });

/** The same file from another origin, as nobody's: no cookies, and no header that may tell who asks. */
async function fetchOther(origin: string, { request, group }: Errand, signal: AbortSignal): Promise<Response> {
  const headers = new Headers();
  for (const name of ['accept', 'range']) {
    const value = request.headers.get(name);
    // A long one would have to be asked for first (Fetch, "CORS-safelisted request-header").
    if (value && value.length < 128) headers.set(name, value);
  }
  return wrap(await askOther(request, origin, group, { headers, signal }), isOfAnswer);
}

/** A part of a file is of no use to a player that may not read which one it is. */
const hasItsRange = ({ status, headers }: Response): boolean => status !== 206 || headers.has('content-range');

const keepsPromise = async (answer: Response, integrity: string): Promise<boolean> =>
  !integrity || isIntact(await answer.clone().arrayBuffer(), integrity);
