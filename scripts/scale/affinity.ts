import type { Scenario } from '../../src/simulate/fleet/scenario.ts';
import { type Run, runOurs, runPeer } from '../../src/simulate/peers/beside.ts';
import { bandsOf, heightFor, loadsOf } from '../../src/simulate/peers/plot/plotBeside.ts';
import { plotRows } from '../../src/simulate/peers/plot/rowsPlot.ts';
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

const BESIDE = ['none', 'walk-listed', 'walk', 'eject-60'];
const SHOWN = ['Switchover', 'walk, as listed'];

/** One of three active hosts is gone; the standby waits for just that. */
export const affinity: Section = {
  name: 'affinity',
  scenarios: ['affinity'],
  quick: false,
  make(): Figures {
    const scenario = scenarioOf('affinity');
    const runs = [runOurs(scenario), ...BESIDE.map((name) => runPeer(scenario, name))];
    const columns = [
      '',
      'served in the fault',
      ...scenario.hosts.map(({ name }) => `peak at ${name}`),
      'sent to the dead host',
      'load back at b',
    ];
    return {
      markdown: markdownTable(columns, runs.map(rowOf)),
      pictures: {
        'scale-affinity': picture(
          scenario,
          runs.filter(({ title }) => SHOWN.includes(title)),
        ),
      },
    };
  },
};

function rowOf({ title, report }: Run): string[] {
  const struck = report.hosts.find(({ name }) => name === 'b');
  return [
    named(title),
    percent(report.goodputInFault ?? 0),
    ...report.hosts.map(({ peakLoad }) => times(peakLoad)),
    whole(struck?.sentToGone ?? 0),
    struck?.comeback ? inSeconds(struck.comeback.tookMs) : '–',
  ];
}

/** A row for each host, each with a line for each policy: who bears what. */
function picture(scenario: Scenario, runs: readonly Run[]): string {
  const seconds = Math.floor(scenario.durationMs / 1000);
  const loads = runs.map(({ record }) => loadsOf(record, seconds));
  const rows = scenario.hosts.map(({ name, tier }, host) => ({
    title: `${name}, ${tier}`,
    note: runs.map((run) => `${run.title}: ${times(run.report.hosts[host]?.peakLoad ?? 0)} at most`).join(' · '),
    loads: loads.map((hosts) => hosts[host] ?? null),
    served: null,
  }));
  return plotRows({
    title: scenario.title,
    about: `${whole(scenario.clients)} clients, utilisation ${scenario.utilisation}. Attempts per second over capacity, at each host.`,
    seconds,
    bands: bandsOf(scenario),
    legend: runs.map(({ title }) => title),
    most: heightFor(rows),
    rows,
  });
}
