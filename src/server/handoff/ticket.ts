import type { Parcel } from '../../site/handoff.ts';
import { hashToken } from '../secrets.ts';
import type { Identity } from '../session.ts';
import { Refusal } from './answers.ts';
import type { HandoffSettings } from './options.ts';

/** What a code stands for. */
export interface Ticket<I extends Identity> {
  /** The origin where it may be redeemed, and the one that it was minted for. */
  readonly target: string;
  readonly source: string;
  readonly identity: I;
  readonly parcel: Parcel;
}

/** 256 bits: nobody guesses one within its time. */
const CODE_BYTES = 32;
const CODE = /^[\w-]{43}$/;

/** Keeps a ticket and gives the code for it. What is kept is named by the code's hash: whoever reads the store can redeem nothing. */
export async function issue<I extends Identity>(ticket: Ticket<I>, settings: HandoffSettings<I>): Promise<string> {
  const bytes = new Uint8Array(CODE_BYTES);
  settings.draw(bytes);
  const code = Buffer.from(bytes).toString('base64url');
  if (await settings.codes.put(hashToken(code), JSON.stringify(ticket), settings.ttlMs)) return code;
  throw new Refusal('full', 503, { 'Retry-After': String(Math.ceil(settings.ttlMs / 1000)) });
}

/**
 * Takes the ticket of a code. It is looked up by its hash, so the time that this takes tells nothing of a code; and it is used up,
 * whatever comes of it.
 */
export async function redeemable<I extends Identity>(
  code: unknown,
  own: string,
  { codes }: HandoffSettings<I>,
): Promise<Ticket<I>> {
  const record = isCode(code) ? await codes.take(hashToken(code)) : null;
  const ticket = record === null ? null : (JSON.parse(record) as Ticket<I>);
  if (ticket === null || ticket.target !== own) throw new Refusal('code');
  return ticket;
}

export const isCode = (value: unknown): value is string => typeof value === 'string' && CODE.test(value);
