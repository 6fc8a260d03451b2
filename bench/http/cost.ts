import { start } from '../lib/child.ts';
import type { Goal, Part, RunOptions, Section, Table } from '../lib/report.ts';
import { median } from '../lib/stats.ts';
import type { CostOrder, CostResult } from './cost/program.ts';

const PROGRAM = new URL('./cost/program.ts', import.meta.url);

const FULL = { rounds: 12, warmUpRounds: 3, requests: 2_000 };
const QUICK = { rounds: 2, warmUpRounds: 1, requests: 20 };

/** Who shares a process: those whose difference matters. What others leave lying about is then no matter. */
const GROUPS: readonly (readonly string[])[] = [
  ['failover.fetch'],
  ['switchover/fetch'],
  ['failover.http', 'ky', 'ky, retry: 0, timeout: false'],
  ['ofetch'],
  ['wretch + retry'],
  ['axios (fetch) + axios-retry'],
  ['cockatiel retry + breaker'],
  ['p-retry'],
  ['algolia transporter'],
];

/** A contender against the bare fetch of the same round. */
interface Cost {
  readonly name: string;
  readonly answerUs: number;
  readonly answerRatio: number;
  readonly jsonUs: number;
  readonly jsonRatio: number;
  /** By round, for what is compared with another than the bare one. */
  readonly answerRatios: readonly number[];
}

export const cost: Part = {
  name: 'cost',
  summary: 'what one request costs over a mock fetch, as a ratio to the bare one',
  run: async ({ quick }: RunOptions): Promise<Section> => {
    const size = quick ? QUICK : FULL;
    const costs: Cost[] = [];
    for (const names of GROUPS) {
      const order: CostOrder = { ...size, names };
      const [bare, ...others] = compare(await start<CostResult[]>(PROGRAM, order).result);
      if (costs.length === 0 && bare !== undefined) costs.push(bare);
      costs.push(...others);
    }
    return {
      title: 'Cost of one request',
      how: [
        'Time of the processor for one request over a mock `fetch` that answers later with a new `Response` (JSON, five headers),',
        `taking turns with the bare mock in one process; medians of ${size.rounds} rounds of ${size.requests} requests, as ratios to the bare mock of the same round.`,
        '*Answer*: until the status is known. *json()*: until the body is parsed. The transporter of algolia always reads the body.',
        'Every contender has its retries switched on. ky stands with its defaults, over the same relative address as `failover.http`,',
        'and without its own retries and time-outs, which is how it runs inside of `failover.http`.',
      ],
      tables: [{ table: table(costs) }],
      goals: goals(costs),
      figures: costs,
    };
  },
};

function compare(results: readonly CostResult[]): Cost[] {
  const [bare] = results;
  const ratios = (times: readonly number[]) => times.map((us, at) => us / (bare?.answerUs[at] ?? Number.NaN));
  return results.map(({ name, answerUs, jsonUs }) => ({
    name,
    answerUs: median(answerUs),
    answerRatio: median(ratios(answerUs)),
    jsonUs: median(jsonUs),
    jsonRatio: median(ratios(jsonUs)),
    answerRatios: ratios(answerUs),
  }));
}

function table(costs: readonly Cost[]): Table {
  return {
    columns: ['', 'answer, µs', 'answer, ratio', 'json(), µs', 'json(), ratio'],
    rows: costs.map(({ name, answerUs, answerRatio, jsonUs, jsonRatio }) => [
      name,
      figure(answerUs, 1),
      figure(answerRatio, 2),
      figure(jsonUs, 1),
      figure(jsonRatio, 2),
    ]),
  };
}

const figure = (value: number, digits: number): string => (Number.isNaN(value) ? '–' : value.toFixed(digits));

function goals(costs: readonly Cost[]): Goal[] {
  const of = (name: string): Cost | undefined => costs.find((one) => one.name === name);
  const ours = of('failover.fetch')?.answerRatio ?? Number.NaN;
  const kys = of('ky')?.answerRatios ?? [];
  const overKy = median(of('failover.http')?.answerRatios.map((ratio, at) => ratio - (kys[at] ?? Number.NaN)) ?? []);
  return [
    { promise: 'failover.fetch costs at most 1.5 of the bare one', measured: ours.toFixed(2), met: ours <= 1.5 },
    { promise: 'failover.http costs at most 0.5 more than ky', measured: overKy.toFixed(2), met: overKy <= 0.5 },
  ];
}
