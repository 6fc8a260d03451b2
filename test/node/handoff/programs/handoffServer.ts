/**
 * One of two hosts of an app: signs users in with a cookie, speaks to them through a channel, and lets in those who come from the
 * other host. Whatever it is asked goes into a file, as a careless server would log it.
 */
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import {
  attachWebSocketServer,
  createHandoff,
  createSessionServer,
  type HandoffOptions,
  type HandoffRates,
  sessionHandler,
  sqliteSessionStore,
  toNodeListener,
} from '../../../../src/server/index.ts';
import type { Launch } from '../../../rig/protocol.ts';
import { answerParent, report } from '../../../rig/server/control.ts';
import { createListener } from '../../../rig/server/listener.ts';
import { sharedCodes } from '../sharedCodes.ts';

/** How a server is started. */
export interface HandoffExtra {
  readonly database: string;
  readonly log: string;
  readonly origins: readonly string[];
  /** The pages' script. Default: there is none. */
  readonly script?: string;
  readonly options?: Pick<HandoffOptions, 'ttlMs' | 'maxBytes' | 'referrer'> & {
    readonly rates?: Partial<HandoffRates>;
  };
  /** Codes lie in the database, for several processes of one origin. */
  readonly shared?: boolean;
}

const { extra, ...launch } = JSON.parse(process.argv[2] ?? '{}') as Launch & { readonly extra: HandoffExtra };
const store = sqliteSessionStore({ path: extra.database, durability: 'process' });
// The app's own tables have a connection of their own: the store's may be in the midst of a transaction.
const database = new DatabaseSync(extra.database, { timeout: 5_000 });
database.exec(`
  CREATE TABLE IF NOT EXISTS got (at INTEGER PRIMARY KEY, subject TEXT, sid TEXT, data TEXT, server TEXT);
  CREATE TABLE IF NOT EXISTS cookies (id TEXT PRIMARY KEY, user TEXT);
  CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, user TEXT);
`);
const drawn = () => randomBytes(24).toString('base64url');
const note = (line: object) => appendFileSync(extra.log, `${JSON.stringify({ server: launch.name, ...line })}\n`);

function userOf(table: 'cookies' | 'tokens', name: 'id' | 'token', value: string): { readonly subject: string } | null {
  const row = database.prepare(`SELECT user FROM ${table} WHERE ${name} = ?`).get(value);
  return row === undefined ? null : { subject: String(row['user']) };
}

const byToken = (token: string) => userOf('tokens', 'token', token);

function current({ headers }: Request): { readonly subject: string } | null {
  const bearer = /^Bearer (\S+)$/.exec(headers.get('authorization') ?? '')?.[1];
  const id = /(?:^|; )app=([\w-]+)/.exec(headers.get('cookie') ?? '')?.[1];
  return byToken(bearer ?? '') ?? userOf('cookies', 'id', id ?? '');
}

/** As an app's own: of this origin, and not sent with what other sites' pages ask for. */
function cookieFor(user: string): string {
  const id = drawn();
  database.prepare('INSERT INTO cookies VALUES (?, ?)').run(id, user);
  return `app=${id}; Path=/; HttpOnly; SameSite=Lax`;
}

async function signIn(request: Request): Promise<Response> {
  const { user } = (await request.json()) as { readonly user: string };
  const token = drawn();
  database.prepare('INSERT INTO tokens VALUES (?, ?)').run(token, user);
  return Response.json({ token }, { headers: { 'Set-Cookie': cookieFor(user) } });
}

const sessions = createSessionServer({ store, authenticate: ({ auth = '' }) => byToken(auth), retryWindowMs: 200 });
sessions.on('message', (session, { data }, { database: own }) => {
  const insert = 'INSERT INTO got (subject, sid, data, server) VALUES (?, ?, ?, ?)';
  own.prepare(insert).run(session.subject, session.sid, JSON.stringify(data), launch.name);
  void session.send({ re: data });
});

const handoff = createHandoff({
  origins: extra.origins,
  ...extra.options,
  ...(extra.shared ? { codes: sharedCodes(database) } : {}),
  verify: byToken,
  current,
  open: ({ identity }) =>
    identity.subject === 'banned'
      ? null
      : { headers: { 'Set-Cookie': cookieFor(identity.subject) }, data: { hello: identity.subject } },
  onRefused: (refused) => note({ refused }),
});

const api = sessionHandler(sessions, {
  endpoints: {
    ...handoff.endpoints,
    '/api/sign-in': signIn,
    '/api/me': (request) => Response.json({ user: current(request)?.subject ?? null, server: launch.name }),
  },
});

const HEAD = '<!doctype html><meta charset="utf-8"><title>App</title>';
const HTML = `${HEAD}<script>window.HOSTS = ${JSON.stringify(extra.origins)}</script><script src="/page.js"></script>`;
/** Tells the page around it what it finds in its storage. */
const FRAME = `${HEAD}<script>
  let found;
  try { found = localStorage.getItem('mark'); } catch {}
  parent.postMessage(found ?? 'nothing', '*');
</script>`;

function page(request: Request): Response {
  const { pathname, searchParams } = new URL(request.url);
  const isScript = pathname === '/page.js';
  const policy = searchParams.get('policy');
  const html = pathname === '/frame' ? FRAME : HTML;
  const body = isScript ? readFileSync(extra.script ?? '', 'utf8') : html;
  const type = isScript ? 'text/javascript' : 'text/html';
  return new Response(body, {
    headers: { 'Content-Type': type, ...(policy === null ? {} : { 'Referrer-Policy': policy }) },
  });
}

const answer = toNodeListener((request) => (api.handles(new URL(request.url).pathname) ? api : page)(request));
const http = createServer((request: IncomingMessage, response) => {
  note({ method: request.method, url: request.url, referer: request.headers.referer ?? null });
  answer(request, response);
});
await attachWebSocketServer(sessions, { server: http });
const listener = createListener(http, launch.host, launch.port, () => {});
answerParent(() => undefined);
await listener.listen();
report({ kind: 'listening', port: listener.port });
