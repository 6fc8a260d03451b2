/**
 * `npm run simulate:soak -- --schedules 1000000`: fault schedules of the session protocol, one seed after the other.
 * `--first` is the first seed, `--seconds` ends it earlier, `--mutants 500` hunts the mutants over so many seeds instead.
 *
 * A seed that fails is shrunk, and printed as a test. `--keep` writes the smallest schedule that finds each mutant to a file: the tests
 * keep those in test/unit/simulate/keptSchedules.json.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { MUTANTS } from '../src/simulate/schedules/mutants/index.ts';
import { printAsTest } from '../src/simulate/schedules/print.ts';
import { runSchedule } from '../src/simulate/schedules/run.ts';
import { hunt, scheduleOf, smallestFor, sweep } from '../src/simulate/schedules/seeds.ts';
import { shrink } from '../src/simulate/schedules/shrink.ts';

/** Schedules between two looks at the clock. */
const ROUND = 1_000;
/** Failures that are shrunk and printed; of more only the number is told. */
const SHOWN = 5;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '100000' },
    first: { type: 'string', default: '1' },
    seconds: { type: 'string', default: 'Infinity' },
    mutants: { type: 'string' },
    keep: { type: 'string' },
  },
});

function soak(first: number, count: number, seconds: number): number {
  const begunMs = performance.now();
  const passed = () => (performance.now() - begunMs) / 1_000;
  const met = new Map<string, number>();
  let [done, events, accepted, failures] = [0, 0, 0, 0];
  while (done < count && passed() < seconds) {
    const round = sweep(first + done, Math.min(ROUND, count - done), () => passed() < seconds);
    for (const { seed, broken } of round.failures) if (failures++ < SHOWN) show(seed, broken);
    for (const [name, times] of round.met) met.set(name, (met.get(name) ?? 0) + times);
    done += round.schedules;
    events += round.events;
    accepted += round.accepted;
  }
  const rate = (done / passed()).toFixed(0);
  console.log(
    `seeds ${first} to ${first + done - 1}: ${done} schedules in ${passed().toFixed(1)} s, ${rate} per second`,
  );
  console.log(`${events} events, ${accepted} messages accepted, ${failures} schedules broke a promise`);
  const common = [...met].sort(([, one], [, other]) => other - one);
  console.log(`met: ${common.map(([name, times]) => `${name} ${times}`).join(' · ')}`);
  return failures;
}

function show(seed: number, broken: string): void {
  console.log(`seed ${seed}: ${broken}`);
  const smallest = shrink(scheduleOf(seed), (schedule) => runSchedule(schedule).broken !== null);
  console.log(`${printAsTest(smallest, broken)}\n`);
}

function huntAll(mostSeeds: number, file: string | undefined): number {
  const kept: object[] = [];
  for (const mutant of MUTANTS) {
    const { seeds, broken } = hunt(mutant, mostSeeds);
    const isFound = broken !== null && mutant.complaint.test(broken);
    const count = isFound ? String(seeds).padStart(6) : 'missed';
    console.log(`${count}  ${mutant.name}: ${broken ?? `nothing in ${seeds} seeds`}`);
    if (isFound) kept.push({ mutant: mutant.name, schedule: smallestFor(mutant, seeds) });
  }
  console.log(`${kept.length} of ${MUTANTS.length} mutants were found`);
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
  return MUTANTS.length - kept.length;
}

const failed =
  values.mutants === undefined
    ? soak(Number(values.first), Number(values.schedules), Number(values.seconds))
    : huntAll(Number(values.mutants), values.keep);
process.exitCode = failed === 0 ? 0 : 1;
