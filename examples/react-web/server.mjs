// One of the two servers: the app's files, who is signed in, and the room. Both share one SQLite file, so whoever is known to one is
// known to the other.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import {
  attachWebSocketServer,
  createSessionServer,
  drainOnSignal,
  sessionHandler,
  sqliteSessionStore,
  toNodeListener,
} from 'switchover/server';
import { cors, files } from './files.mjs';

const [name = 'a', port = '8021', path = 'room.db', folder = 'dist', ...hosts] = process.argv.slice(2);

const store = sqliteSessionStore({ path });
const { database } = store;
database.exec(`
  CREATE TABLE IF NOT EXISTS account (token TEXT PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS member (sid TEXT PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY, author TEXT, text TEXT, server TEXT);
`);
const sql = {
  signIn: database.prepare('INSERT INTO account VALUES (?, ?)'),
  signOut: database.prepare('DELETE FROM account WHERE token = ?'),
  account: database.prepare('SELECT name FROM account WHERE token = ?'),
  join: database.prepare('INSERT OR IGNORE INTO member VALUES (?)'),
  leave: database.prepare('DELETE FROM member WHERE sid = ?'),
  members: database.prepare('SELECT sid FROM member'),
  say: database.prepare('INSERT INTO line (author, text, server) VALUES (?, ?, ?) RETURNING *'),
  history: database.prepare('SELECT * FROM (SELECT * FROM line ORDER BY id DESC LIMIT 50) ORDER BY id'),
};

const nameOf = (/** @type {string} */ token) => sql.account.get(token)?.['name']?.toString();

const sessions = createSessionServer({
  store,
  hosts,
  authenticate({ auth = '' }) {
    const subject = nameOf(auth);
    return subject === undefined ? null : { subject };
  },
});
sessions.on('session', ({ sid }) => sql.join.run(sid));
sessions.on('message', ({ subject }, { data }) => {
  // In the transaction that accepts the message: everybody gets it, or nobody does and its sender sends it again.
  const { text } = /** @type {{ text: string }} */ (data);
  const line = { ...sql.say.get(subject, String(text).slice(0, 2_000), name) };
  for (const { sid } of sql.members.all()) if (!sessions.send(String(sid), line)) sql.leave.run(String(sid));
});

const json = (/** @type {unknown} */ body, status = 200) =>
  Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } });
const tokenOf = (/** @type {Request} */ request) => (request.headers.get('authorization') ?? '').replace('Bearer ', '');

/** An endpoint for those who are signed in. @param {(name: string, token: string) => unknown} answer */
const signedIn = (answer) => (/** @type {Request} */ request) => {
  const who = nameOf(tokenOf(request));
  return who === undefined ? json({}, 401) : json(answer(who, tokenOf(request)));
};

const endpoints = {
  // A name is no password: put your own check here.
  '/api/sign-in': async (/** @type {Request} */ request) => {
    const { name: given } = await request.json().catch(() => ({}));
    if (typeof given !== 'string' || !/^[\p{L}\p{N} ._-]{1,32}$/u.test(given)) return json({}, 400);
    const token = randomBytes(24).toString('base64url');
    sql.signIn.run(token, given);
    return json({ token });
  },
  '/api/sign-out': signedIn((_name, token) => sql.signOut.run(token)),
  '/api/me': signedIn((who, token) => ({ name: who, token })),
  '/api/history': signedIn(() => sql.history.all()),
};

// Beside the app's own endpoints: health for probes, and the list of hosts at /.well-known/switchover.json.
const api = sessionHandler(sessions, { endpoints });
const file = files(folder, hosts);
const answer = cors(hosts, (request) => (api.handles(new URL(request.url).pathname) ? api : file)(request));

const server = createServer(toNodeListener(answer));
await attachWebSocketServer(sessions, { server });
drainOnSignal(sessions, { server, deadlineMs: 5_000, afterwards: () => store.close() });
server.listen(Number(port), '127.0.0.1', () => process.send?.('listening'));
