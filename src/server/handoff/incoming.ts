import { boundedText } from '../../runtime/boundedText.ts';
import type { Identity } from '../session.ts';
import { Refusal } from './answers.ts';
import type { HandoffSettings } from './options.ts';

/** What is listed of the settings. */
type Origins = Pick<HandoffSettings<never>, 'origins' | 'own'>;

/**
 * The origin that a request was made to. A name that is not listed is nobody's: so a name of somebody else's that points here (DNS
 * rebinding) is no way in.
 */
export function ownOrigin(request: Request, { origins, own }: Origins): string {
  if (own !== null) return own;
  const { host, origin } = new URL(request.url);
  // Behind a proxy that ends TLS, the scheme is the proxy's.
  const named = origins.filter((listed) => new URL(listed).host === host);
  const found = named.find((listed) => listed === origin) ?? named[0];
  if (found === undefined) throw new Refusal('origin', 421);
  return found;
}

/** The listed origin that a request comes from: another than this one. No page can forge it. */
export function sourceOrigin(request: Request, settings: Origins): string {
  const origin = request.headers.get('origin');
  const foreign = origin !== null && settings.origins.includes(origin) && origin !== ownOrigin(request, settings);
  if (!foreign) throw new Refusal('origin');
  return origin;
}

/** Refuses what does not come from a page of this origin. */
export function refuseForeign(request: Request, own: string): void {
  const site = request.headers.get('sec-fetch-site') ?? 'same-origin';
  if (request.headers.get('origin') !== own || site !== 'same-origin') throw new Refusal('origin');
}

/** Refuses what is no navigation of a whole tab, where the browser says what it is. */
export function refuseFrames(request: Request): void {
  const { headers } = request;
  const isPage = (headers.get('sec-fetch-mode') ?? 'navigate') === 'navigate';
  if (!isPage || (headers.get('sec-fetch-dest') ?? 'document') !== 'document') throw new Refusal('origin');
}

/** The body's text, if it is of a type and no longer than may be. */
export async function textOf(request: Request, type: string, maxBytes: number): Promise<string> {
  const [given = ''] = (request.headers.get('content-type') ?? '').toLowerCase().split(';');
  if (given.trim() !== type) throw new Refusal('format', 415);
  if (Number(request.headers.get('content-length')) > maxBytes) throw new Refusal('format', 413);
  const text = await boundedText(new Response(request.body), maxBytes);
  if (text === null) throw new Refusal('format', 413);
  return text;
}

/** A JSON object of a body. Its fields are read one by one, never laid over another object. */
export async function objectOf(request: Request, maxBytes: number): Promise<Readonly<Record<string, unknown>>> {
  const text = await textOf(request, 'application/json', maxBytes);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // The error of the parser would quote the text.
  }
  throw new Refusal('format');
}

/**
 * Who an application's own function says that it is; null for nobody. Two who have no subject would be the same user.
 *
 * @throws TypeError for an answer that names nobody.
 */
export function identityOf<I extends Identity>(answer: I | null | undefined, name: 'verify' | 'current'): I | null {
  if (answer === null || answer === undefined) return null;
  if (typeof answer.subject === 'string' && answer.subject !== '') return answer;
  throw new TypeError(`${name} has to answer with a subject: a text that is not empty.`);
}

/** A cookie's value; null where there is none. */
export function cookieOf(request: Request, name: string): string | null {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}
