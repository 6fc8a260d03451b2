import { SwitchoverError } from '../../policy/error.ts';
import { readPolicy } from '../../policy/poolPolicy.ts';
import { everyRule } from '../../policy/rules/everyRule.ts';
import type { FleetRecord } from '../fleet/record.ts';
import { type FleetReport, reportOn } from '../fleet/report.ts';
import { runFleet } from '../fleet/runFleet.ts';
import type { Scenario } from '../fleet/scenario.ts';
import { CONNECTION_POLICIES } from './connectionPolicies.ts';
import { PeerConnections } from './peerConnections.ts';
import { PeerFleet } from './peerFleet.ts';
import type { PeerPolicy } from './peerPolicy.ts';
import { REQUEST_POLICIES } from './requestPolicies.ts';

/** All policies of others, by the name that the command line takes. */
export const PEERS: Readonly<Record<string, PeerPolicy>> = { ...REQUEST_POLICIES, ...CONNECTION_POLICIES };

/** A run of one scenario. */
export interface Run {
  /** Of the policy, as it is called in tables. */
  readonly title: string;
  readonly record: FleetRecord;
  readonly report: FleetReport;
}

/** Runs a scenario with the product's own clients. */
export function runOurs(scenario: Scenario): Run {
  const record = runFleet(scenario);
  return { title: 'Switchover', record, report: reportOn(scenario, record) };
}

/**
 * Runs it with the clients of another library.
 *
 * @throws SwitchoverError `INVALID_OPTION` for a name that is not known, or a policy that the scenario has no work for.
 */
export function runPeer(scenario: Scenario, name: string): Run {
  const policy = peerOf(name, scenario);
  const { sessions } = scenario;
  const { attemptMs } = readPolicy(scenario.policy, everyRule).timeout;
  const fleet =
    sessions === null
      ? new PeerFleet(scenario, policy, attemptMs)
      : new PeerConnections(scenario, sessions, policy, attemptMs);
  const record = fleet.run();
  return { title: policy.title, record, report: reportOn(scenario, record) };
}

/**
 * The policy of a name, for a scenario.
 *
 * @throws SwitchoverError `INVALID_OPTION` where there is none, or where the scenario has no work for it.
 */
export function peerOf(name: string, { sessions }: Scenario): PeerPolicy {
  const policy = Object.hasOwn(PEERS, name) ? PEERS[name] : undefined;
  if (policy === undefined) throw invalid(`There is no policy ${JSON.stringify(name)}.`, PEERS);
  const { kind, title } = policy;
  if (kind === 'connections' && sessions === null)
    throw invalid(`${title} keeps connections, and the scenario has requests.`, REQUEST_POLICIES);
  if (kind === 'requests' && sessions !== null)
    throw invalid(`${title} makes requests, and the scenario has sessions.`, CONNECTION_POLICIES);
  return policy;
}

const invalid = (complaint: string, policies: Readonly<Record<string, PeerPolicy>>): SwitchoverError =>
  new SwitchoverError('INVALID_OPTION', complaint, { remedy: `Name some of: ${Object.keys(policies).join(', ')}.` });
