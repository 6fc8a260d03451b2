import type { FleetReport, HostReport } from '../../simulate/fleet/report.ts';
import type { HelloReport, SessionReport } from '../../simulate/fleet/sessions/sessionReport.ts';
import type { Heading } from '../demo/table.ts';
import { percent, seconds, whole } from './figures.ts';

/** What a fleet of sessions shows, line by line. */
export function sessionFigures(
  { movesPerClient, probesPerClient }: FleetReport,
  sessions: SessionReport,
): readonly (readonly [string, string])[] {
  const { windowMs, backMs, backOverWindow, leastConnected, downMsPerClient, refusedPerClient, lost } = sessions;
  const moves = Object.entries(movesPerClient).filter(([, count]) => count > 0);
  const over = backOverWindow === null ? '' : `, ${backOverWindow.toFixed(2)} of the window`;
  return [
    ['window that clients were told', windowMs === null ? 'none' : seconds(windowMs)],
    ['99 % connected after the fault’s begin', backMs === null ? 'never' : `in ${seconds(backMs)}${over}`],
    ['connected at the least', percent(leastConnected)],
    ['without a connection, per client', seconds(downMsPerClient)],
    ['turned away by admission, per client', refusedPerClient.toFixed(2)],
    ['sessions that had expired', whole(lost)],
    ['moves per client', moves.map(([kind, count]) => `${count.toFixed(2)} ${kind}`).join(', ') || '0'],
    ['probes per client', probesPerClient.toFixed(2)],
  ];
}

export const HELLO_HEADINGS: readonly Heading[] = [
  ['', 'host'],
  ['admission', 'per s'],
  ['peak asked', '÷ admission'],
  ['peak let in', '÷ admission'],
  ['', 'let in'],
  ['turned', 'away'],
  ['sent', 'elsewhere'],
  ['back', '10 → 90 %'],
  ['steepest', '÷ admission'],
];

/** One host's hellos, as a row of a table. */
export function helloRow(
  host: HostReport,
  { peakAsked, peakAdmitted, admitted, refused, moved }: HelloReport,
): string[] {
  const { name, capacityPerSecond, comeback } = host;
  return [
    name,
    whole(Math.round(capacityPerSecond)),
    peakAsked.toFixed(2),
    peakAdmitted.toFixed(2),
    whole(admitted),
    whole(refused),
    whole(moved),
    comeback === null ? '–' : seconds(comeback.tookMs),
    comeback === null ? '–' : comeback.steepest.toFixed(2),
  ];
}
