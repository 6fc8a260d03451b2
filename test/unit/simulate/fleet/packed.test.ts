import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Packed } from '../../../../src/simulate/core/packed.ts';

/** Plain data as states are: parts that come again, and numbers that do not. */
const plain = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(null, true, false, undefined, 'up', 'down', 0, 1, 0.3, 255, 256),
    fc.double(),
    fc.integer(),
  ),
  value: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'kind'), tie('value'), { noNullPrototype: true }),
  ),
}));
const value = fc.dictionary(fc.constantFrom('a', 'b', 'c'), plain.value, { noNullPrototype: true });

/** Minus zero comes out as zero: moments and counts know no difference. */
const spelled = (given: unknown): unknown =>
  JSON.parse(JSON.stringify(given, (_, each: unknown) => (typeof each === 'number' ? String(each + 0) : each)));

describe('packed values', () => {
  it('come out as they went in, whatever was put in and replaced', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), value), { maxLength: 60 }), (deeds) => {
        const packed = new Packed<object>(5);
        const plainly = new Map<number, object>();
        for (const [thing, one] of deeds) {
          packed.set(thing, one);
          plainly.set(thing, one);
          for (const [each, expected] of plainly) {
            expect(spelled(packed.get(each))).toEqual(spelled(expected));
            expect(Object.keys(packed.get(each))).toEqual(Object.keys(expected));
          }
        }
      }),
    );
  });

  it('share a structure where only their numbers differ, and parts that have none', () => {
    const packed = new Packed<object>(1_000);
    const host = (sinceMs: number) => ({ name: 'a', health: { kind: 'up', sinceMs } });
    const other = { name: 'b', health: { kind: 'up', sinceMs: 0 } };
    for (let thing = 0; thing < 1_000; thing++) packed.set(thing, { hosts: [host(1_000.5 + thing), other] });
    expect(packed.structures).toBe(1);
    const [one, two] = [3, 4].map((thing) => packed.get(thing) as { readonly hosts: readonly object[] });
    expect(one).toEqual({ hosts: [host(1_003.5), other] });
    expect(one?.hosts[1]).toBe(two?.hosts[1]);
  });

  it('use room again that values of their size have given back', () => {
    const packed = new Packed<object>(2);
    const long = (first: number) => ({ numbers: Array.from({ length: 100 }, (_, at) => first + at + 0.5) });
    // Two million numbers in turn: twice a page, if none of them made room for the next.
    for (let round = 0; round < 20_000; round++) {
      packed.set(0, round % 2 === 0 ? long(300) : { none: true });
    }
    packed.set(1, long(500));
    packed.set(0, long(400));
    expect(packed.pages).toBe(1);
    expect(packed.get(1)).toEqual(long(500));
    expect(packed.get(0)).toEqual(long(400));
  });
});
