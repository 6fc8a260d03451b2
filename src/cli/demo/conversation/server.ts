/**
 * One of the servers of the demo's conversation: a room in which everybody hears what anybody says. It is a session server
 * over a SQLite file that it shares with its twin. That a message is accepted, and that it is in everybody's log, is one
 * transaction.
 */
import { createServer } from 'node:http';
import {
  attachWebSocketServer,
  createSessionServer,
  sessionHandler,
  sqliteSessionStore,
  toNodeListener,
} from '../../../server/index.ts';
import { runProgram } from '../program.ts';
import type { Launch } from '../protocol.ts';
import { openMembers } from './members.ts';
import { CHANNEL_PATH, type Relayed, TALKERS, type Utterance } from './room.ts';

/** A client takes a server for dead after twice this without a sign of life. A second is what fits into a demo. */
const HEARTBEAT_MS = 500;

const launch: Launch = JSON.parse(process.argv[2] ?? '{}');
// What a kill -9 leaves is enough here; a loss of power is not played.
const store = sqliteSessionStore({ path: launch.database, durability: 'process' });
const members = openMembers(store.database);
const sessions = createSessionServer({
  store,
  authenticate: ({ auth = '' }) => (TALKERS.includes(auth) ? { subject: auth } : null),
  heartbeatMs: HEARTBEAT_MS,
});

sessions.on('session', ({ sid }, { result }) => {
  if (result === 'new') members.add(sid);
});
sessions.on('message', ({ subject }, { data }) => {
  const { number } = data as Utterance;
  const relayed: Relayed = { talker: subject, number, server: launch.name };
  for (const sid of members.all()) void sessions.send(sid, relayed);
});

const server = createServer(toNodeListener(sessionHandler(sessions)));
await attachWebSocketServer(sessions, { server, path: CHANNEL_PATH });
runProgram(server, launch.port, {
  async drain(windowS, begun) {
    const left = sessions.drain({ deadlineMs: windowS * 2_000, jitterMs: windowS * 1_000 });
    await begun();
    await left;
  },
});
