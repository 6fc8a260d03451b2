/**
 * Several clients in one process: each says numbered messages, notes what it gets, and is brought back from its store after
 * a kill. Its log is at the same time the application's own record: a message that it holds is not taken twice.
 */
import { join } from 'node:path';
import type { Launch } from '../../../rig/protocol.ts';
import { answerParent, report } from '../../../rig/server/control.ts';
import { SoakClient } from '../client.ts';
import type { ClientsExtra, ClientsOrder } from '../orders.ts';

const { extra } = JSON.parse(process.argv[2] ?? '{}') as Launch & { readonly extra: ClientsExtra };
const clients = extra.names.map((name) => new SoakClient(name, join(extra.directory, name), extra));

answerParent(async (command) => {
  if (command.kind === 'ping') return undefined;
  if (command.kind === 'end') return void setImmediate(() => process.exit(0));
  if (command.kind !== 'custom') throw new Error(`${command.kind}: not here`);
  return obey(command.value as ClientsOrder);
});

process.on('uncaughtExceptionMonitor', (error) => {
  for (const client of clients) client.note({ kind: 'failed', what: String(error.stack) });
});

report({ kind: 'listening', port: 0 });

async function obey(order: ClientsOrder): Promise<unknown> {
  switch (order.kind) {
    case 'quiet':
      for (const client of clients) client.quiet();
      return undefined;
    case 'pending':
      return clients.reduce((sum, client) => sum + client.pending, 0);
    case 'close':
      await Promise.all(clients.map((client) => client.close()));
      return undefined;
  }
}
