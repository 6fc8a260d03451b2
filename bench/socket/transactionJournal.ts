import { DatabaseSync } from 'node:sqlite';

/** Where a server writes what it has processed, in the transaction that accepts it. */
export const TABLE = 'processed';

/** How often the host of this name processed each message. */
export function processedIn(file: string, host: string): Map<string, number> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database.prepare(`SELECT id, count(*) AS times FROM ${TABLE} WHERE host = ? GROUP BY id`).all(host);
    return new Map(rows.map(({ id, times }) => [String(id), Number(times)]));
  } finally {
    database.close();
  }
}
