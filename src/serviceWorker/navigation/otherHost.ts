import { addressOn } from './address.ts';

/** Statuses whose answers have no body, not even an empty one. */
const BODILESS = [204, 205, 304];

/**
 * Has another origin answer what was asked of `request`'s, without cookies: those are that origin's own. One that redirects is followed;
 * what comes from an origin that is not listed is refused, since it would become the page's own.
 *
 * Rejects where no such answer comes.
 *
 * @param to The origin that is asked.
 * @param origins Those that may answer.
 */
export async function askOther(
  { url, cache }: Request,
  to: string,
  origins: readonly string[],
  init: RequestInit,
): Promise<Response> {
  const response = await fetch(addressOn(to, url), {
    ...init,
    credentials: 'omit',
    cache: cache === 'only-if-cached' ? 'force-cache' : cache,
  });
  if (origins.includes(new URL(response.url).origin)) return response;
  void response.body?.cancel();
  throw new TypeError(`${to} redirects`);
}

/**
 * The same answer as one of the worker's own, which to the page is that of the origin it has asked. It streams on as it comes.
 *
 * @param passes Whether a header of this name goes along.
 */
export function wrap(
  { body, status, statusText, headers: given }: Response,
  passes: (name: string) => boolean,
): Response {
  const headers = [...given].filter(([name]) => passes(name));
  return new Response(BODILESS.includes(status) ? null : body, { status, statusText, headers });
}

/** What is not about the connection, and does not reach beyond the answer. */
export const isOfAnswer = (header: string): boolean => !/^(content-(enc|len)|clear-)/.test(header);
