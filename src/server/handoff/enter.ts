import { addressOn, ENTERED } from '../../site/handoff.ts';
import type { Identity } from '../session.ts';
import { emptyAnswer, Refusal } from './answers.ts';
import { cookieOf, ownOrigin, refuseFrames, sourceOrigin, textOf } from './incoming.ts';
import type { HandoffSettings } from './options.ts';
import { isCode } from './ticket.ts';

/** A code, and an address that no browser would send. */
const FORM_BYTES = 65_536;

/**
 * A page of another host brings its user along by a form, so that the code is in no address.
 *
 * The `Origin` of such a navigation can't be forged, so it proves where the user comes from. But this request carries no `SameSite`
 * cookie, so it can't show who is signed in here: nobody is let in yet. The code waits in a cookie that only this browser has, and the page
 * that the user is sent to redeems it.
 */
export async function enter<I extends Identity>(request: Request, settings: HandoffSettings<I>): Promise<Response> {
  const own = ownOrigin(request, settings);
  const source = sourceOrigin(request, settings);
  refuseFrames(request);
  const form = new URLSearchParams(await textOf(request, 'application/x-www-form-urlencoded', FORM_BYTES));
  const code = form.get('code');
  if (!isCode(code)) throw new Refusal('code');
  const location = addressOn(own, placeOf(form.get('to') ?? '/'), ENTERED);
  const value = `${code}.${Buffer.from(source).toString('base64url')}`;
  const seconds = Math.ceil(settings.ttlMs / 1000);
  return emptyAnswer(303, { Location: location, 'Set-Cookie': cookie(own, value, seconds) });
}

/** The code that a form has brought, and the origin that it came from. */
export function entered(request: Request, own: string): { readonly code: string; readonly from: string } {
  const [code = '', from = ''] = (cookieOf(request, cookieName(own)) ?? '').split('.');
  return { code, from: Buffer.from(from, 'base64url').toString() };
}

/** Takes the cookie away. */
export const forgetEntered = (own: string): string => cookie(own, '', 0);

function cookie(own: string, value: string, seconds: number): string {
  const secure = own.startsWith('https:') ? '; Secure' : '';
  return `${cookieName(own)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}

/** With the prefix, no other host of the site can plant one. Browsers take it with https alone. */
const cookieName = (own: string): string => (own.startsWith('https:') ? '__Host-switchover-code' : 'switchover-code');

/** Path, query and fragment, none of which leads elsewhere in any parser, or ends a header. Browsers take a backslash for a slash in the path. */
function placeOf(to: string) {
  const [, pathname, search = '', hash = ''] = /^(\/(?![/\\])[!-[\]-~]*?)(\?[!-~]*?)?(#[!-~]*)?$/.exec(to) ?? [];
  if (pathname === undefined || /[?#]/.test(pathname)) throw new Refusal('format');
  return { pathname, search, hash };
}
