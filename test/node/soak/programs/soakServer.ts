/**
 * A server of a soak. What its application does with a message (a row, and an answer) is in the transaction that accepts the message.
 * Now and then it pushes something to somebody, whether or not they are there.
 */
import { createServer } from 'node:http';
import { attachWebSocketServer, createSessionServer } from '../../../../src/server/index.ts';
import type { Launch } from '../../../rig/protocol.ts';
import { answerParent, report } from '../../../rig/server/control.ts';
import { createListener } from '../../../rig/server/listener.ts';
import { brokenStore } from '../breaks.ts';
import { openLog } from '../logFile.ts';
import type { ServerExtra, ServerOrder } from '../orders.ts';
import { recorded } from '../recorder.ts';
import { answerId, type Said, type ServerRecord, type Told } from '../records.ts';
import { insertEffect, openSoakStore } from '../soakStore.ts';

const { extra, ...launch } = JSON.parse(process.argv[2] ?? '{}') as Launch & { readonly extra: ServerExtra };
const log = openLog<ServerRecord>(extra.log);
log.write({ kind: 'start' });
process.on('uncaughtExceptionMonitor', (error) => log.write({ kind: 'failed', what: String(error.stack) }));

const store = recorded(brokenStore(openSoakStore(extra), extra.broken), log);
const sessions = createSessionServer({
  store,
  authenticate: ({ auth }) => (auth === undefined ? null : { subject: auth }),
  // A tenth of what they usually are, as on the clients' side.
  heartbeatMs: 500,
  helloMs: 1_000,
  retryWindowMs: 150,
  ttlMs: extra.ttlMs,
  collectMs: 1_000,
});

sessions.on('message', (session, { data, seq }, transaction) => {
  const { client, n } = data as Said;
  const { stream, epoch } = store.accepting ?? { stream: '', epoch: 0 };
  insertEffect(transaction, { client, n, sid: session.sid, stream, seq, epoch });
  void session.send({ to: client, id: answerId({ client, n }) } satisfies Told);
});
sessions.on('gap', ({ sid }, range) => {
  if (range !== null) log.write({ kind: 'gap', sid, from: range[0], to: range[1] });
});
sessions.on('warning', ({ code, cause }) => log.write({ kind: 'warning', what: `${code} ${String(cause ?? '')}` }));

const http = createServer((request, response) => {
  const ready = request.url === '/healthz/ready' && sessions.role === 'active';
  response.writeHead(ready ? 200 : 503).end();
});
await attachWebSocketServer(sessions, { server: http });
const listener = createListener(http, launch.host, launch.port, () => {});

let pushes = true;
answerParent(async (command) => {
  if (command.kind === 'ping') return;
  // Once this is answered.
  if (command.kind === 'end') return void setImmediate(end);
  if (command.kind !== 'custom') throw new Error(`${command.kind}: not here`);
  const order = command.value as ServerOrder;
  if (order.kind === 'quiet') pushes = false;
  else await sessions.drain({ deadlineMs: order.deadlineMs });
});
await listener.listen();
report({ kind: 'listening', port: listener.port });
void push();

async function end(): Promise<void> {
  pushes = false;
  sessions.close();
  await store.close();
  log.write({ kind: 'stopped' });
  process.exit(0);
}

/** Says something to one client or another, in all sessions that it has. */
async function push(): Promise<void> {
  for (let number = 1; pushes; number += 1) {
    await new Promise((resolve) => setTimeout(resolve, (2_000 / extra.pushRate) * Math.random()));
    const to = `c${Math.floor(Math.random() * extra.clients)}`;
    for (const sid of await sessions.sessionsOf(to))
      await pushTo(sid, { to, id: `push:${launch.name}:${process.pid}:${number}:${sid}` });
  }
}

async function pushTo(sid: string, told: Told): Promise<void> {
  if (!pushes) return;
  const { id } = told;
  log.write({ kind: 'push', id });
  try {
    if (await sessions.send(sid, told)) log.write({ kind: 'pushed', id });
  } catch (error) {
    // Nobody knows: it may be there or not.
    log.write({ kind: 'warning', what: `push ${String(error)}` });
  }
}
