/** A process of users of one library, who do what the conductor says. Started by the rig. */

import type { Launch } from '../../../test/rig/protocol.ts';
import { answerParent, report } from '../../../test/rig/server/control.ts';
import { sleep } from '../../../test/rig/wait.ts';
import { PEERS } from '../peers.ts';
import type { ClientsOptions, Heard, Logs, Order } from './protocol.ts';
import { Talker } from './talker.ts';

const launch = JSON.parse(process.argv[2] ?? '{}') as Launch;
const options = launch.extra as ClientsOptions;
const peer = PEERS.find(({ name }) => name === options.peer);
if (peer === undefined) throw new Error(`There is no ${options.peer}.`);
const library = peer;
let idle: readonly Talker[] = [];
let talking: readonly Talker[] = [];

// Some libraries throw or reject where nobody can catch it when their host vanishes. Their users would see the process end.
let uncaught: string[] = [];
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error) => uncaught.push(error instanceof Error ? String(error.stack) : String(error)));
}
answerParent((command) => (command.kind === 'custom' ? obey(command.value as Order) : undefined));
report({ kind: 'listening', port: launch.port });

function obey(order: Order): unknown {
  switch (order.act) {
    case 'open':
      return open(order.round, order.hosts);
    case 'talk':
      for (const talker of talking) talker.talk();
      return undefined;
    case 'hush':
      for (const talker of talking) talker.hush();
      return undefined;
    case 'heard': {
      const heard = (talker: Talker) => talker.heardMs(order.host);
      return { idle: idle.map(heard), talking: talking.map(heard) } satisfies Heard;
    }
    case 'close':
      return close();
  }
}

async function open(round: string, hosts: readonly [string, string]): Promise<readonly string[]> {
  const people = (kind: string, count: number): Talker[] =>
    Array.from({ length: count }, (_, index) => new Talker(`${round}-${kind}${index}`));
  idle = people('idle', options.idle);
  talking = people('talking', options.talking);
  const later = (talker: Talker, index: number) =>
    sleep((options.spreadMs * index) / options.idle).then(() => talker.open(library, hosts));
  await Promise.all([...talking.map((talker) => talker.open(library, hosts)), ...idle.map(later)]);
  return [...idle, ...talking].map(({ user }) => user);
}

async function close(): Promise<Logs> {
  const logs = (talkers: readonly Talker[]) => Promise.all(talkers.map((talker) => talker.close()));
  const all = { idle: await logs(idle), talking: await logs(talking), uncaught };
  uncaught = [];
  return all;
}
