import type { HandoffRefusal } from './options.ts';

/** The status of each refusal. */
const STATUS: Readonly<Record<HandoffRefusal, number>> = {
  origin: 403,
  rate: 429,
  format: 400,
  token: 401,
  full: 503,
  code: 403,
  source: 403,
  occupied: 409,
  closed: 403,
};

/** What every answer says: it is for one page, once. */
const ALWAYS = { 'Cache-Control': 'no-store', Vary: 'Origin', 'X-Content-Type-Options': 'nosniff' };

/** Thrown where a request is refused, and answered at one place. */
export class Refusal {
  readonly why: HandoffRefusal;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(why: HandoffRefusal, status: number = STATUS[why], headers: Readonly<Record<string, string>> = {}) {
    this.why = why;
    this.status = status;
    this.headers = headers;
  }
}

export function jsonAnswer(status: number, body: unknown, more: HeadersInit = {}): Response {
  const headers = new Headers(more);
  for (const [name, value] of Object.entries(ALWAYS)) headers.set(name, value);
  headers.set('Content-Type', 'application/json');
  return new Response(JSON.stringify(body), { status, headers });
}

export function emptyAnswer(status: number, more: HeadersInit): Response {
  const headers = new Headers(more);
  for (const [name, value] of Object.entries(ALWAYS)) headers.set(name, value);
  return new Response(null, { status, headers });
}

/** How long a browser may remember that it may ask, in seconds. */
const PREFLIGHT_AGE = 600;

/** Lets one origin read the answer. No cookies come along, since none are wanted. */
export const readableBy = (origin: string): Record<string, string> => ({ 'Access-Control-Allow-Origin': origin });

/** The answer to a browser's question whether a page may mint. */
export const mayMint = (origin: string): Record<string, string> => ({
  ...readableBy(origin),
  'Access-Control-Allow-Methods': 'POST',
  'Access-Control-Allow-Headers': 'content-type',
  'Access-Control-Max-Age': String(PREFLIGHT_AGE),
});
