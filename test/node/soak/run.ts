/**
 * A soak by hand: two servers, 20 clients, and faults.
 *
 *     npm run soak                              500 faults, another seed each time
 *     npm run soak -- --seed 7 --faults 100     the same faults again
 *     npm run soak -- --mix kill=0              no such faults; others are drawn as always
 *     npm run soak -- --rate 20 --every 200     more messages a second from each client; less time between faults
 *     npm run soak -- --break no-fence          with a part left out: the checker must complain
 *
 * Ends with 0 if nothing was lost, repeated or reordered without a report.
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRig } from '../../rig/rig.ts';
import { grouped } from './checker/grouped.ts';
import { BREAKS, type Break } from './orders.ts';
import { MIX } from './schedule.ts';
import { type SoakResult, soak } from './soak.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    faults: { type: 'string', default: '500' },
    every: { type: 'string', default: '450' },
    /** Messages a second, by each client. */
    rate: { type: 'string', default: '4' },
    break: { type: 'string' },
    mix: { type: 'string', multiple: true, default: [] },
    /** Leaves the logs and the database behind, also where all is well. */
    keep: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const faults = Number(values.faults);
console.log(`seed ${seed}, ${faults} faults`);

await using rig = createRig();
const result = await soak(rig, {
  seed,
  faults,
  everyMs: Number(values.every),
  sendRate: Number(values.rate),
  mix: Object.fromEntries(values.mix.map(weightOf)),
  ...(values.break === undefined ? {} : { broken: breakOf(values.break) }),
  onFault: ({ kind, targets, forMs }, done) => {
    if (done % 25 === 0) console.log(`${done} faults; the last: ${kind} of ${targets.join(' and ')} for ${forMs} ms`);
  },
});
show(result);

function weightOf(text: string): [string, number] {
  const [kind = '', weight] = text.split('=');
  if (!(kind in MIX) || !(Number(weight) >= 0))
    throw new Error(`--mix ${text}: take one of ${Object.keys(MIX).join(', ')}`);
  return [kind, Number(weight)];
}

function breakOf(name: string): Break {
  const found = BREAKS.find((one) => one === name);
  if (found === undefined) throw new Error(`--break ${name}: take one of ${BREAKS.join(', ')}`);
  return found;
}

function show({ violations, figures, directory, tookMs }: SoakResult): void {
  console.log(JSON.stringify(figures, null, 2));
  for (const [kind, found] of grouped(violations, (violation) => violation.kind)) {
    console.log(`${kind}: ${found.length}`);
    for (const { who, what } of found.slice(0, 5)) console.log(`    ${who}: ${what}`);
  }
  const good = violations.length === 0;
  console.log(
    `${good ? 'Every promise was kept' : 'PROMISES WERE BROKEN'}. ${Math.round(tookMs / 1_000)} s, seed ${seed}.`,
  );
  if (good && !values.keep) rmSync(directory, { recursive: true });
  else console.log(`The evidence: ${directory}`);
  process.exitCode = good ? 0 : 1;
}
