import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from './database.ts';

/**
 * How long the token before the last rotation still holds. Requests that were sent with it may be under way, and the
 * answer that carried its successor may have been lost with the server that gave it.
 */
const GRACE_MS = 30_000;

/** Who is logged in. Only hashes of tokens are kept: a stolen file opens no session. */
export interface Sessions {
  /** A new session; returns its token. */
  open(user: string): string;
  /** A new token for the session of this one; null if there is none. */
  resume(token: string): string | null;
  /** Whose token this is; null if nobody's. */
  userOf(token: string): string | null;
}

export function createSessions(database: DatabaseSync): Sessions {
  const insert = database.prepare('INSERT INTO session (user, token, rotatedAtMs) VALUES (?, ?, ?)');
  const find = database.prepare(
    'SELECT id, user FROM session WHERE token = :hash OR (previous = :hash AND rotatedAtMs > :sinceMs)',
  );
  const rotate = database.prepare('UPDATE session SET previous = token, token = ?, rotatedAtMs = ? WHERE id = ?');
  const lookUp = (token: string) => find.get({ hash: hashOf(token), sinceMs: Date.now() - GRACE_MS });
  return {
    open(user) {
      const token = freshToken();
      insert.run(user, hashOf(token), Date.now());
      return token;
    },
    resume: (token) =>
      inTransaction(database, () => {
        const session = lookUp(token);
        if (session === undefined) return null;
        const next = freshToken();
        rotate.run(hashOf(next), Date.now(), Number(session['id']));
        return next;
      }),
    userOf(token) {
      const session = lookUp(token);
      return session === undefined ? null : String(session['user']);
    },
  };
}

const freshToken = (): string => randomBytes(24).toString('base64url');

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
