import { DatabaseSync } from 'node:sqlite';

/** A server that waits for the other's transaction waits this long at most; they take less than a millisecond. */
const LOCK_TIMEOUT_MS = 5_000;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS session (
    id INTEGER PRIMARY KEY,
    user TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    previous TEXT,
    rotatedAtMs INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS work (
    id TEXT NOT NULL,
    server TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (id, server)
  );
  CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY,
    server TEXT NOT NULL
  );
`;

/** The one file that both servers share: several processes may have it open, and a killed one leaves it whole. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: LOCK_TIMEOUT_MS });
  database.exec(SCHEMA);
  return database;
}

/** Does `work` as one transaction: all of it is kept, or nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
