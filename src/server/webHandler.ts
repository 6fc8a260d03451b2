import type { MaybePromise } from '../runtime/ports.ts';
import { HINT_HEADERS } from './hintHeaders.ts';

/** A web-standard handler: what Hono, Bun, Deno, service workers and {@link toNodeListener} take. */
export interface WebHandler {
  /** Answers a request. Never rejects but with what an endpoint of the app's own throws. */
  (request: Request): Promise<Response>;
  /** True for a path that the handler answers; to others it says 404. */
  handles(path: string): boolean;
}

/** Answers one path. */
export type WebEndpoint = (request: Request) => MaybePromise<Response>;

/** Gives each path its endpoint. */
export function webHandler(endpoints: ReadonlyMap<string, WebEndpoint>): WebHandler {
  const answer = async (request: Request): Promise<Response> => {
    const endpoint = endpoints.get(new URL(request.url).pathname);
    return endpoint === undefined ? new Response('Not found.\n', { status: 404 }) : await endpoint(request);
  };
  return Object.assign(answer, { handles: (path: string) => endpoints.has(path) });
}

/** Which pages may read an answer: all (`'*'`), or those of the listed origins. */
export type AllowedOrigins = '*' | readonly string[];

/** Headers that let pages of other origins read an answer, with what it says of the server. No cookies: none is wanted here. */
function corsHeaders(request: Request, allowed: AllowedOrigins): Record<string, string> {
  const origin = request.headers.get('origin');
  const shown = { 'Access-Control-Expose-Headers': HINT_HEADERS };
  if (allowed === '*') return { 'Access-Control-Allow-Origin': '*', ...shown };
  if (origin === null || !allowed.includes(origin)) return { Vary: 'Origin' };
  return { 'Access-Control-Allow-Origin': origin, ...shown, Vary: 'Origin' };
}

/** How long a browser may remember that it may ask, in seconds. */
const PREFLIGHT_AGE = 600;

/**
 * Makes an endpoint for reading: GET and HEAD, and the question of a browser whether it may. Other methods get 405.
 *
 * @param read Gives status, headers and body; the body is left out for HEAD.
 */
export function readEndpoint(
  allowed: AllowedOrigins,
  read: (request: Request) => MaybePromise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }>,
): WebEndpoint {
  return async (request) => {
    const cors = corsHeaders(request, allowed);
    const { method } = request;
    if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { ...cors, ...preflight(request) } });
    if (method !== 'GET' && method !== 'HEAD') {
      return new Response('Only GET and HEAD.\n', { status: 405, headers: { ...cors, Allow: 'GET, HEAD, OPTIONS' } });
    }
    const { status, headers, body } = await read(request);
    return new Response(method === 'HEAD' ? null : body, { status, headers: { ...cors, ...headers } });
  };
}

function preflight(request: Request): Record<string, string> {
  const asked = request.headers.get('access-control-request-headers');
  return {
    'Access-Control-Allow-Methods': 'GET, HEAD',
    ...(asked === null ? {} : { 'Access-Control-Allow-Headers': asked }),
    'Access-Control-Max-Age': String(PREFLIGHT_AGE),
  };
}
