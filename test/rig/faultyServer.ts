/**
 * A server that fails in every way a server can, when told to. Started by `startServer` (cluster.ts), or by hand:
 *
 *     node test/rig/faultyServer.ts '{"port":8080,"mode":{"kind":"slowHeaders","delayMs":500}}'
 *
 * `/healthz/ready[?verbose=1]` `/healthz/live` · `/echo` · `/item/:id` · `/work` (any method; records its id) ·
 * `/file?size=&seed=[&pauseMs=]` · `/stream?chunks=&bytes=&everyMs=` · `/slow?ms=` · `/sse?count=&everyMs=` · a site's files
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { devNull } from 'node:os';
import { openJournal } from './journal.ts';
import type { Command, Launch, Mode, Settings } from './protocol.ts';
import { answerParent, report } from './server/control.ts';
import { commonHeaders, isPreflight, preflightHeaders } from './server/headers.ts';
import { createListener } from './server/listener.ts';
import { createModeKeeper } from './server/modes.ts';
import { type Answer, headersOf, planFor } from './server/plan.ts';
import { type RouteReply, sendCut, sendWhole, slowed, text } from './server/reply.ts';
import { headerText, requestId, route } from './server/routes.ts';
import { isNavigation } from './server/site.ts';

const launch: Launch = { name: 'server', host: '127.0.0.1', port: 0, journal: devNull, ...readLaunch() };
const instance = `${launch.name}-${process.pid}`;
const journal = openJournal(launch.journal);
const modes = createModeKeeper(launch.mode);
const processedTimes = new Map<string, number>();
let settings: Settings = launch.settings ?? {};

const server = launch.tls === undefined ? createServer(handle) : createSecureServer({ ...launch.tls }, handle);
const listener = createListener(server as Server, launch.host, launch.port, () =>
  journal.write({ kind: 'connection' }),
);

answerParent(act);
process.on('SIGTERM', () => void listener.end());
await listener.listen();
await enter(modes.current);
report({ kind: 'listening', port: listener.port });

function readLaunch(): Partial<Launch> {
  return JSON.parse(process.argv[2] ?? '{}') as Partial<Launch>;
}

function act(command: Command): unknown {
  switch (command.kind) {
    case 'mode':
      modes.set(command.mode);
      return enter(command.mode);
    case 'configure':
      settings = { ...settings, ...command.settings };
      return undefined;
    case 'end':
      void listener.end();
      return undefined;
    case 'ping':
      return undefined;
    case 'custom':
      throw new Error('the faulty server knows no custom command');
  }
}

/** What a mode does at once, besides what it does to the requests that come. */
async function enter(mode: Mode): Promise<void> {
  if (mode.kind === 'refused') return listener.refuse();
  await listener.listen();
  if (mode.kind === 'draining' && mode.endAfterMs !== undefined) setTimeout(listener.end, mode.endAfterMs);
}

function handle(request: IncomingMessage, response: ServerResponse): void {
  // A request or an answer that breaks off is this server's daily bread.
  response.on('error', () => {});
  serve(request, response).catch(() => response.destroy());
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isProbe = request.url?.startsWith('/healthz/') ?? false;
  journal.write({
    kind: 'received',
    method: request.method ?? '',
    path: request.url ?? '',
    id: requestId(request),
    key: headerText(request, 'idempotency-key'),
    range: headerText(request, 'range'),
    cookie: headerText(request, 'cookie'),
  });
  const path = request.url?.replace(/\?.*/s, '') ?? '';
  const mode = modes.take({ isProbe, isNavigation: isNavigation(request), path });
  const plan = planFor(mode, { isProbe });
  const reply = plan.works ? await work(request, mode) : await drop(request);
  if (plan.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, plan.delayMs));
  await send(response, reply, plan.answer, { ...commonHeaders(request, settings, instance), ...headersOf(mode) });
}

async function work(request: IncomingMessage, mode: Mode): Promise<RouteReply> {
  if (isPreflight(request) && settings.cors !== false)
    return { status: 204, headers: preflightHeaders(request), body: new Uint8Array() };
  const unready = mode.kind === 'standby' || mode.kind === 'draining' ? mode.kind : undefined;
  return route(request, { name: launch.name, settings, unready, process: recordWork });
}

function recordWork(id: string): number {
  journal.write({ kind: 'processed', id });
  const times = (processedTimes.get(id) ?? 0) + 1;
  processedTimes.set(id, times);
  return times;
}

/** Reads a request that is not worked on, so that the client can send it to its end. */
async function drop(request: IncomingMessage): Promise<RouteReply> {
  for await (const _ of request);
  return text(200, '');
}

async function send(
  response: ServerResponse,
  reply: RouteReply,
  answer: Answer,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  switch (answer.kind) {
    case 'route':
      return sendWhole(response, reply, headers);
    case 'cut':
      return sendCut(response, reply, headers, answer, listener.sockets);
    case 'slow':
      return sendWhole(response, slowed(reply, answer.everyMs, answer.chunkBytes), headers);
    case 'own': {
      const own = text(answer.status, answer.body);
      return sendWhole(response, { ...own, headers: { ...own.headers, ...answer.headers } }, headers);
    }
    case 'reset':
      if (response.socket !== null) listener.sockets.reset(response.socket);
      return undefined;
    case 'none':
      return undefined;
  }
}
