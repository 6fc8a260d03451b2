import { type Run, runOurs, runPeer } from '../../src/simulate/peers/beside.ts';
import { plotBeside } from '../../src/simulate/peers/plot/plotBeside.ts';
import { type Figures, markdownTable, named, percent, type Section, scenarioOf, times, whole } from './section.ts';

const BESIDE = ['walk', 'eject-60', 'ky-tuned', 'aws'];

/** A tenth of the clients has no network for a minute, while all hosts are well. */
export const offline: Section = {
  name: 'offline',
  scenarios: ['offline'],
  quick: false,
  make(): Figures {
    const told = scenarioOf('offline');
    const untold = scenarioOf('offline', { offline: { ...told.offline, told: false } });
    const runs: readonly Run[] = [
      { ...runOurs(told), title: 'Switchover' },
      { ...runOurs(untold), title: 'Switchover, untold' },
      ...BESIDE.map((name) => runPeer(told, name)),
    ];
    const shown = runs.filter(({ title }) => /^Switchover|ejection/.test(title));
    return {
      markdown: markdownTable(COLUMNS, runs.map(rowOf)),
      pictures: { 'scale-offline': plotBeside(told, shown) },
    };
  },
};

const COLUMNS = [
  '',
  'others served',
  'of its own served later',
  'moves per client',
  'probes per client',
  'peak at a',
  'peak at b',
];

function rowOf({ title, report }: Run): string[] {
  const { ok, requests } = report.offline;
  const [first, second] = report.hosts;
  const isOurs = title.startsWith('Switchover');
  const moves = report.movesPerClient.failover + report.movesPerClient.failback;
  return [
    named(title),
    percent(report.goodput),
    `${percent(ok / Math.max(1, requests))} of ${whole(requests)}`,
    isOurs ? times(moves) : '–',
    isOurs ? times(report.probesPerClient) : '–',
    times(first?.peakLoad ?? 0),
    times(second?.peakLoad ?? 0),
  ];
}
