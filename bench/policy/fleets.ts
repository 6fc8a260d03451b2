import { readScenario } from '../../src/simulate/fleet/readScenario.ts';
import type { Scenario } from '../../src/simulate/fleet/scenario.ts';
import { type Run, runOurs, runPeer } from '../../src/simulate/peers/beside.ts';
import { SCENARIOS } from '../../src/simulate/scenarios/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A committed scenario, with what is changed of it. */
export const scenarioOf = (name: string, changes: Fields): Scenario =>
  readScenario({ ...(SCENARIOS[name] as Fields), ...changes });

/** Ours first, then the others. */
export const runAll = (scenario: Scenario, names: readonly string[]): readonly [Run, ...Run[]] => [
  runOurs(scenario),
  ...names.map((name) => runPeer(scenario, name)),
];

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** A figure over ours; what ours has none of can't be compared. */
export const ratio = (value: number | null, ours: number | null): string => {
  if (value === null) return 'never';
  return ours === null || ours === 0 ? '–' : (value / ours).toFixed(2);
};
