import type { Part, RunOptions, Section } from '../lib/report.ts';
import { ratio, runAll, scenarioOf, sum } from './fleets.ts';

const BESIDE = ['walk', 'eject-60', 'ky', 'ky-tuned', 'aws', 'grpc'];
/** What the dead host gets in the seconds after its return. */
const RETURN_SECONDS = 5;

export const failover: Part = {
  name: 'failover',
  summary: 'a host vanishes for five minutes: attempts, and the load that it finds on its return',
  run({ quick }: RunOptions): Promise<Section> {
    const clients = quick ? 400 : 20_000;
    const untilMs = 330_000;
    const faults = [{ host: 'a', kind: 'black-hole', fromMs: 30_000, untilMs }];
    const scenario = scenarioOf('outage', { clients, faults, durationMs: untilMs + 150_000 });
    const runs = runAll(scenario, BESIDE);
    const figures = runs.map(({ title, record, report }) => ({
      title,
      served: report.goodputInFault ?? 0,
      attempts: report.attemptsPerRequest,
      calm: report.attemptsPerRequestCalm,
      sentToGone: sum(report.hosts.map(({ sentToGone }) => sentToGone)),
      returnLoad: Math.max(...(record.hosts[0]?.load.slice(untilMs / 1000, untilMs / 1000 + RETURN_SECONDS) ?? [])),
    }));
    const [ours] = figures as [(typeof figures)[number]];
    return Promise.resolve({
      title: 'Requests while a host is gone',
      how: [
        `${clients} clients on virtual time, of two hosts that are half busy; the first swallows packets for five minutes, and returns. *Served*: of the requests of that`,
        'time. The others are ratios to ours: attempts for each request of the whole run, attempts sent to the dead host, and its highest load in the five seconds',
        'after its return. Below 1 is better than ours.',
      ],
      tables: [
        {
          table: {
            columns: ['', 'served', 'attempts each', 'sent to the dead host', 'load on its return'],
            rows: figures.map(({ title, served, attempts, sentToGone, returnLoad }) => [
              title,
              `${(served * 100).toFixed(1)} %`,
              ratio(attempts, ours.attempts),
              ratio(sentToGone, ours.sentToGone),
              ratio(returnLoad, ours.returnLoad),
            ]),
          },
        },
      ],
      goals: [
        {
          promise: 'at most 1.02 attempts for each request while all is well',
          measured: ours.calm.toFixed(3),
          met: ours.calm <= 1.02,
        },
      ],
      figures,
    });
  },
};
