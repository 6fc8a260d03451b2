import { SwitchoverError } from '../../policy/error.ts';
import { readPolicy } from '../../policy/poolPolicy.ts';
import { everyRule } from '../../policy/rules/everyRule.ts';
import { Fleet } from '../fleet/fleet.ts';
import type { FleetRecord } from '../fleet/record.ts';
import { type FleetReport, reportOn } from '../fleet/report.ts';
import type { Scenario } from '../fleet/scenario.ts';
import { CONNECTION_POLICIES } from './connectionPolicies.ts';
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
  const record = new Fleet(scenario).run();
  return { title: 'Switchover', record, report: reportOn(scenario, record) };
}

/**
 * Runs it with the clients of another library.
 *
 * @throws SwitchoverError `INVALID_OPTION` for a name that is not known, or a policy that the scenario has no work for.
 */
export function runPeer(scenario: Scenario, name: string): Run {
  const policy = peerOf(name, scenario);
  const { timeout } = readPolicy(scenario.policy, everyRule);
  const record = new PeerFleet(scenario, policy, timeout.attemptMs).run();
  return { title: policy.title, record, report: reportOn(scenario, record) };
}

/**
 * The policy of a name, for a scenario.
 *
 * @throws SwitchoverError `INVALID_OPTION` where there is none, and for one that keeps connections where the scenario has requests.
 */
export function peerOf(name: string, _scenario: Scenario): PeerPolicy {
  const policy = Object.hasOwn(PEERS, name) ? PEERS[name] : undefined;
  if (policy === undefined) throw invalid(`There is no policy ${JSON.stringify(name)}.`, Object.keys(PEERS));
  if (policy.kind === 'requests') return policy;
  throw invalid(`${policy.title} keeps connections, and the scenario has requests.`, Object.keys(REQUEST_POLICIES));
}

const invalid = (complaint: string, names: readonly string[]): SwitchoverError =>
  new SwitchoverError('INVALID_OPTION', complaint, { remedy: `Name some of: ${names.join(', ')}.` });
