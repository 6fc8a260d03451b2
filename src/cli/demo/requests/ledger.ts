import type { DatabaseSync } from 'node:sqlite';
import { inTransaction, openDatabase } from './database.ts';

/** How often the servers have done each piece of work: what they say counts, not what the client believes. */
export interface Ledger {
  /** Does the work of a request once more, and counts it. */
  count(id: string): void;
  /** Does the work of a request unless some server has done it under this key already. */
  countOnce(id: string, key: string): void;
}

/** @param server Name of the server that does the work. */
export function createLedger(database: DatabaseSync, server: string): Ledger {
  const add = database.prepare(
    'INSERT INTO work (id, server, times) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1',
  );
  const claim = database.prepare('INSERT INTO answer (key, server) VALUES (?, ?) ON CONFLICT DO NOTHING');
  return {
    count: (id) => void add.run(id, server),
    // The key and the effect are kept together or not at all: that alone makes a repetition harmless.
    countOnce: (id, key) =>
      inTransaction(database, () => {
        if (claim.run(key, server).changes === 1) add.run(id, server);
      }),
  };
}

/** Times that each request was processed, over all servers. */
export function readLedger(file: string): ReadonlyMap<string, number> {
  const database = openDatabase(file);
  try {
    const rows = database.prepare('SELECT id, SUM(times) AS times FROM work GROUP BY id').all();
    return new Map(rows.map((row) => [String(row['id']), Number(row['times'])]));
  } finally {
    database.close();
  }
}
