/** The hashes of a session's tokens. The tokens themselves are never kept. */
export interface Tokens {
  /** The last token that is known to have reached the client. */
  readonly known: string;
  /** Tokens that went out in a welcome which may not have arrived; newest last. */
  readonly pending: readonly string[];
  /** Tokens of before: who shows one has a copy. */
  readonly retired: readonly string[];
}

/**
 * Welcomes in a row that may be lost before the oldest of their tokens is forgotten. A client that dies again and again while its servers
 * are frozen leaves a hello with each life: answered late, they must not push out the token that the living one was given.
 */
export const PENDING_KEPT = 16;
/** Retired tokens that are remembered. */
export const RETIRED_KEPT = 4;

/** What a shown token is worth. `reused`: it was replaced, and its owner has got the replacement. */
export function judgeToken(tokens: Tokens, hash: string): 'valid' | 'reused' | 'unknown' {
  if (hash === tokens.known || tokens.pending.includes(hash)) return 'valid';
  return tokens.retired.includes(hash) ? 'reused' : 'unknown';
}

/**
 * First phase: a new token goes out beside the one that was shown. A pending token that is shown proves that it arrived, which retires all others.
 *
 * All pending tokens stay valid, not only the last: a client that gave up on a slow welcome may get that one after all.
 */
export function rotate(tokens: Tokens, shown: string, next: string): Tokens {
  const now = shown === tokens.known ? tokens : settle(tokens, shown);
  return { ...now, pending: [...now.pending, next].slice(-PENDING_KEPT) };
}

/** Second phase: the client has used the newest token's connection, so the older ones are dead. */
export function confirm(tokens: Tokens): Tokens {
  const last = tokens.pending.at(-1);
  return last === undefined ? tokens : settle(tokens, last);
}

function settle({ known, pending, retired }: Tokens, arrived: string): Tokens {
  const dead = [known, ...pending.filter((hash) => hash !== arrived)];
  return { known: arrived, pending: [], retired: [...dead, ...retired].slice(0, RETIRED_KEPT) };
}
