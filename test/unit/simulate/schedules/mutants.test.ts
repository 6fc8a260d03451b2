import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FLEET_MUTANTS } from '../../../../src/simulate/fleetMutants/fleetMutants.ts';
import { MUTANTS } from '../../../../src/simulate/schedules/mutants/index.ts';
import { PARTS } from '../../../../src/simulate/schedules/parts.ts';
import { runSchedule } from '../../../../src/simulate/schedules/run.ts';
import type { Schedule } from '../../../../src/simulate/schedules/schedule.ts';
import { hunt } from '../../../../src/simulate/schedules/seeds.ts';
import kept from './keptSchedules.json' with { type: 'json' };

/** Seeds within which each mutant has to be found. */
const MOST_SEEDS = 1_000;

describe('the schedules find', () => {
  test.each(MUTANTS)('$name', { timeout: 60_000 }, (mutant) => {
    expect(hunt(mutant, MOST_SEEDS).broken ?? `nothing in ${MOST_SEEDS} seeds`).toMatch(mutant.complaint);
  });
});

test('docs/simulation.md lists all mutants', () => {
  const guide = readFileSync(new URL('../../../../docs/simulation.md', import.meta.url), 'utf8');
  const named = [...guide.matchAll(/^\| ([^|]+) \| \d+ \|/gm)].map(([, name]) => name);
  expect(named).toEqual([...MUTANTS, ...FLEET_MUTANTS].map(({ name }) => name));
});

describe('the smallest schedule that was found for', () => {
  test('each mutant is kept', () => {
    expect(kept.map(({ mutant }) => mutant).sort()).toEqual(MUTANTS.map(({ name }) => name).sort());
  });

  test.each(kept)('$mutant finds it, and no fault where there is none', ({ mutant: name, schedule }) => {
    const mutant = MUTANTS.find((one) => one.name === name);
    const smallest = schedule as unknown as Schedule;
    expect(runSchedule(smallest, mutant?.mutate(PARTS)).broken ?? 'nothing').toMatch(mutant?.complaint ?? /^$/);
    expect(runSchedule(smallest).broken).toBe(null);
  });
});
