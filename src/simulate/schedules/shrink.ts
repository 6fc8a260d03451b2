import type { Schedule, Step } from './schedule.ts';

/**
 * Makes a failing schedule as small as it gets: leaves out steps, in ever smaller blocks, for as long as it still fails (Zeller's ddmin),
 * then makes the numbers of what is left small.
 *
 * @param fails Whether a schedule fails. The first one does.
 * @param mostRuns How often that is asked, at most.
 */
export function shrink(schedule: Schedule, fails: (schedule: Schedule) => boolean, mostRuns = 2_000): Schedule {
  let runs = 0;
  const holds = (steps: readonly Step[]): boolean => runs++ < mostRuns && fails({ ...schedule, steps });
  const fewest = fewer(schedule.steps, holds);
  return { ...schedule, steps: simpler(fewest, holds) };
}

function fewer(from: readonly Step[], holds: (steps: readonly Step[]) => boolean): readonly Step[] {
  let steps = from;
  for (let size = Math.ceil(steps.length / 2); size >= 1; ) {
    const before = steps.length;
    for (let at = 0; at < steps.length; ) {
      const less = [...steps.slice(0, at), ...steps.slice(at + size)];
      if (holds(less)) steps = less;
      else at += size;
    }
    // One that could not go before may be able to now.
    if (size === 1 && steps.length === before) break;
    size = Math.max(1, Math.floor(size / 2));
  }
  return steps;
}

/** Numbers that count something, or last; moments and names stay as they are. */
const COUNTS = ['count', 'forMs', 'downMs', 'extraMs', 'jitterMs', 'clockErrorMs'] as const;

function simpler(from: readonly Step[], holds: (steps: readonly Step[]) => boolean): readonly Step[] {
  let steps = from;
  for (let at = 0; at < steps.length; at++) {
    for (const name of COUNTS) {
      for (;;) {
        const step = steps[at] as Step & Partial<Record<(typeof COUNTS)[number], number>>;
        const value = step[name];
        const half = Math.floor((value ?? 0) / 2);
        if (value === undefined || half === value || (name === 'count' && half < 1)) break;
        const smaller = steps.map((other) => (other === step ? { ...step, [name]: half } : other));
        if (!holds(smaller)) break;
        steps = smaller;
      }
    }
  }
  return steps;
}
