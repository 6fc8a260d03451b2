import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankByAffinity } from '../../../src/policy/rendezvous.ts';

const NODES = Array.from({ length: 8 }, (_, index) => ({ id: `https://chat${index + 1}.example.com`, weight: 1 }));
const keys = (count: number) => Array.from({ length: count }, (_, index) => `client-${index}`);
const node = fc.record({ id: fc.string({ maxLength: 12 }), weight: fc.constantFrom(0, 0.5, 1, 2, 10) });
const nodes = fc.uniqueArray(node, { minLength: 1, maxLength: 10, selector: ({ id }) => id });

/** How many of the keys each value gets. */
function tally(values: readonly (string | undefined)[]): Map<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Pearson's statistic against expected counts. */
function chiSquare(counts: ReadonlyMap<string | undefined, number>, expected: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [id, want] of expected) sum += ((counts.get(id) ?? 0) - want) ** 2 / want;
  return sum;
}

describe('rankByAffinity', () => {
  it('ranks every node once', () => {
    fc.assert(
      fc.property(fc.string(), nodes, (key, all) => {
        expect(rankByAffinity(key, all).sort()).toEqual(all.map(({ id }) => id).sort());
      }),
    );
  });

  it('does not look at the order in which the nodes are listed', () => {
    const shuffled = nodes.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
    );
    fc.assert(
      fc.property(fc.string(), shuffled, (key, [all, other]) => {
        expect(rankByAffinity(key, other)).toEqual(rankByAffinity(key, all));
      }),
    );
  });

  it('keeps the order of the others when a node leaves, so only its own keys move', () => {
    fc.assert(
      fc.property(fc.string(), nodes, fc.nat(), (key, all, pick) => {
        const gone = all[pick % all.length]?.id;
        const rest = all.filter(({ id }) => id !== gone);
        expect(rankByAffinity(key, rest)).toEqual(rankByAffinity(key, all).filter((id) => id !== gone));
      }),
    );
  });

  it('moves no key from node to node when one weight grows, except to that node', () => {
    fc.assert(
      fc.property(fc.string(), nodes, fc.nat(), (key, all, pick) => {
        const grown = all[pick % all.length]?.id;
        const heavier = all.map((one) => (one.id === grown ? { ...one, weight: one.weight * 2 + 1 } : one));
        const [before] = rankByAffinity(key, all);
        const [after] = rankByAffinity(key, heavier);
        expect([before, grown]).toContain(after);
      }),
    );
  });

  it('puts nodes of weight 0 last', () => {
    fc.assert(
      fc.property(fc.string(), nodes, (key, all) => {
        const weights = rankByAffinity(key, all).map((id) => all.find((one) => one.id === id)?.weight ?? 0);
        const firstZero = weights.indexOf(0);
        if (firstZero >= 0) expect(weights.slice(firstZero).every((weight) => weight === 0)).toBe(true);
      }),
    );
  });

  // The keys are fixed, so these hold always or never. 24.3 is the 99.9 % point of chi-square with 7 degrees of freedom, 22.5 with 6.
  it('spreads keys evenly', () => {
    const counts = tally(keys(40_000).map((key) => rankByAffinity(key, NODES)[0]));
    expect(chiSquare(counts, new Map(NODES.map(({ id }) => [id, 5000])))).toBeLessThan(24.3);
  });

  it.each(NODES.map(({ id }) => id))('spreads the keys of %s evenly over the rest when it leaves', (gone) => {
    const orphans = keys(40_000)
      .map((key) => rankByAffinity(key, NODES))
      .filter(([first]) => first === gone);
    const counts = tally(orphans.map(([, second]) => second));
    const rest = NODES.filter(({ id }) => id !== gone);
    expect(chiSquare(counts, new Map(rest.map(({ id }) => [id, orphans.length / 7])))).toBeLessThan(22.5);
  });

  it('gives each node its share of the weights', () => {
    const weighted = NODES.map(({ id }, index) => ({ id, weight: [1, 2, 3, 4, 0.5, 1, 8, 0.25][index] ?? 1 }));
    const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
    const counts = tally(keys(40_000).map((key) => rankByAffinity(key, weighted)[0]));
    const expected = new Map(weighted.map(({ id, weight }) => [id, (40_000 * weight) / total]));
    expect(chiSquare(counts, expected)).toBeLessThan(24.3);
  });

  it('spreads keys evenly over nodes that all have weight 0', () => {
    const idle = NODES.map(({ id }) => ({ id, weight: 0 }));
    const counts = tally(keys(40_000).map((key) => rankByAffinity(key, idle)[0]));
    expect(chiSquare(counts, new Map(NODES.map(({ id }) => [id, 5000])))).toBeLessThan(24.3);
  });

  it('spreads keys that differ in one character only', () => {
    const two = NODES.slice(0, 2);
    const firsts = Array.from({ length: 20_000 }, (_, at) => rankByAffinity(String.fromCharCode(at + 32), two)[0]);
    expect(Math.abs((tally(firsts).get(two[0]?.id) ?? 0) - 10_000)).toBeLessThan(300);
  });
});
