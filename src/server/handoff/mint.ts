import type { Parcel } from '../../site/handoff.ts';
import type { Identity } from '../session.ts';
import { jsonAnswer, mayMint, Refusal, readableBy } from './answers.ts';
import { identityOf, objectOf, ownOrigin, sourceOrigin } from './incoming.ts';
import type { HandoffSettings } from './options.ts';
import { issue } from './ticket.ts';

/** Room for the token and what is around the parcel, in bytes. */
const OVERHEAD = 16_384;
/** As long as a header may be. */
const TOKEN_CHARS = 8_192;
const ENTRIES = 4_096;

/** A page of another host asks for a code, and shows a resume token for it. */
export async function mint<I extends Identity>(request: Request, settings: HandoffSettings<I>): Promise<Response> {
  const target = ownOrigin(request, settings);
  const source = sourceOrigin(request, settings);
  const { token, parcel = EMPTY } = await objectOf(request, settings.maxBytes + OVERHEAD);
  if (typeof token !== 'string' || token === '' || token.length > TOKEN_CHARS || !isParcel(parcel)) {
    throw new Refusal('format');
  }
  if (Buffer.byteLength(JSON.stringify(parcel.entries)) > settings.maxBytes) throw new Refusal('format', 413);
  const identity = identityOf(await settings.verify(token, request), 'verify');
  if (identity === null) throw new Refusal('token');
  const taken = { version: 1, entries: parcel.entries } as const;
  const code = await issue({ target, source, identity, parcel: taken }, settings);
  return jsonAnswer(200, { code }, readableBy(source));
}

/** Whether a page may mint: asked by its browser, since the real request has a body of JSON. */
export function preflight<I extends Identity>(request: Request, settings: HandoffSettings<I>): Record<string, string> {
  return mayMint(sourceOrigin(request, settings));
}

const EMPTY: Parcel = { version: 1, entries: [] };

/** The page there looks at what is in it; here it is text. */
function isParcel(value: unknown): value is Parcel {
  if (typeof value !== 'object' || value === null) return false;
  const { version, entries } = value as Partial<Record<keyof Parcel, unknown>>;
  return version === 1 && Array.isArray(entries) && entries.length <= ENTRIES && entries.every(isEntry);
}

const isEntry = (entry: unknown): boolean =>
  Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string');
