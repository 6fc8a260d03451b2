import { readPolicy } from '../policy/poolPolicy.ts';
import { everyRule } from '../policy/rules/everyRule.ts';
import { capacityPerSecond, type FleetHost, loadPerSecond, type Scenario } from './fleet/scenario.ts';

/** What a fleet asks of the hosts that take over when its largest active host dies. */
export interface Sizing {
  /** The active host with the most clients, and how many those are. */
  readonly lost: string;
  readonly movingClients: number;
  /** Requests per second that move with them. */
  readonly movingPerSecond: number;
  /** Retries that they can make at once, at most: clients × tokens of each. */
  readonly burst: number;
  readonly takers: readonly Taker[];
}

/** One host that takes over. Rates are requests per second. */
export interface Taker {
  readonly name: string;
  readonly capacityPerSecond: number;
  /** What it serves afterwards, retries aside. */
  readonly loadPerSecond: number;
  /** What is left of its capacity then; below 0 it can't even carry the load. */
  readonly sparePerSecond: number;
  /** How long it works on the retries that can come at once; null where it never ends. */
  readonly burstMs: number | null;
  /** The capacity with which that takes no longer than is tolerated. */
  readonly neededPerSecond: number;
}

/**
 * Reckons by the rule `clients × tokens ≤ spare rate × tolerated recovery`: no run is needed, and none is longer than it says.
 *
 * @param toleratedMs How long an overload by retries may last.
 */
export function sizeStandby(scenario: Scenario, toleratedMs: number): Sizing {
  const { clients, hosts } = scenario;
  const actives = hosts.filter(({ tier }) => tier === 'active');
  const lost = actives.reduce((most, host) => (host.capacity > most.capacity ? host : most));
  const share = lost.capacity / sumOf(actives);
  const { capacity: tokens } = readPolicy(scenario.policy, everyRule).budget;
  const burst = clients * share * tokens;
  const takers = takersOf(scenario, lost);
  const isAlone = takers[0] === lost;
  return {
    lost: lost.name,
    movingClients: clients * share,
    movingPerSecond: loadPerSecond(scenario) * share,
    burst,
    takers: takers.map((host) => takerOf(host, host.capacity / sumOf(takers))),
  };

  function takerOf(host: FleetHost, part: number): Taker {
    const own = host.tier === 'active' && !isAlone ? (loadPerSecond(scenario) * host.capacity) / sumOf(actives) : 0;
    const load = own + loadPerSecond(scenario) * share * part;
    const capacity = capacityPerSecond(scenario, host);
    const spare = capacity - load;
    return {
      name: host.name,
      capacityPerSecond: capacity,
      loadPerSecond: load,
      sparePerSecond: spare,
      burstMs: spare > 0 ? (burst * part * 1000) / spare : null,
      neededPerSecond: load + (burst * part * 1000) / toleratedMs,
    };
  }
}

/**
 * Of one active host the first standby takes all; of several, all standbys by their capacity, or else the other actives. A host that is
 * alone takes back its own.
 */
function takersOf({ hosts }: Scenario, lost: FleetHost): readonly FleetHost[] {
  const standbys = hosts.filter(({ tier }) => tier === 'standby');
  const others = hosts.filter((host) => host.tier === 'active' && host !== lost);
  if (hosts.length === 1) return [lost];
  if (standbys.length === 0) return others;
  return others.length === 0 ? standbys.slice(0, 1) : standbys;
}

const sumOf = (hosts: readonly FleetHost[]): number => hosts.reduce((sum, { capacity }) => sum + capacity, 0);
