import { isGatewayFault } from '../../policy/outcome.ts';
import { type ListedFile, listedFile } from '../../site/mirrors.ts';
import { isIntact } from './integrity.ts';

/** What a page asks for, and who has it. */
export interface Errand {
  readonly request: Request;
  readonly file: ListedFile;
  /** The page would not see the status of the requested origin's answer: another site's image, style or script without CORS. */
  readonly isBlind: boolean;
  /** Origins that gave no answer, or one that says that nobody is there. */
  readonly down: Set<string>;
}

/**
 * Asks one origin for a file. What the requested origin gives is passed on as it is. What another gives is wrapped, since only then
 * the browser takes it for the page's own: as a script, a module or a worker, with integrity, and under a policy of `'self'`.
 *
 * Rejects with the answer where a server has said something, but not this file: better than nothing, if nobody has more.
 */
export async function askOrigin(errand: Errand, origin: string, signal: AbortSignal): Promise<Response> {
  const { request, file, down } = errand;
  const isOwn = origin === file.origin && !errand.isBlind;
  const response = await (isOwn ? fetchOwn(request, signal) : fetchOther(origin + file.path, request, signal)).catch(
    (error) => {
      down.add(origin);
      throw error;
    },
  );
  const { status } = response;
  if (isGatewayFault(status)) down.add(origin);
  else down.delete(origin);
  // Wrapped, it would be the page's own, wherever a redirect has led.
  if (!isOwn && listedFile(response.url, [file.group]) === null) throw new TypeError(response.url);
  const answer = isOwn ? response : wrap(response);
  const isGood = isOwn ? status < 500 && status !== 429 && status !== 421 : response.ok && hasItsRange(response);
  if (!isGood || !(await keepsPromise(answer, request.integrity))) throw answer;
  return answer;
}

/** The page's own request. Its integrity is checked afterwards: `fetch` would be silent until the last byte, as if the host were. */
function fetchOwn(request: Request, signal: AbortSignal): Promise<Response> {
  const { referrer, referrerPolicy } = request;
  // A request that is changed in any way loses whence it came.
  return fetch(request, { signal, integrity: '', referrer, referrerPolicy });
}

/** The same file from another origin, as nobody's: no cookies, and no header but those that go without a preflight. */
function fetchOther(url: string, { headers, cache, referrerPolicy }: Request, signal: AbortSignal): Promise<Response> {
  const kept = ['accept', 'range'].flatMap((name): [string, string][] => {
    const value = headers.get(name);
    // Longer ones are asked about first (Fetch, "CORS-safelisted request-header").
    return value && value.length < 128 ? [[name, value]] : [];
  });
  return fetch(url, { mode: 'cors', credentials: 'omit', headers: kept, cache, referrerPolicy, signal });
}

function wrap({ body, status, statusText, headers: given }: Response): Response {
  const headers = new Headers(given);
  // The body has been decoded.
  headers.delete('content-encoding');
  headers.delete('content-length');
  return new Response(body, { status, statusText, headers });
}

/** A part of a file is of no use to a player that may not read which one it is. */
const hasItsRange = ({ status, headers }: Response): boolean => status !== 206 || headers.has('content-range');

async function keepsPromise(answer: Response, integrity: string): Promise<boolean> {
  return !integrity || answer.type === 'opaque' || isIntact(await answer.clone().arrayBuffer(), integrity);
}
