import { ENTERED } from '../../site/handoff.ts';
import type { Identity } from '../session.ts';
import { jsonAnswer, Refusal } from './answers.ts';
import { entered, forgetEntered } from './enter.ts';
import { identityOf, objectOf, ownOrigin, refuseForeign } from './incoming.ts';
import type { HandoffSettings } from './options.ts';
import { redeemable } from './ticket.ts';

/** A code, and an origin. */
const BODY_BYTES = 4_096;

/** A page of this host shows its code: its user is signed in, and what came along is given out. */
export async function redeem<I extends Identity>(request: Request, settings: HandoffSettings<I>): Promise<Response> {
  const own = ownOrigin(request, settings);
  refuseForeign(request, own);
  const { code, from } = await objectOf(request, BODY_BYTES);
  const shown = code === ENTERED ? entered(request, own) : { code, from };
  const { source, identity, parcel } = await redeemable(shown.code, own, settings);
  const untold = shown.from === '' && settings.referrer === 'optional';
  if (shown.from !== source && !untold) throw new Refusal('source');
  const present = identityOf(await settings.current(request), 'current');
  if (present !== null && present.subject !== identity.subject) throw new Refusal('occupied');
  // Who is signed in already needs no second session.
  const opening = present === null ? await settings.open({ identity, request }) : {};
  if (opening === null || opening === undefined) throw new Refusal('closed');
  const headers = new Headers(opening.headers);
  if (code === ENTERED) headers.append('Set-Cookie', forgetEntered(own));
  return jsonAnswer(200, { parcel, already: present !== null, data: opening.data ?? null }, headers);
}
