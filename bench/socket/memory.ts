import { fileURLToPath } from 'node:url';
import { createRig } from '../../test/rig/rig.ts';
import { sleep } from '../../test/rig/wait.ts';
import type { Part, RunOptions, Section } from '../lib/report.ts';
import type { ClientOrder } from './load/client.ts';
import { NAMES } from './load/kind.ts';
import type { Memory, ServerOrder } from './load/server.ts';

const SERVER = fileURLToPath(new URL('./load/server.ts', import.meta.url));
const CLIENT = fileURLToPath(new URL('./load/client.ts', import.meta.url));

const FULL = { connections: 2_000, calmMs: 1_000 };
const QUICK = { connections: 100, calmMs: 50 };

/** Bytes of the server's process for one connection. */
interface Figure extends Memory {
  readonly kind: string;
}

export const memory: Part = {
  name: 'memory',
  summary: 'memory of a server for each connection, as ratios to bare ws',
  async run({ quick }: RunOptions): Promise<Section> {
    const size = quick ? QUICK : FULL;
    const figures: Figure[] = [];
    for (const kind of Object.values(NAMES)) figures.push({ kind, ...(await measure(kind, size)) });
    const bare = figures[0];
    return {
      title: 'Memory of a server for each connection',
      how: [
        `${size.connections} connections, each after one message and its answer; what the server's process has grown by, after a collection, for each.`,
        '*Heap*: what its objects take, buffers included. *Resident*: pages of the process.',
      ],
      tables: [
        {
          table: {
            columns: ['', 'heap, KB', 'ratio', 'resident, KB', 'ratio'],
            rows: figures.map(({ kind, heap, resident }) => [
              kind,
              (heap / 1_000).toFixed(1),
              (heap / (bare?.heap ?? Number.NaN)).toFixed(2),
              (resident / 1_000).toFixed(1),
              (resident / (bare?.resident ?? Number.NaN)).toFixed(2),
            ]),
          },
        },
      ],
      goals: [],
      figures,
    };
  },
};

async function measure(kind: string, { connections, calmMs }: typeof FULL): Promise<Memory> {
  await using rig = createRig();
  const server = await rig.server({ name: kind, program: SERVER, extra: { kind } satisfies ServerOrder });
  const client = await rig.server({ name: 'client', program: CLIENT, extra: kind });
  const open = (count: number) => client.ask({ act: 'open', url: server.url, count } satisfies ClientOrder);
  // What the first of them load and compile stays for all.
  await open(1);
  await sleep(calmMs);
  const before = (await server.ask('memory')) as Memory;
  await open(connections);
  await sleep(calmMs);
  const after = (await server.ask('memory')) as Memory;
  return {
    heap: (after.heap - before.heap) / connections,
    resident: (after.resident - before.resident) / connections,
  };
}
