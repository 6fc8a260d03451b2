import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruleOf } from '../../../src/policy/poolRule.ts';
import { asking, FIRST_ATTEMPT, nextStep, otherHost } from '../../../src/policy/retry.ts';
import { everyRule } from '../../../src/policy/rules/everyRule.ts';
import { A, B, BAD, C, GOOD, OK, PoolWorld, RESET, STANDBY, seeded, TIMEOUT } from './poolWorld.ts';
import { envOf, traits } from './requestWorld.ts';

const SILENT = { kind: 'bad', why: 'timeout', silent: true } as const;
const graceOf = ruleOf(everyRule, 'grace');

/** What an attempt at A that is late is told now; and what it asks for is asked. */
function late(world: PoolWorld, deadlineMs = world.nowMs + 25_000) {
  const rival = otherHost(asking(FIRST_ATTEMPT, A), A, traits(world), envOf(world));
  const grace = graceOf?.(rival, world.state.hosts.length, deadlineMs - world.nowMs, world.nowMs);
  if (grace === undefined) throw new Error('no rule says how long');
  if (grace.ask !== null) world.step({ kind: 'ask', origin: grace.ask });
  return grace;
}

describe('an attempt that is late', () => {
  it('goes on until another host has shown that it is alive', () => {
    const world = new PoolWorld();
    expect(late(world)).toEqual({ moreMs: 100, ask: B });
    expect(world.probes).toEqual([B]);
    expect(late(world)).toEqual({ moreMs: 100, ask: null });
    world.answer(B, GOOD);
    expect(late(world)).toEqual({ moreMs: 0, ask: null });
    expect(world.state.hosts.map(({ health }) => health.kind)).toEqual(['up', 'up']);
  });

  it('takes any answer for a sign of life, and a refusal: that costs a request nothing', () => {
    for (const verdict of [BAD, SILENT, { kind: 'inactive', why: 'standby' } as const]) {
      const world = new PoolWorld();
      late(world);
      world.nowMs += world.policy.probe.timeoutMs - 1;
      world.answer(B, verdict);
      expect(late(world).moreMs).toBe(0);
    }
  });

  it('stays where it is while the other host is silent, and asks again after five seconds', () => {
    const world = new PoolWorld();
    late(world);
    world.nowMs += world.policy.probe.timeoutMs;
    world.answer(B, SILENT);
    expect(late(world)).toEqual({ moreMs: 100, ask: null });
    expect(world.health(B)).toBe('up');
    world.nowMs += 3_000;
    expect(late(world)).toEqual({ moreMs: 100, ask: B });
    expect(world.probes).toEqual([B, B]);
    world.answer(B, GOOD);
    expect(late(world).moreMs).toBe(0);
  });

  it('is neither sent on at once, when it fails by itself, to a host that is silent', () => {
    const world = new PoolWorld();
    late(world);
    world.attempt(A, RESET);
    const ended = { origin: A, startedMs: world.nowMs, outcome: RESET };
    expect(nextStep(asking(FIRST_ATTEMPT, A), ended, traits(world), envOf(world)).kind).toBe('wait');
    world.answer(B, GOOD);
    expect(nextStep(asking(FIRST_ATTEMPT, A), ended, traits(world), envOf(world))).toMatchObject({ origin: B });
  });

  it('asks one host after the other', () => {
    const world = new PoolWorld([A, B, C]);
    expect([late(world).ask, late(world).ask, late(world).ask]).toEqual([B, C, null]);
    world.answer(C, GOOD);
    expect(late(world).moreMs).toBe(0);
  });

  it('needs no word of a host that probes have just proven, nor of a standby, which has no work', () => {
    const held = new PoolWorld();
    held.kill(B);
    held.pass(9_999, () => GOOD);
    expect([held.health(B), late(held).moreMs]).toEqual(['holding', 0]);
    const standby = new PoolWorld();
    standby.attempt(B, STANDBY);
    expect([standby.health(B), late(standby).moreMs]).toEqual(['inactive', 0]);
  });

  it('gets the rest of the total where there is one host, and never more than that', () => {
    const lone = new PoolWorld([A]);
    expect(late(lone)).toEqual({ moreMs: 25_000, ask: null });
    const world = new PoolWorld();
    expect(late(world, world.nowMs + 40)).toEqual({ moreMs: 40, ask: B });
    const over = new PoolWorld();
    expect(late(over, over.nowMs)).toEqual({ moreMs: 0, ask: null });
  });

  it('asks a host once, however many requests wait for its answer, and leaves no probe planned behind', () => {
    const world = new PoolWorld();
    for (let request = 0; request < 50; request++) late(world);
    world.answer(B, GOOD);
    world.pass(600_000, () => GOOD);
    expect(world.probes).toEqual([B]);
    expect(world.wakeMs).toBe(Infinity);
  });

  it('asks for itself in a tab that leaves probing to another one', () => {
    const world = new PoolWorld();
    world.step({ kind: 'lead', leads: false });
    late(world);
    expect(world.probes).toEqual([B]);
  });

  it('does not ask while this side is offline', () => {
    const world = new PoolWorld();
    world.step({ kind: 'connectivity', online: false });
    late(world);
    expect(world.probes).toEqual([]);
  });
});

describe('whatever is asked and answered', () => {
  it('a host that gave no sign of life within five seconds of being asked gets no request that timed out elsewhere', () => {
    const act = fc.oneof(
      fc.constant({ do: 'late' as const }),
      fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 4_000 }) }),
      fc.record({ do: fc.constant('answer' as const), verdict: fc.constantFrom(GOOD, BAD, SILENT) }),
      fc.record({ do: fc.constant('attempt' as const), outcome: fc.constantFrom(OK, TIMEOUT, RESET) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), fc.integer(), (acts, seed) => {
        const world = new PoolWorld([A, B], {}, seeded(seed));
        let heardMs = -Infinity;
        for (const step of acts) {
          if (step.do === 'pass') world.pass(step.ms);
          if (step.do === 'attempt') world.attempt(A, step.outcome, { tookMs: 1 });
          if (step.do === 'answer' && world.open.includes(B)) {
            world.answer(B, step.verdict);
            heardMs = world.nowMs;
          }
          if (step.do !== 'late' || world.health(B) !== 'up') continue;
          const { moreMs } = late(world);
          if (moreMs === 0) expect(world.nowMs - heardMs).toBeLessThan(5_000);
          expect(world.open.filter((origin) => origin === B).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 500 },
    );
  });
});
