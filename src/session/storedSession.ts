import type { SavedSession } from './clientState.ts';
import type { Entry } from './outbox.ts';

/**
 * What is stored under a channel's own key. It alone says what holds: a write of it is the one step by which the stored state
 * becomes another, so a crash at any point leaves a whole old or a whole new state.
 */
export interface Head extends Omit<SavedSession, 'outbox' | 'atMs'> {
  readonly tx: number;
  readonly sent: number;
  /** The lowest number that is still held: what a segment has below was accepted or given up. */
  readonly txLow: number;
  /** The newest messages; older ones lie in segments, each under a key of its own and never changed. */
  readonly tail: readonly Entry[];
  /** Numbers of the segments, and of the next. */
  readonly segments: readonly number[];
  readonly next: number;
  /** Segments that may still be there, and are not wanted any more. */
  readonly dead: readonly number[];
  /** Names what has no session yet, and so no name. */
  readonly seed?: string;
}

const FORMAT = 'switchover1';

/** Text of a value, with a sum by which a torn, foreign or rotten one is known. */
export function seal(value: unknown): string {
  const text = JSON.stringify(value);
  return `${FORMAT}:${sumOf(text)}:${text}`;
}

/** The value of a sealed text; null where it is none. */
export function unseal(sealed: string): unknown {
  const [format, sum] = sealed.split(':', 2);
  const text = sealed.slice(`${format}:${sum}:`.length);
  return format === FORMAT && sum === sumOf(text) ? JSON.parse(text) : null;
}

/** FNV-1a, 32 bits. */
function sumOf(text: string): string {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return (sum >>> 0).toString(36);
}

/** A sealed head without its token, and the token with the name of its session; null for what is no head, or has none. */
export function partToken(sealed: string): { readonly head: string; readonly token: string } | null {
  // Most of what is stored are messages: they need not be read for this.
  if (!sealed.includes('"token":"')) return null;
  const head = unseal(sealed) as Partial<Head> | null;
  if (!head?.sid || !head.token) return null;
  return { head: seal({ ...head, token: '' }), token: `${head.sid} ${head.token}` };
}

/** Whether a sealed value may be a head without its token. */
export const lacksToken = (sealed: string): boolean => sealed.includes('"token":""');

/** The same head with its token, if it has none yet, and the token is of its session. */
export function joinToken(sealed: string, token: string): string {
  const head = unseal(sealed) as Partial<Head> | null;
  const own = `${head?.sid} `;
  if (!head?.sid || head.token !== '' || !token.startsWith(own)) return sealed;
  return seal({ ...head, token: token.slice(own.length) });
}

/** Messages outlive the process and its clock: their end is stored as a date. */
export const shifted = (entries: readonly Entry[], byMs: number): readonly Entry[] =>
  entries.map((entry) => (entry.expiresAtMs === null ? entry : { ...entry, expiresAtMs: entry.expiresAtMs + byMs }));

const OWN_KEY = 'switchover:';

/** A message's key as the application gave it. */
export const givenKey = (key: string | null): string | null => (key?.startsWith(OWN_KEY) ? null : key);

/**
 * Gives keys to messages that have been in no session yet. What is stored may be copied, since a page that moves to another host
 * takes a copy along: where both copies are sent after all, the server takes one. Once there is a session, its numbers see to that.
 */
export function keyed(entries: readonly Entry[], { sid, sent, seed = '' }: Head): readonly Entry[] {
  if (sid !== '' || seed === '') return entries;
  return entries.map((entry) =>
    entry.key !== null || entry.seq <= sent
      ? entry
      : { ...entry, key: `${OWN_KEY}${seed}.${entry.seq}.${sumOf(entry.text)}` },
  );
}

/** A name that no other session draws. */
export const drawSeed = (random: () => number): string =>
  [random(), random(), random()].map((part) => Math.floor(part * 2 ** 32).toString(36)).join('');
