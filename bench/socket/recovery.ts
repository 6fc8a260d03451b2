import { namespaceUnavailable } from '../../test/rig/namespace.ts';
import { createRig } from '../../test/rig/rig.ts';
import type { Part, RunOptions, Section } from '../lib/report.ts';
import { PEERS } from './peers.ts';
import { enter } from './recovery/contender.ts';
import { faultsIn } from './recovery/faults.ts';
import { goals } from './recovery/goals.ts';
import { TALK_MS } from './recovery/protocol.ts';
import { type Outcome, round } from './recovery/round.ts';
import { fatesTable, timesTable } from './recovery/tables.ts';

const FULL = { idle: 5, talking: 5, spreadMs: 4_000, limitMs: 30_000, afterMs: 1_000, calmMs: 2_000 };
const QUICK = { idle: 1, talking: 1, spreadMs: 0, limitMs: 1_000, afterMs: 100, calmMs: 200 };

export const recovery: Part = {
  name: 'recovery',
  summary: 'a conversation whose first host is killed, frozen or cut off: how soon it goes on, and what is lost',
  async run({ quick }: RunOptions): Promise<Section> {
    const size = quick ? QUICK : FULL;
    const left = PEERS.flatMap(({ name, unavailable }) => {
      const reason = unavailable?.();
      return reason === undefined ? [] : [`Not measured here: ${name} (${reason}).`];
    });
    const noNamespace = await namespaceUnavailable();
    if (noNamespace !== undefined) left.push(`Not measured here: the black hole (${noNamespace}).`);
    const outcomes = await measure(size, noNamespace === undefined);
    const limit = `> ${size.limitMs / 1_000} s`;
    return {
      title: 'Recovery after a fault',
      how: [...how(size), ...left],
      tables: [
        {
          caption: 'From the fault to the first words of the second host: median / longest, in seconds',
          table: timesTable(outcomes, limit),
        },
        { caption: 'Messages of the users who talked', table: fatesTable(outcomes) },
        {
          caption: 'How each comes to its second host',
          table: { columns: ['', 'how'], rows: PEERS.map(({ name, how: words }) => [name, words]), words: true },
        },
      ],
      goals: goals(outcomes),
      figures: outcomes,
    };
  },
};

async function measure(size: typeof FULL, namespaces: boolean): Promise<Outcome[]> {
  await using rig = createRig();
  const namespace = namespaces ? await rig.namespace() : undefined;
  const peers = PEERS.filter(({ unavailable }) => unavailable?.() === undefined);
  const contenders = await Promise.all(peers.map((peer, index) => enter(rig, peer, index, namespace, size)));
  const outcomes: Outcome[] = [];
  for (const fault of faultsIn(namespace)) outcomes.push(...(await round(fault, contenders, size)));
  return outcomes;
}

function how({ idle, talking, calmMs }: typeof FULL): string[] {
  return [
    `Real processes: two hosts for each library, and a process with ${idle + talking} users of it. ${idle} are idle: nothing is said either way before the fault, but for the library's`,
    `own heartbeats, which are not in step. ${talking} talk: each says a numbered message every ${TALK_MS} ms and gets an answer, so there is always one that is not acknowledged.`,
    `From the fault on the second host says something every ${TALK_MS} ms to every client that it knows of; the time runs until a user hears it. That interval is in all figures.`,
    'Kill: SIGKILL. Freeze: SIGSTOP. Black hole: packets vanish, in a network namespace.',
    '*Lost*: processed by no host, by their own journals, and the library did not tell. *Told*: the library told that it would not arrive. *Repeated*: processed more than once.',
    `*Missed*: said by the second host since the fault and never heard. The first host comes back before the count, ${calmMs / 1_000} s before the end.`,
    'Where a library does not come back within the limit, its messages wait in a socket, and a host that thaws may still process them.',
  ];
}
