import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldTargets, type SrvTarget, srvOrder } from '../../../src/node/srvOrder.ts';

const target = (url: string, priority: number, weight: number): SrvTarget => ({ url, priority, weight });
const urls = (hosts: readonly { readonly url: string }[]) => hosts.map(({ url }) => url);

/** A generator with a seed: the same draws in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How often each server is first for so many clients. */
function firsts(targets: readonly SrvTarget[], clients: number): Map<string, number> {
  const random = seeded(7);
  const counts = new Map<string, number>();
  for (let i = 0; i < clients; i += 1) {
    const [first] = srvOrder(random)(targets).active;
    if (first !== undefined) counts.set(first.url, (counts.get(first.url) ?? 0) + 1);
  }
  return counts;
}

const anyTargets = fc.uniqueArray(
  fc.record({
    url: fc.webUrl(),
    priority: fc.integer({ min: 0, max: 3 }),
    weight: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 65_535 })),
  }),
  { minLength: 1, maxLength: 20, selector: ({ url }) => url },
);
const anyDraw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the order of service records', () => {
  it('has the lowest priority active and all others standing by, each once, best priority first', () => {
    fc.assert(
      fc.property(anyTargets, fc.infiniteStream(anyDraw), (targets, draws) => {
        const { active, standby } = srvOrder(() => draws.next().value ?? 0)(targets);
        const priority = new Map(targets.map((each) => [each.url, each.priority]));
        const placed = urls([...active, ...standby]);
        const priorities = placed.map((url) => priority.get(url) ?? -1);
        expect([...placed].sort()).toEqual(targets.map(({ url }) => url).sort());
        expect(priorities).toEqual([...priorities].sort((a, b) => a - b));
        expect(active.every(({ url }) => priority.get(url) === priorities[0])).toBe(true);
        expect(standby.every(({ url }) => priority.get(url) !== priorities[0])).toBe(true);
        expect([...active, ...standby].every(({ weight = 0 }) => weight > 0 && Number.isFinite(weight))).toBe(true);
      }),
    );
  });

  it('puts each server first for its share of the clients', () => {
    const counts = firsts([target('a', 0, 60), target('b', 0, 30), target('c', 0, 10)], 20_000);
    // Five standard deviations.
    expect(Math.abs((counts.get('a') ?? 0) - 12_000)).toBeLessThan(350);
    expect(Math.abs((counts.get('b') ?? 0) - 6_000)).toBeLessThan(325);
    expect(Math.abs((counts.get('c') ?? 0) - 2_000)).toBeLessThan(215);
  });

  it('gives a weight of 0 a very small chance beside others, and an equal one among its like', () => {
    const beside = firsts([target('a', 0, 1), target('zero', 0, 0)], 20_000);
    expect(beside.get('zero')).toBeGreaterThan(0);
    expect(beside.get('zero')).toBeLessThan(400);
    const equal = firsts([target('a', 0, 0), target('b', 0, 0)], 20_000);
    expect(Math.abs((equal.get('a') ?? 0) - 10_000)).toBeLessThan(355);
    expect(srvOrder(seeded(1))([target('a', 0, 0)]).active).toEqual([{ url: 'a', weight: 1 }]);
  });

  it('stays as it was where a later look finds the same servers, or others beside them', () => {
    fc.assert(
      fc.property(anyTargets, fc.integer(), fc.integer({ min: 0, max: 20 }), (targets, seed, kept) => {
        const order = srvOrder(seeded(seed));
        const before = order(targets);
        expect(order([...targets].reverse())).toEqual(before);
        const left = new Set(targets.slice(0, kept).map(({ url }) => url));
        const fewer = order(targets.filter(({ url }) => left.has(url)));
        const still = urls([...before.active, ...before.standby]).filter((url) => left.has(url));
        const sameShares = targets.every(({ weight }) => weight > 0);
        if (sameShares) expect(urls([...fewer.active, ...fewer.standby])).toEqual(still);
      }),
    );
  });

  it('is drawn anew for a server that was gone', () => {
    let draws = 0;
    const order = srvOrder(() => {
      draws += 1;
      return 0.5;
    });
    order([target('a', 0, 1), target('b', 0, 1)]);
    order([target('a', 0, 1)]);
    order([target('a', 0, 1), target('b', 0, 1)]);
    expect(draws).toBe(3);
  });
});

describe('servers named more than once', () => {
  it('are one, at their best priority and with their weights there together', () => {
    const folded = foldTargets([
      target('a', 2, 5),
      target('b', 1, 1),
      target('a', 1, 10),
      target('a', 1, 20),
      target('a', 3, 40),
    ]);
    expect(folded).toEqual([target('a', 1, 30), target('b', 1, 1)]);
  });
});
