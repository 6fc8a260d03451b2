import { describe, expect, it } from 'vitest';
import { A, B, BAD, GOOD, OK, PoolWorld, RESET, seeded } from './poolWorld.ts';
import { send, traits } from './requestWorld.ts';

const CLIENTS = 1000;
const DIES_MS = 10_000;
const BACK_MS = 70_000;
const END_MS = 260_000;

/** A fleet of clients, each with a request a second, whose host dies for a minute. */
function live() {
  const random = seeded(42);
  const perSecond = { live: new Map<number, number>(), probes: new Map<number, number>() };
  const count = (counts: Map<number, number>, atMs: number) => {
    const second = Math.floor(atMs / 1000);
    counts.set(second, (counts.get(second) ?? 0) + 1);
  };
  const ends: string[] = [];
  let paid = 0;
  for (let client = 0; client < CLIENTS; client++) {
    const world = new PoolWorld([A, B], {}, random);
    const startMs = world.nowMs;
    const elapsed = () => world.nowMs - startMs;
    const isDead = () => elapsed() >= DIES_MS && elapsed() < BACK_MS;
    const probed = () => {
      count(perSecond.probes, elapsed());
      return isDead() ? BAD : GOOD;
    };
    for (let atMs = random() * 1000; atMs < END_MS; atMs += 1000) {
      world.pass(Math.max(0, atMs - elapsed()), probed);
      const fate = send(world, traits(world), (origin) => {
        if (origin === A) count(perSecond.live, elapsed());
        return { outcome: origin === A && isDead() ? RESET : OK };
      });
      ends.push(fate.end);
      paid += fate.paid;
    }
  }
  const between = (counts: Map<number, number>, fromMs: number, toMs: number) =>
    [...counts].filter(([second]) => second * 1000 >= fromMs && second * 1000 < toMs).map(([, number]) => number);
  return { perSecond, between, ends, paid };
}

describe('a fleet whose host dies for a minute', () => {
  const { perSecond, between, ends, paid } = live();
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

  it('loses no request, and pays one token a client', () => {
    expect(ends.filter((end) => end !== 'ok')).toEqual([]);
    expect(paid).toBe(CLIENTS);
  });

  it('sends the dead host two requests a client, and then nothing but probes', () => {
    expect(sum(between(perSecond.live, DIES_MS, BACK_MS))).toBe(2 * CLIENTS);
  });

  it('probes it ever more rarely, and spread: never all in one second', () => {
    const late = between(perSecond.probes, BACK_MS - 30_000, BACK_MS);
    expect(sum(late)).toBeLessThan(2 * CLIENTS);
    expect(Math.max(...late)).toBeLessThan(CLIENTS / 8);
  });

  it('comes back to it as a slope, and all of it', () => {
    const seconds = Array.from({ length: (END_MS - BACK_MS) / 1000 }, (_, index) => BACK_MS / 1000 + index);
    const loads = seconds.map((second) => perSecond.live.get(second) ?? 0);
    const steps = loads.slice(1).map((load, index) => load - (loads[index] ?? 0));
    expect(loads[0]).toBe(0);
    expect(Math.max(...steps)).toBeLessThan(CLIENTS / 20);
    expect(loads.at(-1)).toBe(CLIENTS);
  });
});
