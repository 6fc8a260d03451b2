// One of two chat servers. They share a SQLite file: who is in the room, and what waits for whom, outlives both.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import {
  attachWebSocketServer,
  createSessionServer,
  drainOnSignal,
  sessionHandler,
  sqliteSessionStore,
  toNodeListener,
} from 'switchover/server';

const [name = 'a', port = '8001', path = 'chat.db', ...hosts] = process.argv.slice(2);

const store = sqliteSessionStore({ path });
store.database.exec('CREATE TABLE IF NOT EXISTS member (sid TEXT PRIMARY KEY)');
const addMember = store.database.prepare('INSERT OR IGNORE INTO member VALUES (?)');
const members = store.database.prepare('SELECT sid FROM member');

// A name is no password: put your own check of a token here.
const sessions = createSessionServer({ store, hosts, authenticate: ({ auth }) => (auth ? { subject: auth } : null) });

sessions.on('session', ({ sid }) => addMember.run(sid));
sessions.on('message', ({ subject }, { data }) => {
  // In the transaction that accepts the message: everybody gets it, or nobody does and its sender sends it again.
  const { text } = /** @type {{ text: string }} */ (data);
  for (const { sid } of members.all()) void sessions.send(String(sid), { from: subject, text, server: name });
});

const page = await readFile(join(import.meta.dirname, 'page.html'));
const script = await readFile(join(import.meta.dirname, '../../dist/switchover.global.js'));
const file = (/** @type {BodyInit} */ body, /** @type {string} */ type) => () =>
  new Response(body, { headers: { 'Content-Type': `${type}; charset=utf-8` } });
const endpoints = {
  '/': file(page, 'text/html'),
  '/switchover.js': file(script, 'text/javascript'),
};

// Beside the page: health for probes, and the list of hosts at /.well-known/switchover.json.
const server = createServer(toNodeListener(sessionHandler(sessions, { endpoints })));
await attachWebSocketServer(sessions, { server });
drainOnSignal(sessions, { server, deadlineMs: 5_000, afterwards: () => store.close() });
server.listen(Number(port), '127.0.0.1', () => process.send?.('listening'));
