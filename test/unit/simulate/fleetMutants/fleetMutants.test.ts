import { describe, expect, test } from 'vitest';
import { FLEET_MUTANTS } from '../../../../src/simulate/fleetMutants/fleetMutants.ts';
import { huntFleets, runFleetSeed } from '../../../../src/simulate/fleetMutants/runFleetSeed.ts';

/** Fleets in every run of the tests; `npm run simulate:soak -- --fleets 1000` runs as many as you like. */
const FLEETS = 10;
/** Seeds within which each mutant has to be found. */
const MOST_SEEDS = 50;

test('small fleets whose hosts fail keep to the policy', { timeout: 60_000 }, () => {
  const broken = Array.from({ length: FLEETS }, (_, at) => runFleetSeed(at + 1));
  expect(broken).toEqual(broken.map(() => null));
});

describe('fleets find', () => {
  test.each(FLEET_MUTANTS)('$name', { timeout: 60_000 }, (mutant) => {
    expect(huntFleets(mutant, MOST_SEEDS).broken ?? `nothing in ${MOST_SEEDS} seeds`).toMatch(mutant.complaint);
  });
});
