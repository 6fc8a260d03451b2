import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_HINTS } from '../../../src/policy/hints.ts';
import type { Outcome } from '../../../src/policy/outcome.ts';
import { readPolicy } from '../../../src/policy/poolPolicy.ts';
import { everyRule } from '../../../src/policy/rules/everyRule.ts';
import {
  A,
  B,
  BAD,
  BAD_GATEWAY,
  busy,
  C,
  GOOD,
  OK,
  PoolWorld,
  REFUSED,
  RESET,
  SERVER_ERROR,
  STANDBY,
  seeded,
  TIMEOUT,
} from './poolWorld.ts';

const small = (origins = [A, B], random = () => 0.5) => new PoolWorld(origins, {}, random, []);

describe('a machine without further rules', () => {
  it('takes a host out, probes it, holds it and comes back', () => {
    const world = small();
    world.kill(A);
    expect(world.current).toBe(B);
    world.pass(4_999, () => BAD);
    expect(world.probes).toEqual([]);
    world.pass(5_001, () => GOOD);
    expect([world.health(A), world.current]).toEqual(['holding', B]);
    world.pass(30_000);
    expect([world.health(A), world.current]).toEqual(['up', A]);
    expect(world.moves.map(({ kind }) => kind)).toEqual(['failover', 'failback']);
  });

  it('asks a probe about a first time-out, and one good one is enough', () => {
    const world = small();
    world.attempt(A, TIMEOUT);
    expect([world.health(A), world.current, world.probes]).toEqual(['half-open', B, [A]]);
    world.answer(A, GOOD);
    expect([world.health(A), world.current]).toEqual(['up', A]);
  });

  it('keeps the last host whatever it does', () => {
    const world = small();
    world.kill(A);
    for (const outcome of [REFUSED, TIMEOUT, SERVER_ERROR, BAD_GATEWAY]) world.attempts(5, B, outcome);
    expect([world.health(B), world.current]).toEqual(['up', B]);
  });

  it('passes over a host that is busy, and holds the word of a standby against it like any error', () => {
    const world = small();
    world.attempt(A, busy(1000));
    expect([world.health(A), world.record(A).busyUntilMs - world.nowMs]).toEqual(['up', 1000]);
    world.attempts(3, A, STANDBY);
    expect(world.health(A)).toBe('ejected');
  });

  it('knows no options but its own', () => {
    for (const options of [
      { failback: { proof: 'request' } },
      { probe: { always: true } },
      { ejection: { windowMs: 1 } },
      { fence: { forMs: 1 } },
    ] as const) {
      expect(() => readPolicy(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
      expect(() => readPolicy(options, everyRule)).not.toThrow();
    }
  });
});

/** What every machine understands, as it may come in a history. */
type Act =
  | { readonly act: 'attempt'; readonly at: number; readonly outcome: Outcome; readonly tookMs: number }
  | { readonly act: 'probe'; readonly good: boolean }
  | { readonly act: 'pass'; readonly forMs: number }
  | { readonly act: 'prefer'; readonly at: number | null };

const at = fc.nat(2);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    act: fc.constant('attempt' as const),
    at,
    outcome: fc.constantFrom(OK, OK, RESET, TIMEOUT, BAD_GATEWAY, SERVER_ERROR, busy(3_000)),
    tookMs: fc.constantFrom(0, 10, 5_000),
  }),
  fc.record({ act: fc.constant('probe' as const), good: fc.boolean() }),
  fc.record({ act: fc.constant('pass' as const), forMs: fc.constantFrom(1, 2_000, 5_000, 60_000) }),
  fc.record({ act: fc.constant('prefer' as const), at: fc.option(at) }),
);

const ORIGINS = [A, B, C];

function live(world: PoolWorld, one: Act): void {
  switch (one.act) {
    case 'attempt': {
      const { outcome, tookMs } = one;
      const origin = ORIGINS[one.at] ?? A;
      world.step({ kind: 'attempt', origin, startedMs: world.nowMs - tookMs, outcome, hints: NO_HINTS });
      return;
    }
    case 'probe':
      if (world.open[0] !== undefined) world.answer(world.open[0], one.good ? GOOD : BAD);
      return;
    case 'pass':
      world.pass(one.forMs);
      return;
    case 'prefer':
      world.step({ kind: 'prefer', origin: one.at === null ? null : (ORIGINS[one.at] ?? A) });
  }
}

it('where nothing happens that a rule is about, all machines are one', () => {
  const property = fc.property(fc.array(act, { maxLength: 60, size: 'max' }), fc.nat(), (acts, seed) => {
    const [plain, full] = [[], everyRule].map((rules) => new PoolWorld(ORIGINS, {}, seeded(seed), rules));
    if (plain === undefined || full === undefined) throw new Error('no worlds');
    for (const one of acts) {
      // All hosts beginning to fail at once is what a rule is about.
      if (ORIGINS.every((origin) => full.record(origin).troubleSinceMs !== null)) break;
      live(plain, one);
      live(full, one);
      fc.pre(full.connectivity === 'online');
      const shown = ({ state, effects }: PoolWorld) => [
        state.current,
        state.budget.tokens,
        state.hosts.map((host) => ({ ...host, silentSinceMs: null, health: kindOf(host.health) })),
        effects.map(({ kind }) => kind),
      ];
      expect(shown(plain)).toEqual(shown(full));
    }
  });
  fc.assert(property, { numRuns: 500 });
});

/** A host's health without what the window of failures notes beside its counters. */
const kindOf = (health: object) =>
  Object.fromEntries(Object.entries(health).filter(([key]) => key !== 'countingSinceMs'));
