import { fileURLToPath } from 'node:url';
import { createRig, type Rig } from '../../test/rig/rig.ts';
import type { Goal, Part, RunOptions, Section, Table } from '../lib/report.ts';
import { median } from '../lib/stats.ts';
import type { ClientOrder, Direction, Loaded } from './load/client.ts';
import { NAMES } from './load/kind.ts';
import type { ServerOrder, ServerQuestion } from './load/server.ts';

const SERVER = fileURLToPath(new URL('./load/server.ts', import.meta.url));
const CLIENT = fileURLToPath(new URL('./load/client.ts', import.meta.url));

const FULL = { lines: 10, rounds: 3, warmMs: 500, measureMs: 1_000 };
const QUICK = { lines: 2, rounds: 1, warmMs: 50, measureMs: 100 };

const DIRECTIONS: readonly Direction[] = ['up', 'down', 'echo'];
const GOAL_RATIO = 0.6;

/** What one round came to. */
interface Round {
  readonly perSecond: number;
  /** Time of the processor for a message, in both processes together, in microseconds. */
  readonly cpuUs: number;
}

interface Rates {
  readonly kind: string;
  readonly direction: Direction;
  readonly rounds: readonly Round[];
}

export const throughput: Part = {
  name: 'throughput',
  summary: 'messages per second of a channel, as ratios to bare ws',
  async run({ quick }: RunOptions): Promise<Section> {
    const size = quick ? QUICK : FULL;
    const rates = await measure(size);
    return {
      title: 'Messages per second',
      how: [
        `One server process, one client process with ${size.lines} connections, 100 messages of about 120 bytes under way on each; all over \`ws\`, taking turns;`,
        `medians of ${size.rounds} rounds of ${size.measureMs} ms, and ratios to bare \`ws\` of the same round. *Up*: until the server has accepted it, for a channel durably in its store;`,
        'bare `ws` is told a count every 50 messages, socket.io acknowledges each. *Down*: until the client has got it. *Echo*: there and back.',
        '*Processor*: time of the processor for a message in both processes, as ratio to bare `ws`: lower is better.',
      ],
      tables: [{ table: table(rates) }],
      goals: goals(rates),
      figures: rates,
    };
  },
};

async function measure(size: typeof FULL): Promise<Rates[]> {
  await using rig = createRig();
  const kinds = Object.values(NAMES);
  const loads = await Promise.all(kinds.map((kind) => start(rig, kind, size)));
  const rates: Rates[] = [];
  for (const direction of DIRECTIONS) {
    const rounds = kinds.map((): Round[] => []);
    for (let round = 0; round < size.rounds; round++) {
      for (const [index, load] of loads.entries()) rounds[index]?.push(await load(direction));
    }
    rates.push(...kinds.map((kind, index) => ({ kind, direction, rounds: rounds[index] ?? [] })));
  }
  return rates;
}

async function start(
  rig: Rig,
  kind: string,
  { lines, warmMs, measureMs }: typeof FULL,
): Promise<(direction: Direction) => Promise<Round>> {
  const server = await rig.server({ name: kind, program: SERVER, extra: { kind } satisfies ServerOrder });
  const client = await rig.server({ name: 'client', program: CLIENT, extra: kind });
  const cpuOfServer = async () => Number(await server.ask('cpu' satisfies ServerQuestion));
  const order = (value: ClientOrder): Promise<unknown> => client.ask(value);
  await order({ act: 'open', url: server.url, count: lines });
  return async (direction) => {
    const before = await cpuOfServer();
    const loaded = (await order({ act: 'load', direction, warmMs, measureMs })) as Loaded;
    const cpuUs = loaded.cpuUs + (await cpuOfServer()) - before;
    return { perSecond: loaded.perSecond, cpuUs: cpuUs / loaded.messages };
  };
}

/** The median over rounds of a kind's figure by that of bare `ws`. */
function ratio(
  rates: readonly Rates[],
  { kind, direction }: Pick<Rates, 'kind' | 'direction'>,
  of: (round: Round) => number = ({ perSecond }) => perSecond,
): number {
  const figures = (name: string): readonly number[] =>
    rates.find((one) => one.kind === name && one.direction === direction)?.rounds.map(of) ?? [];
  const bare = figures(NAMES.bare);
  return median(figures(kind).map((figure, round) => figure / (bare[round] ?? Number.NaN)));
}

function table(rates: readonly Rates[]): Table {
  return {
    columns: ['', ...DIRECTIONS.flatMap((direction) => [`${direction}: per s`, 'ratio', 'processor'])],
    rows: Object.values(NAMES).map((kind) => [
      kind,
      ...rates
        .filter((one) => one.kind === kind)
        .flatMap((one) => [
          String(Math.round(median(one.rounds.map(({ perSecond }) => perSecond)))),
          ratio(rates, one).toFixed(2),
          ratio(rates, one, ({ cpuUs }) => cpuUs).toFixed(2),
        ]),
    ]),
  };
}

function goals(rates: readonly Rates[]): Goal[] {
  const worst = (kind: string): number => Math.min(...DIRECTIONS.map((direction) => ratio(rates, { kind, direction })));
  const own = worst(NAMES.memory);
  const ahead = DIRECTIONS.filter(
    (direction) => ratio(rates, { kind: NAMES.memory, direction }) > ratio(rates, { kind: NAMES.socketIo, direction }),
  );
  return [
    {
      promise: `a channel over the memory store reaches ${GOAL_RATIO} of bare ws in each direction`,
      measured: own.toFixed(2),
      met: own >= GOAL_RATIO,
    },
    {
      promise: 'and is ahead of socket.io with recovery in each',
      measured: ahead.length === 0 ? 'in none' : ahead.join(', '),
      met: ahead.length === DIRECTIONS.length,
    },
  ];
}
