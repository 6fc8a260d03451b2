import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/policy/defaults.ts';
import {
  creditRequest,
  hedgeDelayMs,
  type Latencies,
  openHedgeShare,
  openLatencies,
  payHedge,
  recordLatency,
} from '../../../src/policy/hedging.ts';

const LIMITS = { minDelayMs: DEFAULTS.hedging.minDelayMs, maxDelayMs: DEFAULTS.hedging.maxDelayMs };
const ANY = { minDelayMs: 0, maxDelayMs: Number.POSITIVE_INFINITY };

function seen(values: readonly number[]): Latencies {
  const latencies = openLatencies();
  for (const tookMs of values) recordLatency(latencies, tookMs);
  return latencies;
}

describe('the delay of a hedge', () => {
  it('is the longest one while fewer than 20 answers are known', () => {
    expect(hedgeDelayMs(openLatencies(), LIMITS)).toBe(2000);
    expect(hedgeDelayMs(seen(Array(19).fill(300)), LIMITS)).toBe(2000);
    expect(hedgeDelayMs(seen(Array(20).fill(300)), LIMITS)).toBe(300);
  });

  it('is what 19 of 20 answers beat or meet', () => {
    const values = Array.from({ length: 100 }, (_, index) => 200 + ((index * 37) % 100));
    expect(hedgeDelayMs(seen(values), LIMITS)).toBe(294);
  });

  it('lies within its limits', () => {
    expect(hedgeDelayMs(seen(Array(50).fill(3)), LIMITS)).toBe(100);
    expect(hedgeDelayMs(seen(Array(50).fill(30_000)), LIMITS)).toBe(2000);
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { maxLength: 150 }), (values) => {
        const delayMs = hedgeDelayMs(seen(values), LIMITS);
        expect(delayMs >= 100 && delayMs <= 2000).toBe(true);
      }),
    );
  });

  it('looks at the last 100 answers only, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 20, maxLength: 250 }), (values) => {
        const last = values.slice(-100);
        const delayMs = hedgeDelayMs(seen(values), ANY);
        const slower = last.filter((tookMs) => tookMs > delayMs).length;
        const asSlow = last.filter((tookMs) => tookMs >= delayMs).length;
        expect(slower).toBeLessThanOrEqual(last.length * 0.05);
        expect(asSlow).toBeGreaterThan(last.length * 0.05);
      }),
    );
  });

  it('does not change what it reads, and keeps at most 100 values', () => {
    const latencies = seen(Array.from({ length: 1000 }, (_, index) => (index * 7919) % 1000));
    const before = JSON.stringify(latencies);
    hedgeDelayMs(latencies, LIMITS);
    expect(JSON.stringify(latencies)).toBe(before);
    expect(latencies.recentMs).toHaveLength(100);
  });
});

describe('the share of hedges', () => {
  it('grants none before 20 requests, and then one in 20', () => {
    let share = openHedgeShare(0.05);
    const hedgedAt: number[] = [];
    for (let request = 1; request <= 100; request++) {
      share = creditRequest(share);
      const paid = payHedge(share);
      if (paid !== null) hedgedAt.push(request);
      share = paid ?? share;
    }
    expect(hedgedAt).toEqual([20, 40, 60, 80, 100]);
  });

  it('never exceeds the share of all requests so far, nor the share plus five in any stretch', () => {
    const run = fc.tuple(fc.array(fc.boolean(), { maxLength: 600 }), fc.constantFrom(0.01, 0.05, 0.1, 0.5));
    fc.assert(
      fc.property(run, fc.nat(600), ([wishes, maxShare], from) => {
        let share = openHedgeShare(maxShare);
        const hedged = wishes.map((wish) => {
          share = creditRequest(share);
          const paid = wish ? payHedge(share) : null;
          share = paid ?? share;
          return paid !== null;
        });
        const count = (some: readonly boolean[]) => some.filter(Boolean).length;
        expect(count(hedged)).toBeLessThanOrEqual(wishes.length * maxShare + 1e-6);
        const stretch = hedged.slice(from);
        expect(count(stretch)).toBeLessThanOrEqual(stretch.length * maxShare + 5 + 1e-6);
      }),
    );
  });

  it('saves up five hedges and no more', () => {
    let share: ReturnType<typeof payHedge> = openHedgeShare(0.05);
    for (let request = 0; request < 1000 && share !== null; request++) share = creditRequest(share);
    let granted = -1;
    for (; share !== null; granted++) share = payHedge(share);
    expect(granted).toBe(5);
  });

  it('grants none with a share of 0', () => {
    let share = openHedgeShare(0);
    for (let request = 0; request < 1000; request++) share = creditRequest(share);
    expect(payHedge(share)).toBeNull();
  });
});
