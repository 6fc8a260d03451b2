import type { DatabaseSync } from 'node:sqlite';
import { SwitchoverError } from '../../../policy/error.ts';
import { isMismatch } from './engine.ts';

/** Raised with each change of the tables below. */
const SCHEMA_VERSION = 1;

/**
 * The tables carry a prefix, and their version is kept in one of them: the file may be the application's own, with its own
 * `user_version`. Times are those of the store's clock, in milliseconds.
 *
 * `alone_at`: half of a session's time has passed without a sign of life. `changed`: the change in which a session last grew or was
 * attached, and by which store object (`writer`): so other processes find what is news to them, however long they have slept.
 */
const TABLES = `
CREATE TABLE switchover_state (
  one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL,
  boot TEXT NOT NULL, base_ms REAL NOT NULL, mark_ms REAL NOT NULL,
  change INTEGER NOT NULL, sessions INTEGER NOT NULL, messages INTEGER NOT NULL, bytes INTEGER NOT NULL, keys INTEGER NOT NULL
) STRICT;
INSERT INTO switchover_state VALUES (1, ${SCHEMA_VERSION}, '', 0, 0, 0, 0, 0, 0, 0);
CREATE TABLE switchover_sessions (
  id INTEGER PRIMARY KEY, sid TEXT NOT NULL UNIQUE, subject TEXT NOT NULL,
  known TEXT NOT NULL, pending TEXT NOT NULL, retired TEXT NOT NULL,
  epoch INTEGER NOT NULL, stream TEXT NOT NULL, rx INTEGER NOT NULL, tx INTEGER NOT NULL, floor INTEGER NOT NULL,
  held INTEGER NOT NULL, alone_at REAL NOT NULL, expires_at REAL NOT NULL, changed INTEGER NOT NULL, writer INTEGER NOT NULL
) STRICT;
CREATE INDEX switchover_sessions_subject ON switchover_sessions (subject);
CREATE INDEX switchover_sessions_alone ON switchover_sessions (alone_at, expires_at);
CREATE INDEX switchover_sessions_changed ON switchover_sessions (changed);
CREATE TABLE switchover_messages (
  session INTEGER NOT NULL, seq INTEGER NOT NULL, bytes INTEGER NOT NULL, is_binary INTEGER NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (session, seq)
) STRICT;
CREATE TABLE switchover_keys (
  subject TEXT NOT NULL, key TEXT NOT NULL, expires_at REAL NOT NULL, PRIMARY KEY (subject, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX switchover_keys_expiry ON switchover_keys (expires_at);
CREATE TABLE switchover_leases (
  name TEXT PRIMARY KEY, holder TEXT NOT NULL, epoch INTEGER NOT NULL, expires_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
`;

/**
 * Makes the tables where there are none. To be called in a transaction that may write.
 *
 * @throws SwitchoverError `STORE_UNUSABLE` for tables of another version.
 */
export function ensureSchema(database: DatabaseSync, path: string): void {
  const named = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'switchover_state'");
  if (named.get() === undefined) {
    database.exec(TABLES);
    return;
  }
  const version = versionOf(database);
  if (version === String(SCHEMA_VERSION)) return;
  throw new SwitchoverError(
    'STORE_UNUSABLE',
    `The sessions in ${path} are of version ${version}, not ${SCHEMA_VERSION}.`,
    {
      remedy: 'Run the version of this package that wrote them, or begin with a new file: clients get new sessions.',
    },
  );
}

/** Ends all sessions: their clients begin anew, and are told so. Leases and idempotency keys stay. */
export function forgetSessions(database: DatabaseSync): void {
  database.exec(`
    DELETE FROM switchover_sessions;
    DELETE FROM switchover_messages;
    UPDATE switchover_state SET sessions = 0, messages = 0, bytes = 0;
  `);
}

function versionOf(database: DatabaseSync): string {
  try {
    return String(database.prepare('SELECT version FROM switchover_state').get()?.['version'] ?? 'unknown');
  } catch (error) {
    if (isMismatch(error)) return 'unknown';
    throw error;
  }
}
