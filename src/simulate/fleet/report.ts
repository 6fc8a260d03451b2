import type { MoveKind } from '../../policy/poolState.ts';
import type { GiveUp } from '../../policy/retry.ts';
import type { FleetRecord, HostRecord } from './record.ts';
import { faultSpan, loadPerSecond, type Scenario } from './scenario.ts';
import { arrivalsAfter, reportOnSessions, type SessionReport } from './sessions/sessionReport.ts';

/** What a run shows of one host. Loads are shares of its capacity: 1 is all that it can do. */
export interface HostReport {
  readonly name: string;
  readonly capacityPerSecond: number;
  /** Attempts in the second in which there were most, over its capacity. */
  readonly peakLoad: number;
  /** Probes in the second in which there were most, over its capacity. */
  readonly peakProbes: number;
  readonly probes: number;
  /** Attempts sent to it while nobody was there. */
  readonly sentToGone: number;
  /** The share of its work that nobody waited for any more. */
  readonly wastedShare: number;
  /**
   * How its clients came back after the faults: from a tenth to nine tenths of the load that it then has, in milliseconds, and the greatest
   * rise from one second to the next, over its capacity; in a fleet of sessions, from a tenth to nine tenths of those who come, and the most
   * who come in one second. Null for a host that they did not come back to.
   */
  readonly comeback: { readonly tookMs: number; readonly steepest: number } | null;
}

/** What a run shows. */
export interface FleetReport {
  readonly title: string;
  readonly seed: number;
  readonly clients: number;
  /** Requests of clients that had a network when they made them. */
  readonly requests: number;
  /** The share of them that were served. */
  readonly goodput: number;
  /** The same among those that were made while something was wrong; null where nothing was. */
  readonly goodputInFault: number | null;
  readonly failures: Readonly<Partial<Record<GiveUp, number>>>;
  readonly attemptsPerRequest: number;
  /** The same before the first fault. */
  readonly attemptsPerRequestCalm: number;
  /** From the end of the last fault until five seconds begin in each of which 99 % are served; null where none begin, or nothing is wrong. */
  readonly recoveryMs: number | null;
  /** The share of all work that nobody waited for any more. */
  readonly wastedShare: number;
  readonly movesPerClient: Readonly<Record<MoveKind, number>>;
  readonly probesPerClient: number;
  /** Requests made without a network, and how many of them were served when it came back. */
  readonly offline: { readonly requests: number; readonly ok: number };
  /** Of sessions; null for a fleet that makes requests. */
  readonly sessions: SessionReport | null;
  readonly hosts: readonly HostReport[];
}

/** How many seconds in a row must be good for a fleet to have recovered. */
const GOOD_SECONDS = 5;
const GOOD_SHARE = 0.99;

/** Makes figures of what was counted. */
export function reportOn(scenario: Scenario, record: FleetRecord): FleetReport {
  const { begun, ok, attempts, hosts, moves } = record;
  const span = faultSpan(scenario);
  const calmSeconds = span === null ? begun.length : Math.floor(span.fromMs / 1000);
  const per = (count: number) => count / scenario.clients;
  return {
    title: scenario.title,
    seed: scenario.seed,
    clients: scenario.clients,
    requests: sum(begun),
    goodput: share(sum(ok), sum(begun)),
    goodputInFault:
      span === null || record.sessions !== null ? null : inSpan(ok, span) / Math.max(1, inSpan(begun, span)),
    failures: Object.fromEntries(record.failures),
    attemptsPerRequest: share(sum(attempts), sum(begun)),
    attemptsPerRequestCalm: share(sum(attempts.slice(0, calmSeconds)), sum(begun.slice(0, calmSeconds))),
    recoveryMs: span === null || record.sessions !== null ? null : recoveryMs(record, span.untilMs),
    wastedShare: share(sum(hosts.map(({ wasted }) => wasted)), sum(hosts.map(({ work }) => work)), 0),
    movesPerClient: {
      failover: per(moves.failover),
      switchover: per(moves.switchover),
      failback: per(moves.failback),
    },
    probesPerClient: per(sum(hosts.map(({ probes }) => sum(probes)))),
    offline: { requests: record.offline, ok: record.offlineOk },
    sessions: record.sessions === null ? null : reportOnSessions(scenario, record, record.sessions),
    hosts: hosts.map((host) => reportOnHost(host, scenario)),
  };
}

function reportOnHost(host: HostRecord, scenario: Scenario): HostReport {
  const { name, capacityPerSecond, load, probes, sentToGone, work, wasted } = host;
  const own = scenario.faults.filter((fault) => fault.host === name).map(({ untilMs }) => untilMs);
  const endMs = Math.max(...own);
  const isSession = scenario.sessions !== null;
  return {
    name,
    capacityPerSecond,
    peakLoad: most(load) / capacityPerSecond,
    peakProbes: most(probes) / capacityPerSecond,
    probes: sum(probes),
    sentToGone,
    wastedShare: share(wasted, work, 0),
    comeback:
      own.length === 0
        ? null
        : isSession
          ? arrivalsAfter(host, endMs, scenario.clients)
          : comebackOf(load, endMs, capacityPerSecond, scenario),
  };
}

/** The slope by which load comes back to a host. */
function comebackOf(
  load: readonly number[],
  endMs: number,
  capacity: number,
  scenario: Scenario,
): HostReport['comeback'] {
  const first = Math.ceil(endMs / 1000);
  const seconds = load.slice(first, Math.floor(scenario.durationMs / 1000));
  // The last tenth, since one second alone is subject to chance.
  const settled = mean(seconds.slice(-Math.max(5, Math.floor(seconds.length / 10))));
  const before = load[first - 1] ?? 0;
  if (seconds.length < 10 || settled < loadPerSecond(scenario) / 100 || before > settled / 2) return null;
  const smooth = seconds.map((_, at) => mean(seconds.slice(Math.max(0, at - 1), at + 2)));
  const from = smooth.findIndex((each) => each >= settled * 0.1);
  const to = smooth.findIndex((each) => each >= settled * 0.9);
  const rises = smooth.slice(1).map((each, at) => each - (smooth[at] as number));
  return { tookMs: (to - from) * 1000, steepest: most(rises) / capacity };
}

function recoveryMs({ begun, ok }: FleetRecord, endMs: number): number | null {
  const first = Math.ceil(endMs / 1000);
  const isGood = (second: number) => (ok[second] as number) >= GOOD_SHARE * (begun[second] as number);
  for (let second = first; second + GOOD_SECONDS < begun.length; second++) {
    const five = Array.from({ length: GOOD_SECONDS }, (_, at) => second + at);
    if (five.every(isGood)) return second * 1000 - endMs;
  }
  return null;
}

function inSpan(column: readonly number[], { fromMs, untilMs }: { fromMs: number; untilMs: number }): number {
  return sum(column.slice(Math.floor(fromMs / 1000), Math.ceil(untilMs / 1000)));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const mean = (numbers: readonly number[]): number => sum(numbers) / Math.max(1, numbers.length);
const most = (numbers: readonly number[]): number => numbers.reduce((top, each) => Math.max(top, each), 0);
const share = (part: number, whole: number, ofNone = 1): number => (whole === 0 ? ofNone : part / whole);
