import { describe, expect, test } from 'vitest';
import { MUTANTS } from '../../../src/simulate/schedules/mutants/index.ts';
import { PARTS } from '../../../src/simulate/schedules/parts.ts';
import { printAsTest } from '../../../src/simulate/schedules/print.ts';
import { runSchedule } from '../../../src/simulate/schedules/run.ts';
import type { Schedule } from '../../../src/simulate/schedules/schedule.ts';
import { hunt, scheduleOf, sweep } from '../../../src/simulate/schedules/seeds.ts';
import { shrink } from '../../../src/simulate/schedules/shrink.ts';
import found from './foundSeeds.json' with { type: 'json' };
import kept from './keptSchedules.json' with { type: 'json' };

/** Schedules in every run of the tests; `npm run simulate:soak` runs as many as you like. */
const SCHEDULES = 2_000;
/** Seeds within which each mutant has to be found. */
const MOST_SEEDS = 300;

describe('a client and its servers', () => {
  test('keep every promise through 2,000 schedules of faults', { timeout: 120_000 }, () => {
    const { failures, met } = sweep(1, SCHEDULES);
    expect(failures).toEqual([]);
    // What the schedules are made for has to be met, or they prove nothing.
    const rare = [
      ...['resumed', 'partial', 'new', 'moved', 'restored', 'copied', 'late news', 'fenced', 'session lost'],
      ...['gap s2c', 'gap c2s', 'lost s2c', 'given up', 'unknown', 'resent', 'token reused', 'token subject'],
      ...['refused dropped', 'refused expired', 'refused cancelled', 'refused stopped', 'stopped 1000'],
    ];
    expect(rare.filter((name) => (met.get(name) ?? 0) < 20)).toEqual([]);
  });

  test('lose, repeat and refuse nothing where nothing goes wrong', () => {
    const talk = Array.from({ length: 40 }, (_, n) => [
      { atMs: 1_000 + 500 * n, do: 'send', client: n % 2, count: 2, keyed: false, ttlMs: null } as const,
      { atMs: 1_100 + 500 * n, do: 'say', client: n % 2, count: 2, from: n % 3 === 0 ? 'own' : 'elsewhere' } as const,
    ]);
    const { broken, accepted, met } = runSchedule({ seed: 1, clients: 2, steps: talk.flat() });
    expect(broken).toBe(null);
    expect(accepted).toBe(80);
    expect([...met.keys()].sort()).toEqual(['new']);
  });
});

describe('what a soak has found', () => {
  test.each(found)('$broke', ({ schedule }) => {
    expect(runSchedule(schedule as Schedule).broken).toBe(null);
  });
});

test('a schedule runs in the same way each time', () => {
  for (const seed of [3, 14, 15]) expect(runSchedule(scheduleOf(seed))).toEqual(runSchedule(scheduleOf(seed)));
});

describe('the schedules find', () => {
  test.each(MUTANTS)('$name', (mutant) => {
    expect(hunt(mutant, MOST_SEEDS).broken ?? `nothing in ${MOST_SEEDS} seeds`).toMatch(mutant.complaint);
  });
});

describe('the smallest schedule that was found for', () => {
  test('each mutant is kept', () => {
    expect(kept.map(({ mutant }) => mutant).sort()).toEqual(MUTANTS.map(({ name }) => name).sort());
  });

  test.each(kept)('$mutant finds it, and no fault where there is none', ({ mutant: name, schedule }) => {
    const mutant = MUTANTS.find((one) => one.name === name);
    expect(runSchedule(schedule as Schedule, mutant?.mutate(PARTS)).broken ?? 'nothing').toMatch(
      mutant?.complaint ?? /^$/,
    );
    expect(runSchedule(schedule as Schedule).broken).toBe(null);
  });
});

describe('a schedule that fails', () => {
  const mutant = MUTANTS.find(({ name }) => name === 'a store that does not look at keys');
  const parts = mutant?.mutate(PARTS);
  const { seeds } = mutant === undefined ? { seeds: 0 } : hunt(mutant, MOST_SEEDS);
  const whole = scheduleOf(seeds);
  const fails = (schedule: Schedule) => runSchedule(schedule, parts).broken !== null;
  const smallest = shrink(whole, fails);

  test('is shrunk until no step can be left out', () => {
    expect(fails(smallest)).toBe(true);
    expect(smallest.steps.length).toBeLessThan(whole.steps.length);
    const { steps } = smallest;
    const without = steps.map((step) => ({ ...smallest, steps: steps.filter((other) => other !== step) }));
    expect(without.filter(fails)).toEqual([]);
  });

  test('is printed as a test that says the same', () => {
    const text = printAsTest(smallest, 'a promise');
    const body = text.slice(text.indexOf('= {') + 2, text.indexOf('  };') + 3);
    expect(new Function(`return ${body}`)()).toEqual(smallest);
    expect(text).toContain('a promise');
    expect(text).toContain('expect(runSchedule(schedule).broken).toBe(null);');
  });

  test('is given up on after so many runs', () => {
    let runs = 0;
    const counted = (schedule: Schedule) => {
      runs += 1;
      return fails(schedule);
    };
    expect(fails(shrink(whole, counted, 10))).toBe(true);
    expect(runs).toBeLessThanOrEqual(10);
  });
});
