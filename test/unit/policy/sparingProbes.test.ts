import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HealthOptions } from '../../../src/policy/healthPolicy.ts';
import { readPolicy } from '../../../src/policy/poolPolicy.ts';
import { everyRule } from '../../../src/policy/rules/everyRule.ts';
import {
  A,
  B,
  BAD,
  C,
  GOOD,
  hinted,
  OK,
  PoolWorld,
  REFUSED,
  SERVER_ERROR,
  STANDBY,
  seeded,
  TIMEOUT,
} from './poolWorld.ts';

const requestsPerProbe = 4;
const sparing = (origins = [A, B], options: HealthOptions = {}, random = () => 0.5) =>
  new PoolWorld(origins, { ...options, probe: { requestsPerProbe, ...options.probe } }, random);

describe('a client that is well served elsewhere', () => {
  it('does so by default', () => {
    expect(readPolicy({}, everyRule).probe.requestsPerProbe).toBe(requestsPerProbe);
  });

  it('probes once it has sent four requests there, not before', () => {
    const world = sparing();
    world.kill(A);
    world.pass(60_000, () => GOOD);
    world.attempts(3, B, OK);
    expect(world.probes).toEqual([]);
    world.attempt(B, OK);
    expect(world.probes).toEqual([A]);
  });

  it('counts what it sent during the cool-down, and probes by the clock where that was enough', () => {
    const world = sparing();
    world.kill(A);
    world.attempts(4, B, OK);
    world.pass(4_999, () => GOOD);
    expect(world.probes).toEqual([]);
    world.pass(1, () => GOOD);
    expect([world.probes, world.health(A)]).toEqual([[A], 'half-open']);
    world.pass(2_000, () => GOOD);
    expect([world.probes, world.health(A)]).toEqual([[A, A], 'holding']);
  });

  it('takes one good answer for proof where the probe had to wait: its next request is far', () => {
    const world = sparing();
    world.kill(A);
    world.pass(20_000, () => GOOD);
    world.attempts(4, B, OK);
    world.answer(A, GOOD);
    expect(world.health(A)).toBe('holding');
    world.pass(60_000);
    expect(world.current).toBe(A);
  });

  it('probes without any request after 32 cool-downs, and after four of the longest at most', () => {
    const world = sparing();
    world.kill(A);
    world.pass(5_000 + 32 * 5_000 - 1, () => BAD);
    expect(world.probes).toEqual([]);
    world.pass(1, () => BAD);
    expect([world.probes, world.health(A)]).toEqual([[A], 'ejected']);
    world.pass(10_000 + 4 * 60_000 - 1, () => BAD);
    expect(world.probes).toEqual([A]);
    world.pass(1, () => BAD);
    expect(world.probes).toEqual([A, A]);
  });

  it('counts anew after each probe', () => {
    const world = sparing();
    world.kill(A);
    world.attempts(9, B, OK);
    world.pass(5_000, () => BAD);
    expect(world.probes).toEqual([A]);
    world.pass(15_000);
    expect(world.probes).toEqual([A]);
    world.attempts(4, B, OK);
    expect(world.probes).toEqual([A, A]);
  });

  it('counts what its links bring like requests', () => {
    const world = sparing();
    world.kill(A);
    world.pass(5_000);
    for (let message = 0; message < 4; message++) world.step({ kind: 'use', origin: B });
    expect(world.probes).toEqual([A]);
  });

  it('looks at a host that stands by as sparingly', () => {
    const world = sparing();
    world.attempt(A, STANDBY, { hints: hinted({ role: 'standby' }) });
    expect(world.current).toBe(B);
    world.pass(100_000);
    expect(world.probes).toEqual([]);
    world.attempts(4, B, OK);
    expect(world.probes).toEqual([A]);
    world.answer(A, GOOD, hinted({ role: 'active' }));
    expect(world.health(A)).toBe('holding');
  });

  it('settles a doubt at once: a time-out is no outage', () => {
    const world = sparing();
    world.attempt(A, TIMEOUT);
    expect(world.probes).toEqual([A]);
    world.answer(A, GOOD);
    expect(world.current).toBe(A);
  });
});

describe('a client that is not well served', () => {
  it('probes by the clock where nobody else is left', () => {
    const world = sparing();
    world.kill(A);
    world.pass(1_000);
    world.attempt(B, SERVER_ERROR);
    world.pass(4_000, () => GOOD);
    expect(world.probes).toEqual([A]);
  });

  it('calls for a probe that it had put off as soon as its host fails', () => {
    const world = sparing([A, B, C]);
    world.kill(A);
    world.pass(20_000);
    expect(world.probes).toEqual([]);
    world.attempt(B, REFUSED);
    expect(world.probes).toEqual([A]);
  });
});

describe('probes by the clock', () => {
  it.each([
    ['with requestsPerProbe: 0', { probe: { requestsPerProbe: 0 } }],
    ['where hosts are probed always', { probe: { always: true, requestsPerProbe } }],
  ])('%s', (_, options) => {
    const world = new PoolWorld([A, B], options);
    world.kill(A);
    world.pass(7_001, (origin) => (origin === A ? GOOD : null));
    expect(world.health(A)).toBe('holding');
    expect(world.record(A).patience).toBeUndefined();
  });
});

describe('whatever a client sends', () => {
  const sends = fc.array(fc.integer({ min: 1, max: 120_000 }), { minLength: 1, maxLength: 60 });

  it('there is at most one probe in four requests while it is well served, but for one in each long while', () => {
    fc.assert(
      fc.property(sends, fc.integer(), (pauses, seed) => {
        const world = sparing([A, B], {}, seeded(seed));
        world.kill(A);
        const beganMs = world.nowMs;
        for (const ms of pauses) {
          world.pass(ms, () => BAD);
          world.attempt(B, OK);
        }
        world.pass(0, () => BAD);
        // The shortest long while is 32 times half the first cool-down … at least 32 of the first one.
        const whiles = Math.floor((world.nowMs - beganMs) / (32 * 5_000));
        expect(world.probes.length).toBeLessThanOrEqual(pauses.length / requestsPerProbe + whiles);
      }),
      { numRuns: 300 },
    );
  });

  it('a host that is back gets it back, by then at the latest', () => {
    fc.assert(
      fc.property(sends, fc.integer(), (pauses, seed) => {
        const world = sparing([A, B], {}, seeded(seed));
        world.kill(A);
        for (const ms of pauses) {
          world.pass(ms, () => BAD);
          world.attempt(B, OK);
        }
        // A cool-down, what a probe may be put off by, a second probe, and a hold.
        world.pass(90_000 + 240_000 + 4_000 + 60_000, () => GOOD);
        expect(world.current).toBe(A);
        expect(world.record(A).patience).toBeUndefined();
        expect(world.wakeMs).toBe(Infinity);
      }),
      { numRuns: 300 },
    );
  });
});
