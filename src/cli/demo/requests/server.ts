/**
 * One of the demo's servers: a plain `node:http` program. What it has in common with its twin is a SQLite file; that it
 * takes part in failover shows in two response headers and a health endpoint, and nothing else.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from '../program.ts';
import type { Launch } from '../protocol.ts';
import { openDatabase } from './database.ts';
import { createLedger } from './ledger.ts';
import { createSessions } from './sessions.ts';
import { WORK_PATH } from './work.ts';

type Mode = { readonly kind: 'serving' | 'failing' } | { readonly kind: 'draining'; readonly windowS: number };

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** The work takes from 20 to 80 ms, so that at any moment some of it is under way. */
const WORK_MS = { least: 20, spread: 60 };
/** Beyond the window in which clients leave, for those whose last request was on its way. */
const DRAIN_MARGIN_MS = 300;

const launch: Launch = JSON.parse(process.argv[2] ?? '{}');
const database = openDatabase(launch.database);
const sessions = createSessions(database);
const ledger = createLedger(database, launch.name);
let mode: Mode = { kind: 'serving' };

async function answer(request: IncomingMessage): Promise<Answer> {
  const { method = 'GET', url = '/' } = request;
  if (url === '/healthz/ready') return { status: mode.kind === 'serving' ? 200 : 503, body: { status: mode.kind } };
  if (mode.kind === 'failing') return { status: 503, body: { error: 'out of order' } };
  const body = await text(request);
  if (method === 'POST' && url === '/session') return logIn(body);
  if (method === 'POST' && url === '/session/resume') return resume(tokenOf(request));
  if (sessions.userOf(tokenOf(request)) === null) return { status: 401, body: { error: 'log in first' } };
  if (url.startsWith(WORK_PATH)) return work(url.slice(WORK_PATH.length), request.headers['idempotency-key']);
  return { status: 404, body: { error: 'not found' } };
}

function logIn(body: string): Answer {
  const { user, password } = JSON.parse(body) as { user?: unknown; password?: unknown };
  if (typeof user !== 'string' || password !== 'demo') return { status: 403, body: { error: 'unknown' } };
  return { status: 200, body: { token: sessions.open(user) } };
}

function resume(token: string): Answer {
  const next = sessions.resume(token);
  return next === null ? { status: 401, body: { error: 'no such session' } } : { status: 200, body: { token: next } };
}

/** Work that is cut off by a fault is cut off before it is done as often as after. */
async function work(id: string, key: string | string[] | undefined): Promise<Answer> {
  const halfMs = (WORK_MS.least + Math.random() * WORK_MS.spread) / 2;
  await sleep(halfMs);
  if (typeof key === 'string') ledger.countOnce(id, key);
  else ledger.count(id);
  await sleep(halfMs);
  return { status: 200, body: { id, server: launch.name } };
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = await answer(request);
  sayRole(response);
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sayRole(response: ServerResponse): void {
  response.setHeader('Switchover-Role', mode.kind === 'draining' ? 'draining' : 'active');
  if (mode.kind !== 'draining') return;
  response.setHeader('Switchover-Retry-Window', mode.windowS);
  // A connection that is kept would be in the way of ending.
  response.setHeader('Connection', 'close');
}

const tokenOf = ({ headers }: IncomingMessage): string => (headers.authorization ?? '').replace(/^Bearer /, '');

const server = createServer((request, response) => {
  // A client that gave up, or died, ends its request in an error: nobody is left to be told.
  serve(request, response).catch(() => response.destroy());
});
runProgram(server, launch.port, {
  serve() {
    mode = { kind: 'serving' };
  },
  fail() {
    mode = { kind: 'failing' };
  },
  async drain(windowS, begun) {
    mode = { kind: 'draining', windowS };
    await begun();
    await sleep(windowS * 1000 + DRAIN_MARGIN_MS);
  },
});
