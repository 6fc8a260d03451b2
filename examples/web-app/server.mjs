// One of the two servers of the web app: its files, who is signed in, what was said, and the room itself.
// Both share one SQLite file, so whoever is known to one is known to the other.
import { createServer } from 'node:http';
import {
  attachWebSocketServer,
  createHandoff,
  createSessionServer,
  drainOnSignal,
  sessionHandler,
  sqliteSessionStore,
  toNodeListener,
} from 'switchover/server';
import { accounts } from './server/accounts.mjs';
import { cors } from './server/cors.mjs';
import { files } from './server/files.mjs';
import { room } from './server/room.mjs';

const [name = 'a', port = '8001', path = 'room.db', folder = 'dist', ...hosts] = process.argv.slice(2);

const store = sqliteSessionStore({ path });
const { byToken, current, signedIn, endpoints } = accounts(store.database);
const sessions = createSessionServer({ store, hosts, authenticate: ({ auth }) => byToken(auth) });
const { history } = room(sessions, store.database, name);

// Whoever is led here from the other host shows a token of the session there. It is good here, too, so there is nothing to open.
const handoff = createHandoff({ origins: hosts, verify: byToken, current, open: () => ({}) });

// Beside the app's own endpoints: health for probes, and the list of hosts at /.well-known/switchover.json.
const api = sessionHandler(sessions, {
  endpoints: { ...endpoints, ...handoff.endpoints, '/api/history': signedIn(history) },
});
const file = files(folder, hosts);
const answer = cors(hosts, (request) => (api.handles(new URL(request.url).pathname) ? api : file)(request));

const server = createServer(toNodeListener(answer));
await attachWebSocketServer(sessions, { server });
drainOnSignal(sessions, { server, deadlineMs: 5_000, afterwards: () => store.close() });
server.listen(Number(port), '127.0.0.1', () => process.send?.('listening'));
