import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

/** A session, as its row says. */
export interface SessionRow {
  readonly id: number;
  readonly user: string;
  /** The token that is good for work. */
  readonly token: string;
  /** The one before: good for a resume until the new one was used, since the answer that gave it may have been lost. */
  readonly previous: string | null;
}

/** The sessions of all server processes, in one file. */
export interface SessionTable {
  open(user: string): SessionRow;
  /** A new token for the session that this one belongs to; undefined where it belongs to none. */
  rotate(token: string): SessionRow | undefined;
  /** The session that this token is good for work in. */
  use(token: string): SessionRow | undefined;
  /** Makes every token bad for work, and good for a resume still. */
  expire(): void;
  /** Forgets every session. */
  clear(): void;
  close(): void;
}

export function openTable(file: string): SessionTable {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA busy_timeout = 10000');
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('CREATE TABLE IF NOT EXISTS sessions (id INTEGER PRIMARY KEY, user TEXT, token TEXT UNIQUE, previous TEXT)');
  const insert = db.prepare('INSERT INTO sessions (user, token) VALUES (?, ?) RETURNING *');
  const rotate = db.prepare('UPDATE sessions SET token = ?, previous = ? WHERE token = ? OR previous = ? RETURNING *');
  const find = db.prepare('SELECT * FROM sessions WHERE token = ?');
  const used = db.prepare('UPDATE sessions SET previous = NULL WHERE id = ? AND previous IS NOT NULL');
  const asRow = (row: unknown) => row as SessionRow | undefined;
  return {
    open: (user) => insert.get(user, randomUUID()) as unknown as SessionRow,
    rotate: (token) => asRow(rotate.get(randomUUID(), token, token, token)),
    use(token) {
      const row = asRow(find.get(token));
      if (row?.previous != null) used.run(row.id);
      return row;
    },
    expire: () => db.exec("UPDATE sessions SET previous = token, token = 'expired-' || id"),
    clear: () => db.exec('DELETE FROM sessions'),
    close: () => db.close(),
  };
}
