import type { Scenario } from '../fleet/scenario.ts';
import type { Run } from './beside.ts';

/** What is compared between policies in a fleet of sessions, beside what its report says. */
export interface SessionFigures {
  /** From the first fault until all but one client in a hundred have a connection, for good, in milliseconds; null for never. */
  readonly backMs: number | null;
  /** How long a client was without a connection in the mean, in milliseconds; those who do not come back, until the end. */
  readonly awayMs: number;
  /** Clients without a connection at the end. */
  readonly lost: number;
  readonly hellosPerClient: number;
  /** Hellos that were turned away, per client. */
  readonly refusedPerClient: number;
  /** Hellos at each host in the second in which there were most, over its rate. */
  readonly peaks: readonly number[];
  /** The share of clients with a connection at the end of each second. */
  readonly connected: readonly number[];
}

export function sessionFigures({ record, report }: Run, { clients, durationMs }: Scenario): SessionFigures {
  const counts = record.sessions?.connected().slice(0, Math.floor(durationMs / 1000)) ?? [];
  return {
    backMs: report.sessions?.backMs ?? null,
    awayMs: (sum(counts.map((count) => clients - count)) * 1000) / clients,
    lost: clients - (counts.at(-1) ?? clients),
    hellosPerClient: sum(record.hosts.map(({ load }) => sum(load))) / clients,
    refusedPerClient: report.sessions?.refusedPerClient ?? 0,
    peaks: report.sessions?.hosts.map(({ peakAsked }) => peakAsked) ?? [],
    connected: counts.map((count) => count / clients),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
