import { RandomStreams } from '../core/randomStreams.ts';
import { drawSchedule } from './draw.ts';
import type { Mutant } from './mutants/mutant.ts';
import { PARTS } from './parts.ts';
import { type Outcome, runSchedule } from './run.ts';
import type { Schedule } from './schedule.ts';
import { shrink } from './shrink.ts';

/** The schedule of a seed. */
export const scheduleOf = (seed: number): Schedule => drawSchedule(seed, new RandomStreams(seed, 1).of(0));

/** How a mutant was found. */
export interface Hunt {
  /** Seeds that were run, from 1 on; the last one found it. */
  readonly seeds: number;
  /** Null: none of them did. */
  readonly broken: string | null;
}

/** Runs one schedule after the other until a mutant breaks a promise. */
export function hunt(mutant: Mutant, mostSeeds: number): Hunt {
  const parts = mutant.mutate(PARTS);
  for (let seed = 1; seed <= mostSeeds; seed++) {
    const { broken } = runSchedule(scheduleOf(seed), parts);
    if (broken !== null) return { seeds: seed, broken };
  }
  return { seeds: mostSeeds, broken: null };
}

/** The smallest schedule that finds a mutant, and nothing where there is none. */
export function smallestFor(mutant: Mutant, seed: number): Schedule {
  const parts = mutant.mutate(PARTS);
  const finds = (schedule: Schedule) => mutant.complaint.test(runSchedule(schedule, parts).broken ?? '');
  return shrink(scheduleOf(seed), (schedule) => finds(schedule) && runSchedule(schedule).broken === null);
}

/** What came of many schedules. */
export interface Sweep {
  readonly schedules: number;
  readonly events: number;
  readonly accepted: number;
  readonly met: ReadonlyMap<string, number>;
  readonly failures: readonly { readonly seed: number; readonly broken: string }[];
}

/** Runs the schedules of seeds from `first` on, until there were enough, or `goesOn` says no. */
export function sweep(first: number, count: number, goesOn: (done: number) => boolean = () => true): Sweep {
  const met = new Map<string, number>();
  const failures: { seed: number; broken: string }[] = [];
  let [schedules, events, accepted] = [0, 0, 0];
  for (; schedules < count && goesOn(schedules); schedules++) {
    const outcome: Outcome = runSchedule(scheduleOf(first + schedules));
    events += outcome.events;
    accepted += outcome.accepted;
    for (const [name, times] of outcome.met) met.set(name, (met.get(name) ?? 0) + times);
    if (outcome.broken !== null) failures.push({ seed: first + schedules, broken: outcome.broken });
  }
  return { schedules, events, accepted, met, failures };
}
