import type { Durability } from '../../src/server/stores/sqlite/openStore.ts';
import type { Part, RunOptions, Section, Table } from '../lib/report.ts';
import { median } from '../lib/stats.ts';
import { temporaryDirectory } from '../lib/temporaryDirectory.ts';
import { insertsPerSecond, load, type Step, stepsPerSecond } from './work.ts';

const FULL = { rounds: 5, measureMs: 300 };
const QUICK = { rounds: 1, measureMs: 10 };
const WIDTHS = [1, 16, 128];
const STEPS: readonly Step[] = ['append', 'accept', 'acknowledge'];
const KINDS: readonly { readonly name: string; readonly durability: Durability | null }[] = [
  { name: 'memory', durability: null },
  { name: 'SQLite, durability `process`', durability: 'process' },
  { name: 'SQLite, durability `power`', durability: 'power' },
];

interface Row {
  readonly name: string;
  readonly width: number;
  readonly rates: Readonly<Record<Step, number>>;
  /** To plain inserts of the same width and durability; null where there is nothing to compare. */
  readonly ratios: Readonly<Record<Step, number>> | null;
}

export const steps: Part = {
  name: 'steps',
  summary: 'appends, accepts and acknowledgements per second',
  async run({ quick }: RunOptions): Promise<Section> {
    const rows = await measure(quick ? QUICK : FULL);
    return {
      title: 'Steps of a session store',
      how: [
        '200 sessions, messages of 100 bytes, one process; *at once*: steps that wait for their answers at the same time, as of so many busy clients.',
        'Ratios are to `INSERT`s of the same bytes into one table of a file of the same durability, as many in a transaction as there are steps at',
        'once, made in turn with the steps: what is left of the engine. Medians of the rounds.',
      ],
      tables: [{ table: table(rows) }],
      goals: [],
      figures: rows,
    };
  },
};

async function measure({ rounds, measureMs }: typeof FULL): Promise<Row[]> {
  await using directory = temporaryDirectory();
  const rows: Row[] = [];
  for (const { name, durability } of KINDS) {
    const loaded = await load(directory.path, durability);
    for (const width of WIDTHS) {
      const rates = new Map(STEPS.map((step) => [step, [] as number[]]));
      const ratios = new Map(STEPS.map((step) => [step, [] as number[]]));
      for (let round = 0; round < rounds; round++) {
        for (const step of STEPS) {
          const rate = await stepsPerSecond(loaded, step, width, measureMs);
          rates.get(step)?.push(rate);
          if (durability === null) continue;
          ratios.get(step)?.push(rate / insertsPerSecond(directory.path, durability, width, measureMs));
        }
      }
      rows.push({ name, width, rates: medians(rates), ratios: durability === null ? null : medians(ratios) });
    }
    await loaded.store.close();
  }
  return rows;
}

const medians = (figures: ReadonlyMap<Step, readonly number[]>): Readonly<Record<Step, number>> =>
  Object.fromEntries([...figures].map(([step, values]) => [step, median(values)])) as Record<Step, number>;

function table(rows: readonly Row[]): Table {
  return {
    columns: ['', 'at once', ...STEPS.flatMap((step) => [`${step}: per s`, 'ratio'])],
    rows: rows.map(({ name, width, rates, ratios }) => [
      name,
      String(width),
      ...STEPS.flatMap((step) => [
        Math.round(rates[step]).toLocaleString('en-GB'),
        ratios === null ? '–' : ratios[step].toFixed(2),
      ]),
    ]),
  };
}
