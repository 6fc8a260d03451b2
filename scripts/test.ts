/**
 * `npm test`: builds, runs every project of vitest, and ends with a line `N passed, N failed`.
 * Arguments go to vitest: `npm test -- --project unit`.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { run } from './run.ts';

interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const REPORT = '.tmp/tests.json';
const REPORTERS = ['default', 'json', './scripts/flakyTests.ts'].map((name) => `--reporter=${name}`);

/** How a browser test is named that needs what an engine has not got (test/browser/rig). */
const BEYOND_ENGINE = / \(\w+ cannot: [\w, ]+\)$/;

/** What a report comes to. A file that could not be loaded, an error outside all tests, or in CI a skipped test, is a failure. */
function tally({ success, numPassedTests, numFailedTests, testResults }: Report): { passed: number; failed: number } {
  const broken = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const unrun = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status !== 'passed' && status !== 'failed'),
  );
  const isBeyond = ({ fullName }: (typeof unrun)[number]): boolean => BEYOND_ENGINE.test(fullName);
  for (const { fullName } of unrun.filter(isBeyond)) console.log(`NO ENGINE FOR: ${fullName}`);
  const skipped = unrun.filter((result) => !isBeyond(result)).map(({ fullName }) => fullName);
  for (const name of skipped) console.log(`NOT RUN: ${name}`);
  if (skipped.length > 0) console.log(`Not run on this machine: ${skipped.length}. CI counts them as failed.`);
  const failed = numFailedTests + broken.length + (process.env['CI'] ? skipped.length : 0);
  return { passed: numPassedTests, failed: failed === 0 && !success ? 1 : failed };
}

function readReport(): Report | undefined {
  try {
    return JSON.parse(readFileSync(REPORT, 'utf8'));
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  rmSync(REPORT, { force: true });
  mkdirSync('.tmp', { recursive: true });
  const build = await run('npm run --silent build');
  if (build.code !== 0) console.log('The build failed: what needs it will fail, too.');
  const words = process.argv.slice(2).map((word) => JSON.stringify(word));
  const { code } = await run(['vitest run', ...REPORTERS, `--outputFile=${REPORT}`, ...words].join(' '));
  const report = readReport();
  const { passed, failed } = report === undefined ? { passed: 0, failed: 1 } : tally(report);
  const all = failed + (failed === 0 && (code !== 0 || build.code !== 0) ? 1 : 0);
  console.log(`${passed} passed, ${all} failed`);
  return all === 0 ? 0 : 1;
}

process.exitCode = await main();
