import type { DatabaseSync } from 'node:sqlite';

/** Who is in the room: the sessions that hear what is said. They live beside the sessions, so that one transaction holds both. */
export interface Members {
  add(sid: string): void;
  remove(sid: string): void;
  all(): readonly string[];
}

export function openMembers(database: DatabaseSync): Members {
  database.exec('CREATE TABLE IF NOT EXISTS member (sid TEXT PRIMARY KEY) WITHOUT ROWID');
  const insert = database.prepare('INSERT INTO member (sid) VALUES (?) ON CONFLICT DO NOTHING');
  const drop = database.prepare('DELETE FROM member WHERE sid = ?');
  const list = database.prepare('SELECT sid FROM member');
  return {
    add: (sid) => void insert.run(sid),
    remove: (sid) => void drop.run(sid),
    all: () => list.all().map((row) => String(row['sid'])),
  };
}
