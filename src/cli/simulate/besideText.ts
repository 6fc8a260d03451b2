import type { Scenario } from '../../simulate/fleet/scenario.ts';
import type { Run } from '../../simulate/peers/beside.ts';
import { sessionFigures } from '../../simulate/peers/sessionFigures.ts';
import { type Heading, table } from '../demo/table.ts';
import { percent, seconds, whole } from './figures.ts';

/** Runs of one scenario under each other, as people read them. */
export function besideText(scenario: Scenario, runs: readonly Run[]): string {
  const lines =
    scenario.sessions === null
      ? table(
          HEADINGS,
          runs.map((run) => rowOf(run, scenario)),
        )
      : table(
          SESSION_HEADINGS,
          runs.map((run) => sessionRowOf(run, scenario)),
        );
  return `\n${['Side by side:', '', ...lines.map((line) => `  ${line}`.trimEnd())].join('\n')}\n`;
}

const HEADINGS: readonly Heading[] = [
  ['', 'policy'],
  ['', 'served'],
  ['in the', 'fault'],
  ['99 %', 'again'],
  ['attempts', 'per request'],
  ['wasted', 'work'],
  ['highest load', '÷ capacity'],
  ['sent to', 'who was gone'],
  ['load back', '10 → 90 %'],
];

const SESSION_HEADINGS: readonly Heading[] = [
  ['', 'policy'],
  ['99 %', 'back in'],
  ['without one,', 'mean'],
  ['never', 'back'],
  ['hellos', 'each'],
  ['turned away,', 'each'],
  ['most hellos', '÷ rate'],
];

function sessionRowOf(run: Run, scenario: Scenario): string[] {
  const { backMs, awayMs, lost, hellosPerClient, refusedPerClient, peaks } = sessionFigures(run, scenario);
  return [
    run.title,
    backMs === null ? 'never' : seconds(backMs),
    seconds(awayMs),
    whole(lost),
    hellosPerClient.toFixed(2),
    refusedPerClient.toFixed(2),
    Math.max(...peaks).toFixed(2),
  ];
}

function rowOf({ title, report }: Run, scenario: Scenario): string[] {
  const peak = report.hosts.reduce((top, { peakLoad }) => Math.max(top, peakLoad), 0);
  const gone = report.hosts.reduce((sum, { sentToGone }) => sum + sentToGone, 0);
  const struck = report.hosts.find(({ name }) => scenario.faults.some(({ host }) => host === name));
  const back = struck?.comeback ?? null;
  const { goodputInFault, recoveryMs } = report;
  return [
    title,
    percent(report.goodput),
    goodputInFault === null ? '–' : percent(goodputInFault),
    goodputInFault === null ? '–' : recoveryMs === null ? 'never' : seconds(recoveryMs),
    report.attemptsPerRequest.toFixed(3),
    percent(report.wastedShare),
    peak.toFixed(2),
    whole(gone),
    back === null ? '–' : seconds(back.tookMs),
  ];
}
