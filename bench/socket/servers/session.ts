/** A session server; both of a pair share one store. Started by the rig. */
import { createServer } from 'node:http';
import {
  attachWebSocketServer,
  createSessionServer,
  type Durability,
  sqliteSessionStore,
} from '../../../src/server/index.ts';
import { TABLE } from '../transactionJournal.ts';
import { speaker } from './speaker.ts';

export interface SessionServerExtra {
  /** The file of the store. */
  readonly store: string;
  /** Default: as the server computes it. */
  readonly retryWindowMs?: number;
  /** Of the store. Default `power`. */
  readonly durability?: Durability;
}

const { launch, answer, listening } = speaker((text, users) => {
  // A store that can't be asked now is no reason to end: what is said then is missed.
  for (const user of users) tell(user, text).catch(() => {});
});
const { store, durability = 'power', ...options } = launch.extra as SessionServerExtra;

const file = sqliteSessionStore({ path: store, durability });
file.database.exec(`CREATE TABLE IF NOT EXISTS ${TABLE} (host TEXT, id TEXT)`);
const insert = file.database.prepare(`INSERT INTO ${TABLE} VALUES (?, ?)`);

const sessions = createSessionServer({
  store: file,
  authenticate: ({ auth = '' }) => ({ subject: auth }),
  ...options,
});

// The journal is what a message does: in the transaction that accepts it, as the store wants it.
sessions.on('message', (session, { data }) => {
  const id = String(data);
  insert.run(launch.name, id);
  void session.send(answer(id));
});

const server = createServer();
await attachWebSocketServer(sessions, { server });
server.listen(launch.port, launch.host, listening);

async function tell(user: string, text: string): Promise<void> {
  for (const sid of await sessions.sessionsOf(user)) await sessions.send(sid, text);
}
