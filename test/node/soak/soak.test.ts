import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { useRig } from '../../rig/vitest.ts';
import type { Violation, ViolationKind } from './checker/violation.ts';
import type { Break } from './orders.ts';
import { type SoakOptions, type SoakResult, soak } from './soak.ts';

const SEED = Number(process.env['SOAK_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const rig = useRig();
const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

async function run(options: Omit<SoakOptions, 'seed'>): Promise<SoakResult> {
  const result = await soak(rig, { seed: SEED, ...options });
  directories.push(result.directory);
  return result;
}

const kindsOf = (violations: readonly Violation[]): ReadonlySet<ViolationKind> =>
  new Set(violations.map(({ kind }) => kind));

describe(`a soak, seed ${SEED}`, () => {
  it('loses, repeats and reorders nothing, and reports what it could not keep', async () => {
    const { violations, figures } = await run({ faults: 60 });
    expect(violations).toEqual([]);
    // One in which too little happened would prove nothing.
    expect(figures.accepted).toBeGreaterThan(500);
    expect(figures.delivered).toBeGreaterThan(500);
    expect(figures.resumed).toBeGreaterThan(50);
  }, 180_000);
});

/** A part that is left out, and what the checker must say of it. */
const BROKEN: readonly (readonly [Break, ViolationKind])[] = [
  ['no-dedupe', 'repeated-effect'],
  ['no-fence', 'fence-passed'],
  ['no-persist', 'session-forgotten'],
  ['no-commit', 'lost-after-acceptance'],
];

describe(`the checker of a soak, seed ${SEED}`, () => {
  it.each(BROKEN)(
    'finds a build with %s: %s',
    async (broken, kind) => {
      const { violations } = await run({ faults: 30, settleMs: 3_000, broken });
      expect(kindsOf(violations)).toContain(kind);
    },
    120_000,
  );
});
