import type { Scenario } from '../../src/simulate/fleet/scenario.ts';
import { type Run, runOurs, runPeer } from '../../src/simulate/peers/beside.ts';
import { plotBeside } from '../../src/simulate/peers/plot/plotBeside.ts';
import {
  type Figures,
  inSeconds,
  markdownTable,
  named,
  percent,
  type Section,
  scenarioOf,
  times,
  whole,
} from './section.ts';

const BESIDE = ['none', 'walk', 'eject-60', 'ky', 'ky-tuned', 'aws', 'grpc'];
const SHOWN = ['Switchover', 'stateless walk', '60 s ejection', 'AWS 2026'];
const LONGER_MS = 240_000;
/** How long after a host's return its load is looked at. */
const RETURN_SECONDS = 5;

/** A host is gone for a minute, silently and then openly: who is served, and how its clients come back. */
export const failover: Section = {
  name: 'failover',
  scenarios: ['outage'],
  quick: false,
  make(): Figures {
    const silent = scenarioOf('outage');
    const open = scenarioOf('outage', {
      faults: silent.faults.map((fault) => ({ ...fault, kind: 'refuse' })),
    });
    const long = scenarioOf('outage', {
      durationMs: silent.durationMs + LONGER_MS,
      faults: silent.faults.map((fault) => ({ ...fault, untilMs: fault.untilMs + LONGER_MS })),
    });
    const [silently, lengthily, openly] = [silent, long, open].map(runsOf) as [Run[], Run[], Run[]];
    const gone = silently.map((run, at) => goneRow(run, lengthily[at] as Run, openly[at] as Run));
    const back = silently.map((run) => backRow(run, silent));
    const shown = silently.filter(({ title }) => SHOWN.includes(title));
    const title = 'A host vanishes for a minute, and returns';
    return {
      markdown: `${markdownTable(GONE, gone)}\n\nAnd when it returns:\n\n${markdownTable(BACK, back)}`,
      pictures: { 'scale-failover': plotBeside({ ...silent, title }, shown) },
    };
  },
};

const runsOf = (scenario: Scenario): Run[] => [runOurs(scenario), ...BESIDE.map((name) => runPeer(scenario, name))];

const GONE = [
  '',
  'black hole: served',
  'attempts each',
  'sent to the dead host',
  'in an outage of 5 min',
  'refused: served',
  'attempts each',
];

function goneRow({ title, report }: Run, long: Run, refused: Run): string[] {
  return [
    named(title),
    percent(report.goodputInFault ?? 0),
    times(report.attemptsPerRequest),
    whole(report.hosts[0]?.sentToGone ?? 0),
    whole(long.report.hosts[0]?.sentToGone ?? 0),
    percent(refused.report.goodputInFault ?? 0),
    times(refused.report.attemptsPerRequest),
  ];
}

const BACK = ['', 'load in the first 5 s', 'load back, 10 → 90 %', 'standby’s peak', 'probes each', 'peak of probes'];

function backRow(run: Run, scenario: Scenario): string[] {
  const [first, standby] = run.report.hosts;
  return [
    named(run.title),
    `${times(returnLoad(run, scenario))} ×`,
    first?.comeback ? inSeconds(first.comeback.tookMs) : '–',
    times(standby?.peakLoad ?? 0),
    times(run.report.probesPerClient),
    times(first?.peakProbes ?? 0),
  ];
}

/** The highest load of the first host in the seconds after its return, over what it has when all is well. */
function returnLoad({ record }: Run, { faults, clients, everyMs }: Scenario): number {
  const second = Math.ceil((faults[0]?.untilMs ?? 0) / 1000);
  const load = record.hosts[0]?.load.slice(second, second + RETURN_SECONDS) ?? [];
  return Math.max(...load) / ((clients * 1000) / everyMs);
}
