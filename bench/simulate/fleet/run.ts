/** Runs one scenario in a process of its own, and tells what it took and what it showed. */
import { createHash } from 'node:crypto';
import { Fleet } from '../../../src/simulate/fleet/fleet.ts';
import { readScenario } from '../../../src/simulate/fleet/readScenario.ts';
import { type FleetReport, reportOn } from '../../../src/simulate/fleet/report.ts';
import { SessionFleet } from '../../../src/simulate/fleet/sessions/sessionFleet.ts';
import { finish, readOrder } from '../../lib/child.ts';

export interface FleetSeen {
  readonly tookMs: number;
  /** Of the processors, in all threads of the process. */
  readonly cpuMs: number;
  /** At most, in bytes. */
  readonly resident: number;
  readonly events: number;
  /** Of all that was counted: equal for equal runs. */
  readonly digest: string;
  readonly report: FleetReport;
}

const scenario = readScenario(readOrder());
const startMs = performance.now();
const { sessions } = scenario;
const fleet = sessions === null ? new Fleet(scenario) : new SessionFleet(scenario, sessions);
const record = fleet.run();
const report = reportOn(scenario, record);
const { user, system } = process.cpuUsage();
const seen: FleetSeen = {
  tookMs: performance.now() - startMs,
  cpuMs: (user + system) / 1000,
  resident: process.resourceUsage().maxRSS * 1024,
  events: fleet.events,
  digest: createHash('sha256').update(JSON.stringify(record)).digest('hex').slice(0, 12),
  report,
};
finish(seen);
