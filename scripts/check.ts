/** `npm run check`: everything that can be said about the code without running it. `npm run check types size` runs some. */
import { run } from './run.ts';

/** What browsers load as it is. No program imports these, so they have no types. */
const SCRIPTS = './sw.js ./sw-redirect.js ./sw-transparent.js ./kill-sw.js ./interpose.js';

/** In order: the cheap and telling ones first. */
const STEPS: readonly (readonly [name: string, line: string])[] = [
  ['types', 'tsc -p tsconfig.json'],
  ['types of floor 0', 'tsc -p tsconfig.floor0.json'],
  ['types of what browsers load', 'tsc -p tsconfig.portable.json'],
  ['lint and format', 'biome check --error-on-warnings'],
  ['house style', 'vitest run --project style --reporter=dot'],
  ['unused code', 'knip --no-progress'],
  ['reference', 'typedoc --logLevel Warn'],
  ['build', 'npm run build'],
  // `npm run api` writes the reports that this compares with.
  ['API', 'node scripts/api.ts'],
  ['package', 'publint --strict'],
  // Only what TypeScript 6 still resolves: `node10` knows no exports map, and no Node that we support uses it.
  [
    'types as consumers see them',
    `attw --pack --profile node16 --exclude-entrypoints ${SCRIPTS} --no-emoji --format table-flipped`,
  ],
  ['size', 'size-limit'],
];

const chosen = process.argv.slice(2);
const wanted = STEPS.filter(([name]) => chosen.length === 0 || chosen.some((word) => name.startsWith(word)));
const failed: string[] = [];
for (const [name, line] of wanted) {
  const begun = performance.now();
  const { code, said } = await run(line, true);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)${code === 0 ? '' : `: ${line}\n${said}`}`);
  if (code === 0 && name === 'size') console.log(said.trimEnd());
  if (code !== 0) failed.push(name);
}

if (wanted.length === 0) failed.push(`no step is called ${chosen.join(' or ')}`);
console.log(failed.length === 0 ? `check: all ${wanted.length} steps hold` : `check: failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
