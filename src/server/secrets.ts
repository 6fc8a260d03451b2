import { createHash } from 'node:crypto';

/** Fills an array with random bytes: `crypto.getRandomValues`, or a test's own. */
export type DrawBytes = (bytes: Uint8Array<ArrayBuffer>) => void;

/** 128 bits: nobody guesses one, and no two are ever the same. */
const NAME_BYTES = 16;
/** 256 bits, as much as its hash has. */
const TOKEN_BYTES = 32;

/** What a connection needs that has never been before. */
export interface Fresh {
  readonly sid: string;
  readonly stream: string;
  readonly token: string;
  /** Of the token. */
  readonly hash: string;
}

/** Draws names and a token for one attach. */
export function drawFresh(draw: DrawBytes): Fresh {
  const bytes = new Uint8Array(2 * NAME_BYTES + TOKEN_BYTES);
  draw(bytes);
  const text = (from: number, length: number) => Buffer.from(bytes.buffer, from, length).toString('base64url');
  const token = text(2 * NAME_BYTES, TOKEN_BYTES);
  return { sid: text(0, NAME_BYTES), stream: text(NAME_BYTES, NAME_BYTES), token, hash: hashToken(token) };
}

/** SHA-256: a store that is read by a thief gives him no session. Tokens are random, so there is nothing to salt. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
