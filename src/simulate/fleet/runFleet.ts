import { Fleet } from './fleet.ts';
import type { FleetRecord } from './record.ts';
import type { Scenario } from './scenario.ts';
import { SessionFleet } from './sessions/sessionFleet.ts';

/** Runs a scenario to its end: a fleet that makes requests, or one that has sessions. */
export function runFleet(scenario: Scenario): FleetRecord {
  const { sessions } = scenario;
  return sessions === null ? new Fleet(scenario).run() : new SessionFleet(scenario, sessions).run();
}
