/**
 * `npm run simulate:soak -- --schedules 1000000`: fault schedules of the session protocol, one seed after the other.
 * `--first` is the first seed, `--seconds` ends it earlier, `--jobs` is how many threads share them (default: one for each core);
 * `--mutants 1000` hunts the mutants over so many seeds instead, those of the session protocol and those of the fleets' policy;
 * `--fleets 200` runs so many small fleets instead, as those mutants are hunted with.
 *
 * A seed that fails is shrunk, and printed as a test. `--keep` writes the smallest schedule that finds each mutant to a file: the tests
 * keep those in test/unit/simulate/schedules/keptSchedules.json.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { FLEET_MUTANTS } from '../src/simulate/fleetMutants/fleetMutants.ts';
import { huntFleets, runFleetSeed } from '../src/simulate/fleetMutants/runFleetSeed.ts';
import { MUTANTS } from '../src/simulate/schedules/mutants/index.ts';
import type { Mutant } from '../src/simulate/schedules/mutants/mutant.ts';
import { printAsTest } from '../src/simulate/schedules/print.ts';
import { runSchedule } from '../src/simulate/schedules/run.ts';
import { type Hunt, hunt, type Sweep, scheduleOf, smallestFor, sweep } from '../src/simulate/schedules/seeds.ts';
import { shrink } from '../src/simulate/schedules/shrink.ts';

/** Schedules that a thread is given at a time: between two of them it is looked at the clock. */
const ROUND = 1_000;
/** Failures that are shrunk and printed; of more only the number is told. */
const SHOWN = 5;

interface Round {
  readonly first: number;
  readonly count: number;
}

async function soak({ first, count: most }: Round, seconds: number, jobs: number): Promise<number> {
  const begunMs = performance.now();
  const passed = () => (performance.now() - begunMs) / 1_000;
  const met = new Map<string, number>();
  let [given, done, events, accepted, failures] = [0, 0, 0, 0, 0];
  const add = (round: Sweep) => {
    for (const { seed, broken } of round.failures) if (failures++ < SHOWN) show(seed, broken);
    for (const [name, times] of round.met) met.set(name, (met.get(name) ?? 0) + times);
    done += round.schedules;
    events += round.events;
    accepted += round.accepted;
  };
  const next = (): Round | null => {
    const count = passed() < seconds ? Math.min(ROUND, most - given) : 0;
    given += count;
    return count === 0 ? null : { first: first + given - count, count };
  };
  await Promise.all(Array.from({ length: jobs }, () => workThrough(next, add)));
  const { user } = process.cpuUsage();
  console.log(`seeds ${first} to ${first + done - 1}: ${done} schedules, ${failures} broke a promise`);
  console.log(`${events} events, ${accepted} messages accepted`);
  const [rate, rateOfCore] = [done / passed(), done / (user / 1e6)].map((one) => one.toFixed(0));
  console.log(
    `${passed().toFixed(1)} s with ${jobs} threads: ${rate} schedules per second, ${rateOfCore} per second of a core`,
  );
  const common = [...met].sort(([, one], [, other]) => other - one);
  console.log(`met: ${common.map(([name, times]) => `${name} ${times}`).join(' · ')}`);
  return failures;
}

/** One thread: it is given rounds until there are no more. */
function workThrough(next: () => Round | null, add: (round: Sweep) => void): Promise<void> {
  const worker = new Worker(new URL(import.meta.url));
  return new Promise((resolve, reject) => {
    const give = () => {
      const round = next();
      if (round === null) void worker.terminate().then(() => resolve());
      else worker.postMessage(round);
    };
    worker.on('message', (round: Sweep) => {
      add(round);
      give();
    });
    worker.on('error', reject);
    give();
  });
}

function show(seed: number, broken: string): void {
  console.log(`seed ${seed}: ${broken}`);
  const smallest = shrink(scheduleOf(seed), (schedule) => runSchedule(schedule).broken !== null);
  console.log(`${printAsTest(smallest, broken)}\n`);
}

/** How many seeds it took to find a mutant; false where it was not, or for another reason. */
function tell({ name, complaint }: Pick<Mutant, 'name' | 'complaint'>, { seeds, broken }: Hunt): boolean {
  const isFound = broken !== null && complaint.test(broken);
  console.log(`${isFound ? String(seeds).padStart(6) : 'missed'}  ${name}: ${broken ?? `nothing in ${seeds} seeds`}`);
  return isFound;
}

/** The number of those that were missed. */
function huntAll(mostSeeds: number, file: string | undefined): number {
  const kept: object[] = [];
  for (const mutant of MUTANTS) {
    const found = hunt(mutant, mostSeeds);
    if (tell(mutant, found)) kept.push({ mutant: mutant.name, schedule: smallestFor(mutant, found.seeds) });
  }
  const fleets = FLEET_MUTANTS.filter((mutant) => tell(mutant, huntFleets(mutant, mostSeeds)));
  console.log(`${kept.length} of ${MUTANTS.length} mutants of the session protocol were found`);
  console.log(`${fleets.length} of ${FLEET_MUTANTS.length} mutants of the policy were found`);
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
  return MUTANTS.length - kept.length + FLEET_MUTANTS.length - fleets.length;
}

/** Small fleets, one seed after the other. */
function runFleets({ first, count }: Round): number {
  let failures = 0;
  for (let seed = first; seed < first + count; seed++) {
    const broken = runFleetSeed(seed);
    if (broken === null) continue;
    failures++;
    console.log(`seed ${seed}: ${broken}`);
  }
  console.log(`seeds ${first} to ${first + count - 1}: ${count} fleets, ${failures} broke a promise`);
  return failures;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      schedules: { type: 'string', default: '100000' },
      first: { type: 'string', default: '1' },
      seconds: { type: 'string', default: 'Infinity' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      mutants: { type: 'string' },
      fleets: { type: 'string' },
      keep: { type: 'string' },
    },
  });
  const seeds = { first: Number(values.first), count: Number(values.schedules) };
  let failed: number;
  if (values.mutants !== undefined) failed = huntAll(Number(values.mutants), values.keep);
  else if (values.fleets !== undefined) failed = runFleets({ ...seeds, count: Number(values.fleets) });
  else failed = await soak(seeds, Number(values.seconds), Number(values.jobs));
  process.exitCode = failed === 0 ? 0 : 1;
}

if (isMainThread) await main();
else parentPort?.on('message', ({ first, count }: Round) => parentPort?.postMessage(sweep(first, count)));
