import type { SiteHost } from '../../site/config.ts';
import { addressOn, pageOf } from './address.ts';

/**
 * Of a document's headers, those that go to the browser, if the backup lets them be read: what the document is, how it is kept, and what
 * it may do.
 */
const DOCUMENT_HEADERS =
  /^(content-(?!enc|len)|cache-c|expires|last-m|vary|link|(referrer|permissions|cross-origin)-|x-|switchover-)/;

/** Of any other answer's headers, those that do not: they are about the connection, or would reach beyond the answer. */
const WITHHELD = /^(content-(enc|len)|clear-)/;

/** What a browser adds by itself. Sent on, each would have to be asked for first (a preflight). Others it leaves out by itself. */
const BROWSERS_OWN = /^(accept|cache-control|pragma|user-agent|save-data|purpose|upgrade-.*)$/;

/** Statuses whose answers have no body, not even an empty one. */
const BODILESS = [204, 205, 304];

/**
 * Has a host answer what was asked of the worker's own, without cookies: those are the own host's. What comes is wrapped, so that to
 * the page it is the own host's answer, and streams on as it comes.
 *
 * A host that redirects is followed. Where that ended is the new address of a document, on the own host. What comes from a host that is
 * not listed is refused: it would become the page's own.
 *
 * Rejects where no such answer comes.
 */
export async function forward(
  request: Request,
  to: string,
  { hosts }: { readonly hosts: readonly Pick<SiteHost, 'origin'>[] },
  signal?: AbortSignal,
): Promise<Response> {
  const { method, cache, url } = request;
  const isDocument = request.mode === 'navigate';
  const response = await fetch(addressOn(to, url), {
    method,
    headers: headersFor(request, isDocument),
    // Browsers send streams over HTTP/2 alone, if at all.
    body: method === 'GET' || method === 'HEAD' ? null : await request.blob(),
    mode: 'cors',
    credentials: 'omit',
    cache: cache === 'only-if-cached' ? 'force-cache' : cache,
    signal: signal ?? request.signal,
  });
  if (!hosts.some(({ origin }) => response.url.startsWith(`${origin}/`))) {
    void response.body?.cancel();
    throw new TypeError(`${to} redirects to a host that is not listed.`);
  }
  if (isDocument && response.redirected && pageOf(response.url) !== pageOf(url)) {
    void response.body?.cancel();
    return Response.redirect(addressOn(new URL(url).origin, response.url), 302);
  }
  return wrap(response, isDocument);
}

function headersFor(request: Request, isDocument: boolean): Headers {
  const accept = request.headers.get('accept') ?? '*/*';
  // A long one is asked for first (Fetch, "CORS-safelisted request-header"), and a browser's is long for documents.
  const headers = new Headers({ accept: isDocument ? 'text/html,*/*;q=0.8' : accept.length < 128 ? accept : '*/*' });
  if (!isDocument) for (const [name, value] of request.headers) if (!BROWSERS_OWN.test(name)) headers.set(name, value);
  return headers;
}

function wrap({ body, status, statusText, headers: given }: Response, isDocument: boolean): Response {
  const passes = (name: string) => (isDocument ? DOCUMENT_HEADERS.test(name) : !WITHHELD.test(name));
  const headers = [...given].filter(([name]) => passes(name));
  return new Response(BODILESS.includes(status) ? null : body, { status, statusText, headers });
}
