import type { GiveUp } from '../../policy/retry.ts';
import { capacityPerSecond, type Scenario } from './scenario.ts';
import { SessionRecord } from './sessions/sessionRecord.ts';

/** What is counted of one host. */
export interface HostRecord {
  readonly name: string;
  readonly capacityPerSecond: number;
  /** Attempts that reached it, by second; hellos, in a fleet of sessions. */
  readonly load: number[];
  /** Probes that reached it, by second. */
  readonly probes: number[];
  /** Attempts sent to it while nobody was there. */
  sentToGone: number;
  /** Work that it has done, in requests. */
  work: number;
  /** The part of it that nobody waited for any more. */
  wasted: number;
}

/** Everything that is counted in a run. Requests are counted in the second in which they began. */
export class FleetRecord {
  readonly begun: number[];
  readonly ok: number[];
  /** Attempts of the requests that began in a second. */
  readonly attempts: number[];
  /** Requests of clients that had no network when they began. They are counted nowhere else but in `offlineOk`. */
  offline = 0;
  offlineOk = 0;
  readonly failures = new Map<GiveUp, number>();
  readonly moves = { failover: 0, switchover: 0, failback: 0 };
  readonly hosts: readonly HostRecord[];
  /** What is counted of sessions; null for a fleet that makes requests. */
  readonly sessions: SessionRecord | null;

  constructor(scenario: Scenario) {
    // Requests that began in time may go on for some time.
    const seconds = Math.ceil(scenario.durationMs / 1000) + 1;
    const column = (): number[] => new Array<number>(seconds).fill(0);
    this.begun = column();
    this.ok = column();
    this.attempts = column();
    this.sessions = scenario.sessions === null ? null : new SessionRecord(scenario);
    this.hosts = scenario.hosts.map((host) => ({
      name: host.name,
      capacityPerSecond: capacityPerSecond(scenario, host),
      load: column(),
      probes: column(),
      sentToGone: 0,
      work: 0,
      wasted: 0,
    }));
  }

  /** A request has come to its end. */
  ended(begunMs: number, sent: number, end: 'ok' | GiveUp, offline: boolean): void {
    if (end !== 'ok') this.failures.set(end, (this.failures.get(end) ?? 0) + 1);
    if (offline) {
      this.offline++;
      if (end === 'ok') this.offlineOk++;
      return;
    }
    add(this.begun, begunMs, 1);
    add(this.attempts, begunMs, sent);
    if (end === 'ok') add(this.ok, begunMs, 1);
  }
}

/** Adds to the second that a moment lies in. What comes after the last second is not shown. */
export function add(column: number[], atMs: number, amount: number): void {
  const second = Math.floor(atMs / 1000);
  if (second < column.length) column[second] = (column[second] as number) + amount;
}
