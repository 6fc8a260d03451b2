import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useRig } from '../../rig/vitest.ts';
import type { ViolationKind } from './checker/violation.ts';
import type { Break } from './orders.ts';
import { type FaultKind, MIX } from './schedule.ts';
import { type SoakOptions, soak } from './soak.ts';

const SEED = Number(process.env['SOAK_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const rig = useRig();

describe(`a soak, seed ${SEED}`, () => {
  // No second try: a promise that is broken once is broken.
  it('loses, repeats and reorders nothing, and reports what it could not keep', {
    retry: 0,
    timeout: 240_000,
  }, async () => {
    const { violations, figures, directory } = await soak(rig, { seed: SEED, faults: 60 });
    const broken = [...new Set(violations.map(({ kind, who, what }) => `${kind} (${who}: ${what})`))];
    expect(broken, `The evidence stays in ${directory}: ${broken.slice(0, 5).join(', ')}`).toEqual([]);
    rmSync(directory, { recursive: true });
    // One in which too little happened would prove nothing.
    expect(figures.accepted).toBeGreaterThan(500);
    expect(figures.delivered).toBeGreaterThan(500);
    expect(figures.resumed).toBeGreaterThan(50);
  });
});

/** No other faults than these. */
const only = (...kinds: readonly FaultKind[]) =>
  Object.fromEntries(Object.keys(MIX).map((kind) => [kind, kinds.includes(kind as FaultKind) ? 1 : 0]));

/** A part that is left out, what the checker must say of it, and what shows it soon. */
const BROKEN: readonly (readonly [Break, ViolationKind, Partial<SoakOptions>])[] = [
  // What is sent twice is what was on its way: so there is much of that.
  ['no-dedupe', 'repeated-effect', { mix: only('kill', 'clientKill'), sendRate: 20 }],
  ['no-fence', 'fence-passed', { mix: only('drain', 'freeze') }],
  ['no-persist', 'session-forgotten', { mix: only('clientKill') }],
  ['no-commit', 'lost-after-acceptance', { mix: only('kill') }],
];

describe(`the checker of a soak, seed ${SEED}`, () => {
  it.each(BROKEN)(
    'finds a build with %s: %s',
    async (broken, kind, options) => {
      const run = { seed: SEED, faults: 14, everyMs: 300, settleMs: 2_000, broken, ...options };
      const { violations, directory } = await soak(rig, run);
      rmSync(directory, { recursive: true });
      expect([...new Set(violations.map((violation) => violation.kind))]).toContain(kind);
    },
    120_000,
  );
});
