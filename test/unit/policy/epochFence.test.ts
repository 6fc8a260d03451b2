import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/policy/defaults.ts';
import { type Epoch, type EpochFence, observeEpoch } from '../../../src/policy/epochFence.ts';

const FOR_MS = DEFAULTS.fence.forMs;
const at = (number: number, cluster = 'chat'): Epoch => ({ cluster, number });

/** Runs sightings one after the other; the last one's result is returned. */
function observed(sightings: readonly (readonly [epoch: Epoch, nowMs: number])[]) {
  let last: { fence: EpochFence; stale: boolean } = { fence: {}, stale: false };
  for (const [epoch, nowMs] of sightings) last = observeEpoch(last.fence, epoch, nowMs, FOR_MS);
  return last;
}

describe('the epoch fence', () => {
  it('refuses a lower epoch of the same cluster while the higher one was seen of late', () => {
    expect(
      observed([
        [at(5), 0],
        [at(4), FOR_MS - 1],
      ]).stale,
    ).toBe(true);
  });

  it('accepts the lower epoch after that time: it is a fence, not a lock-out', () => {
    const { fence, stale } = observed([
      [at(5), 0],
      [at(4), FOR_MS],
    ]);
    expect(stale).toBe(false);
    expect(fence).toMatchObject({ chat: { number: 4 } });
  });

  it('counts the time from the last sighting of the higher epoch, not from its first', () => {
    expect(
      observed([
        [at(5), 0],
        [at(5), 500_000],
        [at(4), 1_000_000],
      ]).stale,
    ).toBe(true);
  });

  it('is not kept closed by stale answers', () => {
    expect(
      observed([
        [at(5), 0],
        [at(4), FOR_MS - 1],
        [at(4), FOR_MS],
      ]).stale,
    ).toBe(false);
  });

  it('never refuses an equal or higher epoch', () => {
    expect(
      observed([
        [at(5), 0],
        [at(5), 1],
      ]).stale,
    ).toBe(false);
    expect(
      observed([
        [at(5), 0],
        [at(6), 1],
      ]).stale,
    ).toBe(false);
  });

  it('holds clusters apart', () => {
    expect(
      observed([
        [at(5, 'a'), 0],
        [at(1, 'b'), 1],
      ]).stale,
    ).toBe(false);
    expect(
      observed([
        [at(5, 'a'), 0],
        [at(1, 'b'), 1],
        [at(4, 'a'), 2],
      ]).stale,
    ).toBe(true);
  });

  it('opens when the clock was set back further than the fence lasts', () => {
    expect(
      observed([
        [at(5), 10 * FOR_MS],
        [at(4), 9 * FOR_MS],
      ]).stale,
    ).toBe(false);
    expect(
      observed([
        [at(5), 10 * FOR_MS],
        [at(4), 9.5 * FOR_MS],
      ]).stale,
    ).toBe(true);
  });

  it('stays the same object under steady traffic, and is renewed after a second', () => {
    const { fence } = observed([[at(5), 0]]);
    expect(observeEpoch(fence, at(5), 1000, FOR_MS).fence).toBe(fence);
    expect(observeEpoch(fence, at(4), 100, FOR_MS).fence).toBe(fence);
    expect(observeEpoch(fence, at(5), 1001, FOR_MS).fence).toEqual({ chat: { number: 5, seenMs: 1001 } });
  });

  it('remembers 16 clusters and forgets the one that was silent longest', () => {
    const sightings = Array.from({ length: 16 }, (_, index) => [at(1, `c${index}`), index] as const);
    const { fence } = observed([...sightings, [at(2, 'c0'), 100], [at(1, 'new'), 200]]);
    expect(Object.keys(fence)).toHaveLength(16);
    expect(Object.hasOwn(fence, 'c1')).toBe(false);
    expect(fence).toMatchObject({ c0: { number: 2, seenMs: 100 }, new: { number: 1, seenMs: 200 } });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '7'])(
    'takes %j for a name like any other',
    (cluster) => {
      const first = observed([[at(5, cluster), 0]]);
      expect(first.stale).toBe(false);
      expect(Object.keys(first.fence)).toEqual([cluster]);
      const restored: EpochFence = JSON.parse(JSON.stringify(first.fence));
      expect(observeEpoch(restored, at(4, cluster), 1, FOR_MS).stale).toBe(true);
      expect(observeEpoch(restored, at(1, 'other'), 1, FOR_MS).stale).toBe(false);
      expect({}).not.toHaveProperty('number');
    },
  );

  it('changes no fence in place, and stays bounded, whatever is seen', () => {
    const sighting = fc.tuple(fc.string({ maxLength: 2 }), fc.nat(5), fc.nat(2 * FOR_MS));
    fc.assert(
      fc.property(fc.array(sighting, { maxLength: 60 }), (sightings) => {
        let fence: EpochFence = Object.freeze({});
        for (const [cluster, number, nowMs] of sightings) {
          const result = observeEpoch(fence, { cluster, number }, nowMs, FOR_MS);
          if (result.stale) expect(result.fence).toBe(fence);
          else expect(result.fence[cluster]?.number).toBe(number);
          fence = Object.freeze(result.fence);
        }
        expect(Object.keys(fence).length).toBeLessThanOrEqual(16);
      }),
    );
  });

  it('holds against a plain model: stale means below what was seen within the time', () => {
    const step = fc.tuple(fc.nat(4), fc.integer({ min: 1001, max: FOR_MS }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let fence: EpochFence = {};
        let nowMs = 0;
        let accepted: { number: number; seenMs: number } | undefined;
        for (const [number, passedMs] of steps) {
          nowMs += passedMs;
          const expected = accepted !== undefined && number < accepted.number && nowMs - accepted.seenMs < FOR_MS;
          const result = observeEpoch(fence, at(number), nowMs, FOR_MS);
          expect(result.stale).toBe(expected);
          if (!expected) accepted = { number, seenMs: nowMs };
          fence = result.fence;
        }
      }),
    );
  });
});
