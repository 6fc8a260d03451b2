import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullJitter } from '../../../src/policy/backoff.ts';
import { DEFAULTS } from '../../../src/policy/defaults.ts';

const LIMITS = { baseMs: DEFAULTS.retry.backoffBaseMs, capMs: DEFAULTS.retry.backoffCapMs };
const ALMOST_ONE = 1 - 2 ** -53;
const draw = fc.double({ min: 0, max: ALMOST_ONE, noNaN: true });
const limits = fc.record({ baseMs: fc.nat(10_000), capMs: fc.nat(100_000) });

describe('fullJitter', () => {
  it('doubles the range of the wait with each round, up to the cap', () => {
    const ends = [0, 1, 2, 3, 7, 8, 9].map((round) => Math.ceil(fullJitter(round, LIMITS, () => ALMOST_ONE)));
    expect(ends).toEqual([100, 200, 400, 800, 12_800, 20_000, 20_000]);
  });

  it('is a share of the clamped range: the limit comes before the draw', () => {
    fc.assert(
      fc.property(fc.nat(5000), limits, draw, (round, { baseMs, capMs }, share) => {
        const waitMs = fullJitter(round, { baseMs, capMs }, () => share);
        expect(waitMs).toBe(share * Math.min(capMs, baseMs * 2 ** Math.min(round, 60)));
      }),
    );
  });

  it('stays within [0, cap] and is a number, even in round 5000', () => {
    fc.assert(
      fc.property(fc.nat(5000), limits, draw, (round, bounds, share) => {
        const waitMs = fullJitter(round, bounds, () => share);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(bounds.capMs);
      }),
    );
  });

  it('never gathers clients in one instant, also where the cap has been reached', () => {
    const buckets = new Map<number, number>();
    for (let client = 0; client < 10_000; client++) {
      const bucket = Math.floor(fullJitter(20, LIMITS, () => client / 10_000) / 100);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
    }
    expect(Math.max(...buckets.values())).toBeLessThanOrEqual(100);
  });

  it('draws exactly once', () => {
    let draws = 0;
    fullJitter(3, LIMITS, () => draws++ / 10);
    expect(draws).toBe(1);
  });
});
