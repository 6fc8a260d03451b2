import type { FleetReport, HostReport } from '../../simulate/fleet/report.ts';
import type { Fault, Scenario } from '../../simulate/fleet/scenario.ts';
import { type Heading, table } from '../demo/table.ts';
import { percent, seconds, whole } from './figures.ts';
import { HELLO_HEADINGS, helloRow, sessionFigures } from './sessionText.ts';

/** A report as people read it. */
export function reportText(scenario: Scenario, report: FleetReport): string {
  return `${[
    `${report.title}: ${whole(report.clients)} clients, seed ${report.seed}`,
    ...(scenario.about === '' ? [] : [scenario.about]),
    ...scenario.faults.map(faultLine),
    ...(scenario.offline === null ? [] : [offlineLine(scenario.offline)]),
    '',
    ...figures(report).map(([name, value]) => `  ${name.padEnd(NAME_WIDTH)}${value}`),
    '',
    ...hostTable(report).map((line) => `  ${line}`.trimEnd()),
  ].join('\n')}\n`;
}

const NAME_WIDTH = 41;

function hostTable({ sessions, hosts }: FleetReport): readonly string[] {
  if (sessions === null) return table(HEADINGS, hosts.map(row));
  const rows = sessions.hosts.map((hellos, at) => helloRow(hosts[at] as HostReport, hellos));
  return table(HELLO_HEADINGS, rows);
}

const faultLine = ({ host, kind, fromMs, untilMs, share, status }: Fault): string => {
  const more = [share === undefined ? '' : ` of ${percent(share)}`, status === undefined ? '' : ` ${status}`].join('');
  return `  ${host}: ${kind}${more}, from ${seconds(fromMs)} to ${seconds(untilMs)}`;
};

const offlineLine = ({ share, fromMs, untilMs, told }: NonNullable<Scenario['offline']>): string =>
  `  ${percent(share)} of the clients offline${told ? '' : ', untold'}, from ${seconds(fromMs)} to ${seconds(untilMs)}`;

function figures(report: FleetReport): readonly (readonly [string, string])[] {
  const { movesPerClient, offline, goodputInFault, recoveryMs, sessions } = report;
  if (sessions !== null) return sessionFigures(report, sessions);
  const moves = Object.entries(movesPerClient).filter(([, count]) => count > 0);
  const failures = Object.entries(report.failures);
  return [
    ['requests', whole(report.requests)],
    ['served', percent(report.goodput)],
    ...(goodputInFault === null ? [] : [['served in the fault', percent(goodputInFault)] as const]),
    ...failures.map(([why, count]) => [`given up: ${why}`, whole(count)] as const),
    ['99 % served after the fault’s end', recoveryMs === null ? 'never' : `in ${seconds(recoveryMs)}`],
    ['attempts per request', report.attemptsPerRequest.toFixed(3)],
    ['the same before the fault', report.attemptsPerRequestCalm.toFixed(3)],
    ['wasted work', percent(report.wastedShare)],
    ['moves per client', moves.map(([kind, count]) => `${count.toFixed(2)} ${kind}`).join(', ') || '0'],
    ['probes per client', report.probesPerClient.toFixed(2)],
    ...(offline.requests === 0
      ? []
      : [['made offline, served later', `${whole(offline.ok)} of ${whole(offline.requests)}`] as const]),
  ];
}

const HEADINGS: readonly Heading[] = [
  ['', 'host'],
  ['capacity', 'per s'],
  ['peak load', '÷ capacity'],
  ['peak probes', '÷ capacity'],
  ['sent while', 'it was gone'],
  ['wasted', 'work'],
  ['load back', '10 → 90 %'],
  ['steepest rise', '÷ capacity'],
];

const row = (host: HostReport): string[] => [
  host.name,
  whole(Math.round(host.capacityPerSecond)),
  host.peakLoad.toFixed(2),
  host.peakProbes.toFixed(2),
  whole(host.sentToGone),
  percent(host.wastedShare),
  host.comeback === null ? '–' : seconds(host.comeback.tookMs),
  host.comeback === null ? '–' : `${host.comeback.steepest.toFixed(3)} / s`,
];
