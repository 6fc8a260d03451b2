import { type SessionStore, type SqliteTransaction, sqliteSessionStore } from '../../../src/server/index.ts';
import { TABLES } from './evidence.ts';
import type { ServerExtra } from './orders.ts';
import type { EffectRow } from './records.ts';

/** The store's own tables show nothing of a message once it is acknowledged; this one keeps what it sees come in. */
const WITNESS = `
  CREATE TRIGGER IF NOT EXISTS soak_witness AFTER INSERT ON switchover_messages BEGIN
    INSERT INTO soak_appended (sid, stream, seq, recipient, id)
    SELECT sid, stream, NEW.seq, NEW.text ->> '$.to', NEW.text ->> '$.id' FROM switchover_sessions WHERE id = NEW.session;
  END;
`;

/** Opens the store that all servers of a soak share, with the tables of its application beside it. */
export function openSoakStore({ database: path, replayCount }: ServerExtra): SessionStore<SqliteTransaction> {
  // What a kill may take is what is looked at here; the disk is not.
  const store = sqliteSessionStore({ path, durability: 'process', replay: { count: replayCount } });
  store.database.exec(TABLES);
  store.database.exec(WITNESS);
  return store;
}

/** What the application does with a message, within the transaction that accepts it. */
export function insertEffect({ database }: SqliteTransaction, row: EffectRow): void {
  const { client, n, sid, stream, seq, epoch } = row;
  const insert = 'INSERT INTO soak_effects (client, n, sid, stream, seq, epoch) VALUES (?, ?, ?, ?, ?, ?)';
  database.prepare(insert).run(client, n, sid, stream, seq, epoch);
}
