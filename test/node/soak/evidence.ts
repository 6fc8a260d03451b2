import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readLog } from './logFile.ts';
import type { AppendedRow, ClientLine, EffectRow, Evidence, ServerLine } from './records.ts';

/** Where a soak keeps its files. */
export interface Files {
  readonly directory: string;
  readonly clients: readonly string[];
  readonly servers: readonly string[];
}

export const logOf = ({ directory }: Pick<Files, 'directory'>, name: string): string => join(directory, `${name}.log`);
export const databaseOf = ({ directory }: Pick<Files, 'directory'>): string => join(directory, 'sessions.db');

/** Tables of the soak beside those of the store. Rows are never deleted. */
export const TABLES = `
  CREATE TABLE IF NOT EXISTS soak_effects (
    row INTEGER PRIMARY KEY, client TEXT, n INTEGER, sid TEXT, stream TEXT, seq INTEGER, epoch INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS soak_appended (
    row INTEGER PRIMARY KEY, sid TEXT, stream TEXT, seq INTEGER, recipient TEXT, id TEXT
  ) STRICT;
`;

/** Reads all that a soak has left behind, or has until now. */
export function readEvidence(files: Files, limits: Pick<Evidence, 'ttlMs' | 'replayCount'>): Evidence {
  const database = new DatabaseSync(databaseOf(files));
  try {
    return {
      clients: new Map(files.clients.map((name) => [name, readLog<ClientLine>(logOf(files, name))])),
      servers: new Map(files.servers.map((name) => [name, readLog<ServerLine>(logOf(files, name))])),
      effects: rows<EffectRow>(database, 'SELECT client, n, sid, stream, seq, epoch FROM soak_effects ORDER BY row'),
      appended: rows<AppendedRow>(
        database,
        'SELECT sid, stream, seq, recipient AS "to", id FROM soak_appended ORDER BY row',
      ),
      ...limits,
    };
  } finally {
    database.close();
  }
}

function rows<Row>(database: DatabaseSync, query: string): Row[] {
  database.exec('PRAGMA busy_timeout = 10000');
  return database.prepare(query).all() as Row[];
}
