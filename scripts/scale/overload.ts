import type { Scenario } from '../../src/simulate/fleet/scenario.ts';
import { type Run, runOurs, runPeer } from '../../src/simulate/peers/beside.ts';
import { plotBeside } from '../../src/simulate/peers/plot/plotBeside.ts';
import { type Figures, markdownTable, named, recovery, type Section, scenarioOf, times } from './section.ts';

const BESIDE = ['none', 'walk', 'immediate', 'full-jitter', 'bucket-10', 'ky', 'ky-tuned', 'aws', 'grpc'];
const SHOWN = ['Switchover', 'no retries', 'bucket 10, +0.1', 'AWS 2026', 'full jitter, no budget'];
/** Long enough to tell a slow recovery from none. */
const DURATION_MS = 215_000;
/** Three attempts of a second each: what the others give a request in all, so that ours has as long. */
const PATIENCE = { attemptMs: 1_000, waryAttemptMs: 1_000, totalMs: 3_000 };

const FLEETS: readonly (readonly [name: string, changes: Readonly<Record<string, unknown>>])[] = [
  ['20 busy clients, 0.8', { clients: 20, everyMs: 12.5 }],
  ['20,000 quiet, 0.8', { clients: 20_000, everyMs: 12_500 }],
  ['20,000 quiet, 0.5', { clients: 20_000, everyMs: 20_000, utilisation: 0.5 }],
  [
    '20,000 quiet, 0.8, and a standby',
    {
      ...{ clients: 20_000, everyMs: 12_500 },
      hosts: ['a', 'b'].map((name) => ({ name, queueMs: 60_000 })),
      faults: ['a', 'b'].map((host) => ({ host, kind: 'stall', fromMs: 20_000, untilMs: 30_000 })),
    },
  ],
];

/** One host stands still for ten seconds, and finds a queue. */
export const overload: Section = {
  name: 'overload',
  scenarios: ['overload'],
  quick: false,
  make(): Figures {
    const scenarios = FLEETS.map(([, changes]) =>
      scenarioOf('overload', { durationMs: DURATION_MS, policy: { timeout: PATIENCE }, ...changes }),
    );
    const all = scenarios.map(runsOf);
    const rows = (all[0] ?? []).map(({ title }, at) => [
      named(title),
      ...all.map((runs) => recovery(runs[at]?.report.recoveryMs ?? null)),
      times(all[1]?.[at]?.report.attemptsPerRequest ?? 0),
    ]);
    const columns = ['', ...FLEETS.map(([name]) => name), 'attempts each, quiet, 0.8'];
    const [, quiet] = scenarios as [Scenario, Scenario];
    const shown = SHOWN.flatMap((title) => (all[1] ?? []).filter((run) => run.title === title));
    const picture = plotBeside({ ...quiet, title: 'A host stands still for ten seconds' }, shown);
    return { markdown: markdownTable(columns, rows), pictures: { 'scale-overload': picture } };
  },
};

const runsOf = (scenario: Scenario): Run[] => [runOurs(scenario), ...BESIDE.map((name) => runPeer(scenario, name))];
