import type { SiteHost } from '../../site/config.ts';
import { addressOn, pageOf } from '../navigation/address.ts';
import { askOther, isOfAnswer, wrap } from '../navigation/otherHost.ts';

/**
 * Of a document's headers, those that go to the browser, if the backup lets them be read: what the document is, how it is kept, and what
 * it may do.
 */
const DOCUMENT_HEADERS =
  /^(content-(?!enc|len)|cache-c|expires|last-m|vary|link|(referrer|permissions|cross-origin)-|x-|switchover-)/;

/** What a browser adds by itself. Sent on, each would have to be asked for first (a preflight). Others it leaves out by itself. */
const BROWSERS_OWN = /^(accept|cache-control|pragma|user-agent|save-data|purpose|upgrade-.*)$/;

/**
 * Has a backup answer what was asked of the worker's own host, as {@link askOther} does. Where redirects ended is the new address of a
 * document, on the own host.
 */
export async function forward(
  request: Request,
  to: string,
  { hosts }: { readonly hosts: readonly Pick<SiteHost, 'origin'>[] },
  signal: AbortSignal = request.signal,
): Promise<Response> {
  const { method, mode, url } = request;
  const isDocument = mode === 'navigate';
  const origins = hosts.map(({ origin }) => origin);
  const response = await askOther(request, to, origins, {
    method,
    headers: headersFor(request, isDocument),
    // Browsers send streams over HTTP/2 alone, if at all.
    body: method === 'GET' || method === 'HEAD' ? null : await request.blob(),
    signal,
  });
  if (isDocument && response.redirected && pageOf(response.url) !== pageOf(url)) {
    void response.body?.cancel();
    return Response.redirect(addressOn(new URL(url).origin, response.url), 302);
  }
  return wrap(response, isDocument ? (name) => DOCUMENT_HEADERS.test(name) : isOfAnswer);
}

function headersFor(request: Request, isDocument: boolean): Headers {
  const accept = request.headers.get('accept') ?? '*/*';
  // A long one is asked for first (Fetch, "CORS-safelisted request-header"), and a browser's is long for documents.
  const headers = new Headers({ accept: isDocument ? 'text/html,*/*;q=0.8' : accept.length < 128 ? accept : '*/*' });
  if (!isDocument) for (const [name, value] of request.headers) if (!BROWSERS_OWN.test(name)) headers.set(name, value);
  return headers;
}
