/** A server with sessions in a file that it shares with others. Its journal holds the token of each request as its key. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { openJournal } from '../../../rig/journal.ts';
import type { Launch } from '../../../rig/protocol.ts';
import { answerParent, report } from '../../../rig/server/control.ts';
import { openTable } from './sessionTable.ts';

/** What it is started with beside the usual. */
export interface SessionServerSettings {
  /** The file of the table. */
  readonly table: string;
}

/** What the test may tell it. */
export type SessionCommand =
  /** No token is good for work any more; all are good for a resume. */
  | { readonly kind: 'expire' }
  | { readonly kind: 'clear' }
  /** Answers this path with a redirect. */
  | { readonly kind: 'redirect'; readonly path: string; readonly to: string }
  /** Kills its own process in a resume, after the token was rotated and before that is answered. */
  | { readonly kind: 'dieInResume' };

const launch = JSON.parse(process.argv[2] ?? '{}') as Launch & { readonly extra: SessionServerSettings };
const journal = openJournal(launch.journal);
const table = openTable(launch.extra.table);
const instance = `${launch.name}-${process.pid}`;
const redirects = new Map<string, string>();
let resumes: 'answered' | 'deadly' = 'answered';

answerParent((command) => {
  if (command.kind === 'ping') return;
  if (command.kind !== 'custom') throw new Error(`${command.kind}: not here`);
  const order = command.value as SessionCommand;
  if (order.kind === 'expire') table.expire();
  if (order.kind === 'clear') table.clear();
  if (order.kind === 'redirect') redirects.set(order.path, order.to);
  if (order.kind === 'dieInResume') resumes = 'deadly';
});

function tokenOf({ headers }: IncomingMessage): string {
  const own = headers['x-session'];
  return typeof own === 'string' ? own : (headers.authorization ?? '').replace(/^Bearer /, '');
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly location?: string;
}

function serve(path: string, token: string): Answer {
  const location = redirects.get(path);
  if (location !== undefined) return { status: 307, location };
  if (path === '/healthz/ready') return { status: 200 };
  if (path === '/login') return { status: 201, body: { token: table.open('ada').token, instance } };
  if (path === '/resume') {
    const resumed = table.rotate(token);
    if (resumes === 'deadly') process.kill(process.pid, 'SIGKILL');
    return resumed === undefined ? { status: 404 } : { status: 200, body: { token: resumed.token, instance } };
  }
  const session = table.use(token);
  if (session === undefined) return { status: 401 };
  return { status: 200, body: { server: launch.name, user: session.user, session: session.id } };
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { status, body = {}, location } = serve((request.url ?? '/').split('?')[0] ?? '/', tokenOf(request));
  if (location !== undefined) response.setHeader('location', location);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

createServer((request, response) => {
  const { method = '', url = '' } = request;
  const id = request.headers['x-request-id'];
  journal.write({
    kind: 'received',
    method,
    path: url,
    id: typeof id === 'string' ? id : null,
    key: tokenOf(request) || null,
    range: null,
  });
  request.resume().on('end', () => answer(request, response));
}).listen(launch.port, launch.host, () => {
  report({ kind: 'listening', port: launch.port });
});
