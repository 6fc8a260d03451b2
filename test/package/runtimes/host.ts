/** A session server in Node, Deno or Bun: says back what it is told. Prints its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import {
  attachWebSocketServer,
  createSessionServer,
  sessionHandler,
  sqliteSessionStore,
  toNodeListener,
} from 'switchover/server';

const [path = ''] = process.argv.slice(2);
const store = sqliteSessionStore({ path });
const sessions = createSessionServer({ store, authenticate: () => ({ subject: 'ann' }) });
sessions.on('message', (session, { data }) => void session.send({ re: data }));
const server = createServer(toNodeListener(sessionHandler(sessions)));
await attachWebSocketServer(sessions, { server });
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
