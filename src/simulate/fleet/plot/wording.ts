import type { FleetRecord } from '../record.ts';
import type { FleetReport } from '../report.ts';
import type { SessionReport } from '../sessions/sessionReport.ts';

/** What a plot shows, in words and in shares: a fleet that makes requests and one that has sessions differ in nothing else. */
export interface Wording {
  readonly caption: string;
  readonly success: string;
  /** By second; null for one of which nothing can be said. */
  readonly shares: readonly (number | null)[];
  readonly load: string;
}

export function wordingOf(record: FleetRecord, report: FleetReport): Wording {
  const { sessions } = report;
  if (sessions !== null && record.sessions !== null) {
    return {
      caption: sessionCaption(report, sessions),
      success: 'Clients with an open session',
      shares: record.sessions.connected().map((count) => count / report.clients),
      load: 'Hellos per second at each host, over its admission rate',
    };
  }
  return {
    caption: requestCaption(report),
    success: 'Requests served, by the second in which they began',
    shares: record.begun.map((count, second) => (count === 0 ? null : (record.ok[second] ?? 0) / count)),
    load: 'Attempts per second at each host, over its capacity',
  };
}

const clientsOf = ({ clients }: FleetReport): string => `${clients.toLocaleString('en')} clients`;
const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;

function requestCaption(report: FleetReport): string {
  const { goodput, attemptsPerRequest, recoveryMs } = report;
  const back = recoveryMs === null ? '' : `, 99 % served ${seconds(recoveryMs)} after the fault’s end`;
  const served = `${(goodput * 100).toFixed(2)} % served`;
  return `${clientsOf(report)}, ${served}, ${attemptsPerRequest.toFixed(3)} attempts per request${back}`;
}

function sessionCaption(report: FleetReport, { windowMs, backMs, leastConnected, hosts }: SessionReport): string {
  const window = windowMs === null ? 'no window' : `a window of ${seconds(windowMs)}`;
  const back = backMs === null ? '99 % never back' : `99 % back after ${seconds(backMs)}`;
  const stayed = leastConnected >= 0.99 ? 'nobody without a connection' : back;
  const peak = hosts.reduce((most, { peakAsked }) => Math.max(most, peakAsked), 0);
  return `${clientsOf(report)}, ${window}, ${stayed}, at most ${peak.toFixed(2)} of a host’s admission rate`;
}
