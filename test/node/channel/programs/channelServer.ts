/** A session server of the tests: each message becomes a row, and comes back, in the transaction that accepts it. */
import { createServer } from 'node:http';
import { attachWebSocketServer, createSessionServer, sqliteSessionStore } from '../../../../src/server/index.ts';
import type { Launch } from '../../../rig/protocol.ts';
import { answerParent, report } from '../../../rig/server/control.ts';
import { createListener } from '../../../rig/server/listener.ts';

/** How a server is started. */
export interface ServerExtra {
  readonly database: string;
  readonly retryWindowMs?: number;
  /** Credentials that it takes; any, if not given. */
  readonly good?: readonly string[];
}

/** What a test may ask of it. */
export type ServerOrder =
  | { readonly kind: 'drain'; readonly deadlineMs: number }
  /** Says something to every session of a subject. */
  | { readonly kind: 'say'; readonly to: string; readonly data: unknown }
  | { readonly kind: 'renew' }
  | { readonly kind: 'end' }
  | { readonly kind: 'good'; readonly good: readonly string[] }
  /** The credentials that were shown. */
  | { readonly kind: 'shown' };

const { extra, ...launch } = JSON.parse(process.argv[2] ?? '{}') as Launch & { readonly extra: ServerExtra };
const store = sqliteSessionStore({ path: extra.database, durability: 'process' });
store.database.exec('CREATE TABLE IF NOT EXISTS got (at INTEGER PRIMARY KEY, subject TEXT, sid TEXT, data TEXT)');
const shown: string[] = [];
let good = extra.good;

const sessions = createSessionServer({
  store,
  authenticate({ auth = 'anybody' }) {
    shown.push(auth);
    return good === undefined || good.includes(auth) ? { subject: auth.split(':')[0] ?? '' } : null;
  },
  retryWindowMs: extra.retryWindowMs ?? 200,
});
sessions.on('message', (session, { data }, { database }) => {
  const insert = 'INSERT INTO got (subject, sid, data) VALUES (?, ?, ?)';
  database.prepare(insert).run(session.subject, session.sid, JSON.stringify(data));
  void session.send({ re: data });
});

const http = createServer((request, response) => {
  // Pages of another origin probe it, too.
  response.setHeader('access-control-allow-origin', '*');
  response.writeHead(request.url === '/healthz/ready' && sessions.role === 'active' ? 200 : 503).end();
});
await attachWebSocketServer(sessions, { server: http });
const listener = createListener(http, launch.host, launch.port, () => {});

answerParent(async (command) => {
  if (command.kind !== 'custom') return undefined;
  const order = command.value as ServerOrder;
  if (order.kind === 'drain') void sessions.drain({ deadlineMs: order.deadlineMs });
  else if (order.kind === 'good') good = order.good;
  else if (order.kind === 'shown') return shown;
  else if (order.kind === 'say') {
    for (const sid of await sessions.sessionsOf(order.to)) await sessions.send(sid, order.data);
  } else {
    for (const sid of await sessions.sessionsOf('ann')) {
      if (order.kind === 'renew') sessions.get(sid)?.renew(2_000);
      else sessions.get(sid)?.end();
    }
  }
  return undefined;
});
await listener.listen();
report({ kind: 'listening', port: listener.port });
