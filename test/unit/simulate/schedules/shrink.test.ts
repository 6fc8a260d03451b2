import { describe, expect, test } from 'vitest';
import { MUTANTS } from '../../../../src/simulate/schedules/mutants/index.ts';
import { PARTS } from '../../../../src/simulate/schedules/parts.ts';
import { printAsTest } from '../../../../src/simulate/schedules/print.ts';
import { runSchedule } from '../../../../src/simulate/schedules/run.ts';
import type { Schedule } from '../../../../src/simulate/schedules/schedule.ts';
import { hunt, scheduleOf } from '../../../../src/simulate/schedules/seeds.ts';
import { shrink } from '../../../../src/simulate/schedules/shrink.ts';

describe('a schedule that fails', { timeout: 60_000 }, () => {
  const mutant = MUTANTS.find(({ name }) => name === 'a store that does not look at keys');
  const parts = mutant?.mutate(PARTS);
  const { seeds } = mutant === undefined ? { seeds: 0 } : hunt(mutant, 1_000);
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
