import type { Part, RunOptions, Section } from '../lib/report.ts';
import { ratio, runAll, scenarioOf } from './fleets.ts';

const BESIDE = ['none', 'full-jitter', 'bucket-10', 'ky', 'ky-tuned', 'aws', 'grpc'];
const PATIENCE = { attemptMs: 1_000, waryAttemptMs: 1_000, totalMs: 3_000 };

export const overload: Part = {
  name: 'overload',
  summary: 'a host stands still for ten seconds: how long until all is well again',
  run({ quick }: RunOptions): Promise<Section> {
    const size = quick ? 50 : 1;
    const fleets = [
      ['many clients, 0.8 busy', { clients: 20_000 / size, everyMs: 12_500 }],
      ['many clients, 0.5 busy', { clients: 20_000 / size, everyMs: 20_000, utilisation: 0.5 }],
    ] as const;
    const all = fleets.map(([, changes]) =>
      runAll(scenarioOf('overload', { durationMs: 215_000, policy: { timeout: PATIENCE }, ...changes }), BESIDE),
    );
    const figures = (all[0] ?? []).map(({ title }, at) => ({
      title,
      recoveryMs: all.map((runs) => runs[at]?.report.recoveryMs ?? null),
      attempts: all.map((runs) => runs[at]?.report.attemptsPerRequest ?? 0),
    }));
    const [ours, none] = figures as [(typeof figures)[number], (typeof figures)[number]];
    const worst = Math.max(...ours.recoveryMs.map((ms, at) => (ms ?? Infinity) / (none.recoveryMs[at] ?? 0)));
    return Promise.resolve({
      title: 'An overload after a stall',
      how: [
        `${20_000 / size} clients on virtual time, and one host that stands still for ten seconds. An attempt may take 1 s, a request 3 s. Recovery: from the end of the stall until`,
        'five seconds begin in each of which 99 % are served, as a ratio to ours; *never*: not within three minutes. Attempts are for each request.',
      ],
      tables: [
        {
          table: {
            columns: ['', ...fleets.flatMap(([name]) => [`${name}: recovery`, 'attempts'])],
            rows: figures.map(({ title, recoveryMs, attempts }) => [
              title,
              ...recoveryMs.flatMap((ms, at) => [
                ratio(ms, ours.recoveryMs[at] ?? null),
                (attempts[at] ?? 0).toFixed(2),
              ]),
            ]),
          },
        },
      ],
      goals: [
        {
          promise: 'an overload ends within 1.25 of the time that it takes without any retries',
          measured: worst.toFixed(2),
          met: worst <= 1.25,
        },
      ],
      figures,
    });
  },
};
