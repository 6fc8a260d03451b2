import type { FleetRecord, HostRecord } from '../record.ts';
import { faultSpan, type Scenario } from '../scenario.ts';
import type { SessionRecord } from './sessionRecord.ts';

/** What a run shows of one host's hellos. Rates are shares of its admission rate: 1 is all that it lets in. */
export interface HelloReport {
  readonly name: string;
  /** Hellos in the second in which there were most. */
  readonly peakAsked: number;
  /** The same of those that were let in. */
  readonly peakAdmitted: number;
  readonly admitted: number;
  /** Turned away by admission. */
  readonly refused: number;
  /** Sent elsewhere, by a host that drains or stands by. */
  readonly moved: number;
}

/** What a run shows of sessions, beside what it shows of any fleet. */
export interface SessionReport {
  /** What the host that went had told its clients to spread their return over, in milliseconds; null where none went. */
  readonly windowMs: number | null;
  /** From the first fault until 99 % of the clients have an open session again, and keep it; null if never, 0 if they always had. */
  readonly backMs: number | null;
  /** The same over the window. */
  readonly backOverWindow: number | null;
  /** The smallest share of the clients that had an open session at the end of a second. */
  readonly leastConnected: number;
  /** Time without an open session, for each client, in milliseconds. */
  readonly downMsPerClient: number;
  /** Hellos turned away by admission, for each client. */
  readonly refusedPerClient: number;
  /** Sessions that had expired when their clients came back. */
  readonly lost: number;
  readonly hosts: readonly HelloReport[];
}

const BACK_SHARE = 0.99;

export function reportOnSessions(scenario: Scenario, record: FleetRecord, seen: SessionRecord): SessionReport {
  const { clients } = scenario;
  const hosts = record.hosts.map((host, at) => helloReport(host, seen.hosts[at]));
  const connected = seen.connected();
  const windowMs = seen.windowMs === 0 ? null : seen.windowMs;
  const backMs = backAfterMs(connected, scenario);
  return {
    windowMs,
    backMs,
    backOverWindow: backMs === null || windowMs === null ? null : backMs / windowMs,
    leastConnected: connected.reduce((least, count) => Math.min(least, count), clients) / clients,
    downMsPerClient: seen.downMs / clients,
    refusedPerClient: sum(hosts.map(({ refused }) => refused)) / clients,
    lost: seen.lost,
    hosts,
  };
}

function helloReport(host: HostRecord, counts: SessionRecord['hosts'][number] | undefined): HelloReport {
  const { admitted = [], refused = [], moved = [] } = counts ?? {};
  const { name, load, capacityPerSecond } = host;
  return {
    name,
    peakAsked: most(load) / capacityPerSecond,
    peakAdmitted: most(admitted) / capacityPerSecond,
    admitted: sum(admitted),
    refused: sum(refused),
    moved: sum(moved),
  };
}

function backAfterMs(connected: readonly number[], scenario: Scenario): number | null {
  const fromMs = faultSpan(scenario)?.fromMs;
  if (fromMs === undefined) return 0;
  const enough = BACK_SHARE * scenario.clients;
  const last = connected.map((count) => count < enough).lastIndexOf(true);
  if (last === connected.length - 1) return null;
  return Math.max(0, (last + 1) * 1000 - fromMs);
}

/**
 * How clients came back to a host after its faults: over how long eight tenths of those who came did, in milliseconds, and the most of them in
 * one second, over its admission rate. Null for a host that few came to.
 */
export function arrivalsAfter(
  { load, capacityPerSecond }: HostRecord,
  endMs: number,
  clients: number,
): { readonly tookMs: number; readonly steepest: number } | null {
  const after = load.slice(Math.ceil(endMs / 1000));
  const all = sum(after);
  if (all < clients / 100) return null;
  let count = 0;
  const shares = after.map((here) => {
    count += here;
    return count / all;
  });
  const at = (share: number) => shares.findIndex((each) => each >= share);
  return { tookMs: (at(0.9) - at(0.1)) * 1000, steepest: most(after) / capacityPerSecond };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const most = (numbers: readonly number[]): number => numbers.reduce((top, each) => Math.max(top, each), 0);
