import { BrokenPromise } from './brokenPromise.ts';
import { Deeds } from './deeds.ts';
import { HORIZON_MS } from './draw.ts';
import { PARTS, type Parts } from './parts.ts';
import type { Schedule } from './schedule.ts';
import { World } from './world.ts';

/** How long everything may take to come to its end once the faults are over: a session's life, and some back-off. */
const RECOVERY_MS = 180_000;
/** A run of this many events turns in circles. */
const MOST_EVENTS = 50_000;

/** What came of a schedule. */
export interface Outcome {
  /** The promise that was broken; null: none. */
  readonly broken: string | null;
  /** When it was, or all was quiet, in virtual time. */
  readonly endedMs: number;
  readonly events: number;
  /** How often what has happened. */
  readonly met: ReadonlyMap<string, number>;
  /** Messages of clients that took effect. */
  readonly accepted: number;
}

/** Runs a schedule to its end: its steps, then no faults any more until all is quiet. */
export function runSchedule(schedule: Schedule, parts: Parts = PARTS): Outcome {
  const world = new World(schedule, parts);
  const outcome = (broken: string | null): Outcome => ({
    broken,
    endedMs: world.agenda.nowMs,
    events: world.agenda.count,
    met: world.witness.met,
    accepted: world.witness.upward.count,
  });
  try {
    play(world, schedule);
    for (const client of world.clients) world.witness.settled(client);
    return outcome(null);
  } catch (error) {
    if (error instanceof BrokenPromise) return outcome(error.message);
    throw error;
  }
}

function play(world: World, { steps }: Schedule): void {
  const { agenda } = world;
  const deeds = new Deeds(world);
  for (const step of steps) agenda.at(step.atMs, () => deeds.do(step));
  agenda.at(HORIZON_MS, () => world.heal());
  const untilMs = HORIZON_MS + RECOVERY_MS;
  while (agenda.step(untilMs)) {
    if (agenda.count > MOST_EVENTS) throw new BrokenPromise(`${agenda.count} events, and no end of it`);
    if (agenda.nowMs > HORIZON_MS && world.isQuiet) return;
  }
}
