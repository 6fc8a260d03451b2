import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventHeap } from '../../../../src/simulate/core/eventHeap.ts';
import { RandomStreams } from '../../../../src/simulate/core/randomStreams.ts';

describe('the event heap', () => {
  it('gives what a sorted list gives, whatever is set, moved and taken out', () => {
    const deed = fc.tuple(fc.nat(30), fc.oneof(fc.nat(20), fc.constant(Infinity)), fc.boolean());
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 300 }), (deeds) => {
        const heap = new EventHeap(4);
        heap.grow(31);
        const list = new Map<number, number>();
        for (const [thing, atMs, takes] of deeds) {
          heap.set(thing, atMs);
          if (atMs === Infinity) list.delete(thing);
          else list.set(thing, atMs);
          const [first = [-1, Infinity]] = [...list].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
          expect([heap.first, heap.nextMs]).toEqual(first);
          if (takes && heap.first >= 0) {
            list.delete(heap.first);
            heap.set(heap.first, Infinity);
          }
        }
      }),
    );
  });
});

describe('random streams', () => {
  const draws = (streams: RandomStreams, client: number, count: number) =>
    Array.from({ length: count }, () => streams.of(client)());

  it('give each client its own, whoever else draws', () => {
    const alone = draws(new RandomStreams(5, 3), 1, 4);
    const streams = new RandomStreams(5, 3);
    const between = [0, 1, 2, 3].map(() => {
      draws(streams, 0, 3);
      return streams.of(1)();
    });
    expect(between).toEqual(alone);
    expect(draws(new RandomStreams(6, 3), 1, 4)).not.toEqual(alone);
    expect(draws(new RandomStreams(5, 3), 2, 4)).not.toEqual(alone);
  });

  it('are even: along one client, and across clients', () => {
    const streams = new RandomStreams(1, 10_000);
    const along = draws(streams, 7, 10_000);
    const across = Array.from({ length: 10_000 }, (_, client) => streams.of(client)());
    for (const numbers of [along, across]) {
      const tenths = new Array<number>(10).fill(0);
      for (const each of numbers) tenths[Math.floor(each * 10)] = (tenths[Math.floor(each * 10)] ?? 0) + 1;
      // Five standard deviations around 1,000.
      expect(Math.min(...tenths)).toBeGreaterThan(850);
      expect(Math.max(...tenths)).toBeLessThan(1_150);
    }
  });
});
