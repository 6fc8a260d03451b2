import { readPolicy } from '../../policy/poolPolicy.ts';
import { everyRule } from '../../policy/rules/everyRule.ts';
import { Fleet } from '../fleet/fleet.ts';
import { FLEET_PARTS, type FleetParts } from '../fleet/fleetParts.ts';
import { type FleetReport, reportOn } from '../fleet/report.ts';
import type { Fault, Scenario } from '../fleet/scenario.ts';
import { BrokenPromise, broken } from '../schedules/brokenPromise.ts';
import type { Hunt } from '../schedules/seeds.ts';
import { drawFleet } from './drawFleet.ts';
import type { FleetMutant } from './fleetMutants.ts';
import { FleetWitness } from './fleetWitness.ts';
import { WaitWitness, watchedPool } from './poolWitness.ts';

/** Of the hold: over so much of it at least the clients come back, from a tenth of them to nine tenths. */
const SLOPE = 0.3;
/** What a client probes a dead host for beside the end of each cool-down: a time-out, and what was counted before. */
const MORE_PROBES = 4;

/** Runs the fleet of a seed to its end. The promise that was broken; null: none. */
export function runFleetSeed(
  seed: number,
  mutate: (parts: FleetParts) => FleetParts = (parts) => parts,
): string | null {
  const scenario = drawFleet(seed);
  const meant = readPolicy(scenario.policy, everyRule);
  const witness = new FleetWitness(scenario, meant);
  const waits = new WaitWitness();
  const parts = mutate(FLEET_PARTS);
  const watched: FleetParts = {
    readPolicy: (...given) => {
      const policy = parts.readPolicy(...given);
      return { ...policy, apply: watchedPool(policy.apply, meant) };
    },
    nextStep: waits.watched(parts.nextStep),
    watch: witness,
  };
  try {
    const record = new Fleet(scenario, watched).run();
    waits.settled();
    checkProbes(scenario, [...witness.probed.values()]);
    checkReport(scenario, reportOn(scenario, record), meant.failback.holdMs);
    return null;
  } catch (error) {
    if (error instanceof BrokenPromise) return error.message;
    throw error;
  }
}

const isDeath = ({ kind }: Fault): boolean => kind === 'refuse' || kind === 'black-hole';

/** A dead host is asked ever more rarely by each client. Where all are dead, all are asked as soon as one answers. */
function checkProbes({ hosts, faults }: Scenario, probes: readonly number[]): void {
  const [fault] = faults;
  if (hosts.length < 2 || faults.length > 1 || fault?.kind !== 'refuse') return;
  const most = MORE_PROBES + Math.log2((fault.untilMs - fault.fromMs) / 2_500 + 1);
  for (const count of probes) if (count > most) broken(`a client has probed a dead host ${count} times`);
}

/** Where one host is dead and the other is well, nobody notices; and when it is back, its clients come back one by one. */
function checkReport({ hosts, faults, method }: Scenario, report: FleetReport, holdMs: number): void {
  const [fault] = faults;
  if (hosts.length < 2 || faults.length > 1 || fault === undefined || !isDeath(fault) || method !== 'GET') return;
  const failed = report.requests * (1 - report.goodput);
  if (fault.kind === 'refuse' && failed > 0.5) broken(`${Math.round(failed)} requests failed, though a host was well`);
  const tookMs = report.hosts[0]?.comeback?.tookMs ?? Infinity;
  if (tookMs < SLOPE * holdMs) broken(`the clients came back within ${tookMs / 1_000} s`);
}

/** Runs one fleet after the other until a mutant breaks a promise, as {@link hunt} does with schedules. */
export function huntFleets({ mutate }: Pick<FleetMutant, 'mutate'>, mostSeeds: number): Hunt {
  for (let seed = 1; seed <= mostSeeds; seed++) {
    const broke = runFleetSeed(seed, mutate);
    if (broke !== null) return { seeds: seed, broken: broke };
  }
  return { seeds: mostSeeds, broken: null };
}
