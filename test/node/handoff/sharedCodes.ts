import type { DatabaseSync } from 'node:sqlite';
import type { HandoffCodes } from '../../../src/server/index.ts';

/** Codes in a database that the processes of one origin share, as docs/handoff.md has them. */
export function sharedCodes(database: DatabaseSync): HandoffCodes {
  database.exec('CREATE TABLE IF NOT EXISTS handoff (hash TEXT PRIMARY KEY, record TEXT, expires INTEGER)');
  const clear = database.prepare('DELETE FROM handoff WHERE expires <= ?');
  const insert = database.prepare('INSERT INTO handoff VALUES (?, ?, ?)');
  const take = database.prepare('DELETE FROM handoff WHERE hash = ? AND expires > ? RETURNING record');
  return {
    put(hash, record, ttlMs) {
      clear.run(Date.now());
      return insert.run(hash, record, Date.now() + ttlMs).changes === 1;
    },
    take: (hash) => (take.get(hash, Date.now())?.['record'] as string | undefined) ?? null,
  };
}
