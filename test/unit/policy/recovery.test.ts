import { describe, expect, it } from 'vitest';
import { A, B, BAD, BAD_GATEWAY, busy, C, GOOD, OK, PoolWorld, REFUSED, seeded } from './poolWorld.ts';

describe('a host that failed', () => {
  it('comes back by probes alone: two good ones, a hold, and then its clients', () => {
    const world = new PoolWorld();
    world.kill(A);
    const seen: string[] = [];
    for (let turn = 0; turn < 400; turn++) {
      world.pass(100, () => GOOD);
      if (seen.at(-1) !== world.health(A)) seen.push(world.health(A));
    }
    expect(seen).toEqual(['ejected', 'half-open', 'holding', 'up']);
    expect(world.probes).toEqual([A, A]);
    expect(world.current).toBe(A);
  });

  it('is not brought back by live successes', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.attempts(50, A, OK);
    expect(world.health(A)).toBe('ejected');
    world.pass(5000);
    world.attempts(50, A, OK);
    expect(world.health(A)).toBe('half-open');
  });

  it('is held back for a time drawn from 0 to 60 s, so that its clients return as a slope', () => {
    const random = seeded(1);
    const draws = Array.from({ length: 3000 }, () => {
      const world = new PoolWorld([A, B], {}, random);
      world.kill(A);
      world.pass(world.untilMs(A), () => null);
      world.answer(A, GOOD);
      world.pass(2000, () => null);
      world.answer(A, GOOD);
      expect(world.health(A)).toBe('holding');
      return world.untilMs(A);
    });
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(60_000);
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = draws.filter((draw) => Math.floor(draw / 6000) === tenth).length / draws.length;
      expect(share).toBeGreaterThan(0.07);
      expect(share).toBeLessThan(0.13);
    }
  });

  it('begins its cool-down again, doubled, after one bad probe, even between good ones', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.pass(5000);
    world.answer(A, GOOD);
    world.pass(2000);
    world.answer(A, BAD);
    expect(world.health(A)).toBe('ejected');
    expect(Math.round(world.untilMs(A))).toBe(10_000);
  });

  it('counts good probes in a row', () => {
    const world = new PoolWorld([A, B], { probe: { failureThreshold: 2, successThreshold: 2 } });
    world.kill(A);
    world.pass(5000);
    for (const verdict of [GOOD, BAD, GOOD, BAD, GOOD]) {
      world.answer(A, verdict);
      expect(world.health(A)).toBe('half-open');
      world.pass(2000);
    }
    world.answer(A, GOOD);
    expect(world.health(A)).toBe('holding');
  });

  it('is probed once in a period, and never twice at the same time', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.pass(5000);
    expect(world.open).toEqual([A]);
    world.pass(60_000);
    expect(world.open).toEqual([A]);
    world.answer(A, GOOD);
    expect(world.open).toEqual([A]);
    world.answer(A, GOOD);
    world.pass(600_000);
    expect(world.probes).toEqual([A, A]);
  });

  it('is used during its hold if nothing else is left, and then stays in use', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.pass(8000, () => GOOD);
    expect(world.health(A)).toBe('holding');
    world.pass(10_001, () => GOOD);
    world.kill(B);
    expect(world.current).toBe(A);
    expect(world.moves.at(-1)).toMatchObject({ kind: 'failover', from: B, to: A });
    world.pass(200_000, () => GOOD);
    expect(world.moves).toHaveLength(2);
  });

  it('in use while held back is not left for one that is wanted less', () => {
    let draw = 0.5;
    const world = new PoolWorld([A, B, C], {}, () => draw);
    world.kill(B);
    draw = 0.9;
    world.pass(8000, () => GOOD);
    draw = 0.5;
    world.kill(C);
    draw = 0.1;
    world.pass(11_000, () => GOOD);
    expect([world.health(B), world.health(C)]).toEqual(['holding', 'holding']);
    expect(world.untilMs(B)).toBeGreaterThan(world.untilMs(C));
    world.kill(A);
    expect(world.current).toBe(B);
    world.pass(world.untilMs(C), () => BAD);
    expect([world.health(B), world.health(C)]).toEqual(['holding', 'up']);
    expect(world.current).toBe(B);
  });

  it('fails again at once if one attempt fails during its hold', () => {
    for (const outcome of [REFUSED, BAD_GATEWAY]) {
      const world = new PoolWorld();
      world.kill(A);
      world.pass(8000, () => GOOD);
      world.attempt(A, outcome);
      expect(world.health(A)).toBe('ejected');
      expect(Math.round(world.untilMs(A))).toBe(10_000);
    }
  });

  it('comes straight back after two good probes where the hold is 0', () => {
    const world = new PoolWorld([A, B], { failback: { holdMs: 0 } });
    world.kill(A);
    world.pass(7001, () => GOOD);
    expect(world.current).toBe(A);
    expect(world.moves.at(-1)).toMatchObject({ kind: 'failback' });
  });

  it('is still probed when all time was slept through, once and not for each period missed', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.nowMs += 3_600_000;
    expect(world.step({ kind: 'wake' })).toContainEqual({ kind: 'probe', origin: A });
    world.step({ kind: 'wake' });
    world.step({ kind: 'tick' });
    expect(world.probes).toEqual([A]);
  });
});

describe('a late answer to a probe', () => {
  it('does not eject a host that is in service again', () => {
    const world = new PoolWorld();
    world.attempt(A, { kind: 'host-fault', cause: 'timeout', processed: 'maybe', answered: false });
    world.step({ kind: 'connectivity', online: false });
    expect(world.health(A)).toBe('up');
    world.step({ kind: 'connectivity', online: true });
    world.answer(A, BAD);
    expect(world.health(A)).toBe('up');
  });

  it('is what the next question waits for: there is never a second probe under way', () => {
    const world = new PoolWorld();
    const timeout = { kind: 'host-fault', cause: 'timeout', processed: 'maybe', answered: false } as const;
    world.attempt(A, timeout);
    world.step({ kind: 'connectivity', online: false });
    world.step({ kind: 'connectivity', online: true });
    world.nowMs += 1;
    world.attempt(A, timeout);
    world.pass(60_000);
    expect(world.probes).toEqual([A]);
    world.answer(A, GOOD);
    expect(world.health(A)).toBe('up');
  });

  it('of a host that is not listed any more is dropped', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.pass(5000);
    world.step({ kind: 'hosts', origins: [B] });
    const { state } = world;
    expect(world.answer(A, GOOD)).toEqual([]);
    expect(world.state).toBe(state);
  });
});

describe('a busy host', () => {
  it('is not blamed, stays the current one, and is asked again when its time is over', () => {
    const world = new PoolWorld();
    world.attempt(A, busy(3000));
    expect(world.record(A)).toMatchObject({ health: { kind: 'up' }, busyUntilMs: world.nowMs + 3000 });
    expect(world.current).toBe(A);
    expect(world.wakeMs).toBe(world.nowMs + 3000);
    world.pass(3000);
    expect(world.record(A).busyUntilMs).toBe(0);
    expect(world.effects).toEqual([]);
  });

  it('is never asked sooner because it asked again for less', () => {
    const world = new PoolWorld();
    world.attempt(A, busy(3000));
    world.attempt(A, busy(1000));
    expect(world.record(A).busyUntilMs).toBe(world.nowMs + 3000);
  });
});
