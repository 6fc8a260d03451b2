import { headersOf, type StreamAttempt, type StreamSettings } from './options.ts';

/** Headers that may follow a redirect: `fetch` itself keeps `Authorization` from leaving the origin. */
const MAY_BE_REDIRECTED = /^(accept|accept-language|authorization)$/;

/** What a stream is asked for with. Rejects where the app's function for headers fails. */
export async function requestInit(
  given: StreamSettings['headers'],
  attempt: StreamAttempt,
  lastEventId: string,
  withCredentials: boolean,
): Promise<RequestInit> {
  const headers = headersOf(typeof given === 'function' ? await given(attempt) : given);
  const redirect = [...headers.keys()].every((name) => MAY_BE_REDIRECTED.test(name)) ? 'follow' : 'manual';
  headers.set('accept', 'text/event-stream');
  if (lastEventId !== '') headers.set('last-event-id', asBytes(lastEventId));
  // As a header, `Cache-Control` would cost a browser a preflight.
  return { headers, redirect, cache: 'no-store', credentials: withCredentials ? 'include' : 'same-origin' };
}

/** The standard sends an ID as UTF-8, and `Headers` takes bytes, each as one character. */
function asBytes(text: string): string {
  return encodeURIComponent(text).replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
