import { SCENARIOS } from '../../src/simulate/scenarios/index.ts';
import { start } from '../lib/child.ts';
import type { Goal, Part, RunOptions, Section, Table } from '../lib/report.ts';
import type { FleetSeen } from './fleet/run.ts';

const PROGRAM = new URL('./fleet/run.ts', import.meta.url);
const FULL = [10_000, 100_000, 1_000_000];
const QUICK = [1_000];
const MEGABYTE = 1e6;
const MOST_S = 60;
const MOST_BYTES = 1e9;

interface Figure extends FleetSeen {
  readonly clients: number;
}

type Fields = Readonly<Record<string, unknown>>;

export const requests: Part = {
  name: 'requests',
  summary: 'clients that make a request a minute lose their host for a minute',
  async run({ quick }: RunOptions): Promise<Section> {
    const figures = await measure('million', quick);
    const again = await run('million', (quick ? QUICK : FULL)[0] as number);
    const repeats = again.digest === figures[0]?.digest;
    return {
      title: 'A fleet that loses its host for a minute',
      how: [
        'The scenario `million`, for as many clients as the row says: each makes a request a minute, by the pool machine and the retry rules of the product; one of two hosts',
        'is a black hole for a minute. One thread, no flags for the heap. Ratios are to the row above: ten times as many clients.',
      ],
      tables: [{ table: table(figures) }],
      goals: [
        ...limits(figures),
        promise('the same seed, the same figures', repeats ? 'they are' : 'they differ', repeats),
      ],
      figures,
    };
  },
};

export const sessions: Part = {
  name: 'sessions',
  summary: 'clients that keep a connection open are reset, and come back over the window of their server',
  async run({ quick }: RunOptions): Promise<Section> {
    const figures = await measure('sessions-failover', quick);
    return {
      title: 'A fleet whose connections are reset',
      how: [
        'The scenario `sessions-failover`: each client runs the session machine and the pool machine of the product. All connections end at once; the clients come to the standby',
        'over the window that they were told, and go home when the host is back and proven. Peaks are hellos in the busiest second, over the admission rate.',
      ],
      tables: [{ table: table(figures) }, { caption: 'What came of it', table: outcome(figures) }],
      goals: [...limits(figures), ...windows(figures)],
      figures,
    };
  },
};

async function measure(name: string, quick: boolean): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const clients of quick ? QUICK : FULL) figures.push({ clients, ...(await run(name, clients)) });
  return figures;
}

/** Hosts with sessions let in as many as their clients need, whatever their number. */
async function run(name: string, clients: number): Promise<FleetSeen> {
  const scenario = SCENARIOS[name] as Fields;
  const { sessions: told, clients: usual } = scenario as { readonly sessions?: Fields; readonly clients: number };
  const growth = clients / usual;
  const grown = (field: string) => Number(told?.[field]) * growth;
  const scaled =
    told === undefined ? {} : { sessions: { ...told, ratePerSecond: grown('ratePerSecond'), burst: grown('burst') } };
  return start<FleetSeen>(PROGRAM, { ...scenario, clients, ...scaled }).result;
}

function table(figures: readonly Figure[]): Table {
  const ratio = (value: number, before: number | undefined) =>
    before === undefined ? '' : (value / before).toFixed(1);
  return {
    columns: ['clients', 'time, s', 'ratio', 'processor, s', 'memory, MB', 'ratio', 'events', 'events per s'],
    rows: figures.map(({ clients, tookMs, cpuMs, resident, events }, at) => [
      clients.toLocaleString('en-GB'),
      (tookMs / 1000).toFixed(1),
      ratio(tookMs, figures[at - 1]?.tookMs),
      (cpuMs / 1000).toFixed(1),
      (resident / MEGABYTE).toFixed(0),
      ratio(resident, figures[at - 1]?.resident),
      events.toLocaleString('en-GB'),
      Math.round((events / tookMs) * 1000).toLocaleString('en-GB'),
    ]),
  };
}

function outcome(figures: readonly Figure[]): Table {
  return {
    columns: [
      'clients',
      'window, s',
      '99 % back, of the window',
      'peak at the standby',
      'peak at failback',
      'turned away',
      'expired',
    ],
    rows: figures.map(({ clients, report: { sessions: seen } }) => [
      clients.toLocaleString('en-GB'),
      ((seen?.windowMs ?? 0) / 1000).toFixed(0),
      seen?.backOverWindow?.toFixed(2) ?? 'never',
      seen?.hosts[1]?.peakAsked.toFixed(2) ?? '',
      seen?.hosts[0]?.peakAsked.toFixed(2) ?? '',
      String(seen?.hosts.reduce((sum, { refused }) => sum + refused, 0) ?? ''),
      String(seen?.lost ?? ''),
    ]),
  };
}

const promise = (text: string, measured: string, met: boolean): Goal => ({ promise: text, measured, met });

function limits(figures: readonly Figure[]): readonly Goal[] {
  const largest = figures.at(-1);
  if (largest === undefined) return [];
  const [seconds, { resident }] = [largest.tookMs / 1000, largest];
  const clients = largest.clients.toLocaleString('en-GB');
  return [
    promise(`${clients} clients within ${MOST_S} s`, `${seconds.toFixed(1)} s`, seconds <= MOST_S),
    promise(`${clients} clients within 1 GB`, `${(resident / MEGABYTE).toFixed(0)} MB`, resident <= MOST_BYTES),
  ];
}

function windows(figures: readonly Figure[]): readonly Goal[] {
  const seen = figures.at(-1)?.report.sessions;
  const [peak, back] = [seen?.hosts[1]?.peakAsked ?? Infinity, seen?.backOverWindow ?? Infinity];
  return [
    promise('the standby’s busiest second is at most 1.2 of its admission rate', peak.toFixed(2), peak <= 1.2),
    promise('99 % are back within 1.2 of the window', back.toFixed(2), back <= 1.2),
  ];
}
