import { describe, expect, it } from 'vitest';
import {
  A,
  ABORTED,
  B,
  BAD,
  BAD_GATEWAY,
  BROKEN,
  busy,
  C,
  GOOD,
  OK,
  PoolWorld,
  REFUSED,
  RESET,
  SERVER_ERROR,
  seeded,
  TIMEOUT,
} from './poolWorld.ts';

describe('a host is taken out of service', () => {
  it('by two attempts in a row without an answer, not by one', () => {
    const world = new PoolWorld();
    world.attempt(A, REFUSED);
    expect(world.current).toBe(A);
    const effects = world.attempt(A, RESET);
    expect(world.health(A)).toBe('ejected');
    expect(world.current).toBe(B);
    expect(effects.map(({ kind }) => kind)).toEqual(['health', 'move']);
    expect(effects[0]).toMatchObject({ was: 'up', host: { origin: A, health: { kind: 'ejected', why: 'reset' } } });
  });

  it.each([
    ['gateway errors', BAD_GATEWAY],
    ['errors of the app', SERVER_ERROR],
    ['broken bodies', BROKEN],
  ])('by three %s in a row, not by two', (_, outcome) => {
    const world = new PoolWorld();
    world.attempts(2, A, outcome);
    expect(world.health(A)).toBe('up');
    world.attempt(A, outcome);
    expect(world.health(A)).toBe('ejected');
  });

  it('only by failures in a row: a success between them starts the count anew', () => {
    const world = new PoolWorld();
    for (const outcome of [REFUSED, OK, REFUSED, OK, SERVER_ERROR, SERVER_ERROR, OK, SERVER_ERROR, SERVER_ERROR]) {
      world.attempt(A, outcome);
    }
    expect(world.health(A)).toBe('up');
  });

  it('by broken bodies although each began well: only a whole one ends the row', () => {
    const world = new PoolWorld();
    for (let turn = 0; turn < 2; turn++) {
      world.attempt(A, OK);
      world.attempt(A, BROKEN);
    }
    world.step({ kind: 'body', origin: A });
    for (let turn = 0; turn < 2; turn++) {
      world.attempt(A, OK);
      world.attempt(A, BROKEN);
    }
    expect(world.health(A)).toBe('up');
    world.attempt(A, BROKEN);
    expect(world.health(A)).toBe('ejected');
  });

  it('never by what is no fault of its own', () => {
    const world = new PoolWorld();
    for (let turn = 0; turn < 20; turn++) for (const outcome of [ABORTED, busy(5)]) world.attempt(A, outcome);
    expect(world.health(A)).toBe('up');
    expect(world.current).toBe(A);
  });

  it('not by an attempt that began before it came into service: that tells of the time before', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.pass(60_000, () => GOOD);
    world.attempt(A, OK);
    const since = world.nowMs;
    world.pass(60_000, () => GOOD);
    expect(world.health(A)).toBe('up');
    for (let turn = 0; turn < 9; turn++) world.attempt(A, RESET, { tookMs: world.nowMs - since + 120_000 });
    expect(world.health(A)).toBe('up');
  });

  it('never if no other host has a chance: a bad host is better than none', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.pass(20_000, () => BAD);
    world.attempts(20, B, REFUSED);
    world.attempts(20, B, SERVER_ERROR);
    expect(world.health(B)).toBe('up');
    expect(world.current).toBe(B);
  });

  it('if all others are standbys that answered: one of them may have been promoted', () => {
    const world = new PoolWorld();
    world.attempt(B, { kind: 'not-active', cause: 'standby', processed: 'no' });
    world.attempts(2, A, RESET);
    expect(world.health(A)).toBe('ejected');
  });

  it('for 5 s at first, doubled at each ejection in a row, 60 s at most', () => {
    const world = new PoolWorld();
    world.kill(A);
    const coolDowns: number[] = [];
    for (let turn = 0; turn < 7; turn++) {
      coolDowns.push(Math.round(world.untilMs(A)));
      world.pass(world.untilMs(A), () => null);
      world.answer(A, BAD);
    }
    expect(coolDowns).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  it('for a time that is spread over half to one and a half of that', () => {
    const random = seeded(7);
    const draws = Array.from({ length: 2000 }, () => {
      const world = new PoolWorld([A, B], {}, random);
      world.kill(A);
      return world.untilMs(A);
    });
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(2500);
    expect(Math.max(...draws)).toBeLessThan(7500);
    expect(draws.filter((draw) => draw < 3500).length).toBeGreaterThan(300);
    expect(draws.filter((draw) => draw > 6500).length).toBeGreaterThan(300);
  });

  it('for longer if it fails again soon after its return, and for the first time again once it has lasted', () => {
    const world = new PoolWorld();
    const killAgain = (lastedMs: number) => {
      world.pass(200_000, () => GOOD);
      expect(world.health(A)).toBe('up');
      // Time in service counts from the end of the hold, so a new one is made to begin now.
      const { health } = world.record(A);
      if (health.kind === 'up') world.nowMs = health.sinceMs + lastedMs;
      world.kill(A);
      return Math.round(world.untilMs(A));
    };
    world.kill(A);
    expect(killAgain(1000)).toBe(10_000);
    expect(killAgain(59_999)).toBe(20_000);
    expect(killAgain(60_000)).toBe(5000);
    expect(killAgain(1)).toBe(10_000);
  });

  it('after failures far apart too, unless a window is set', () => {
    const far = new PoolWorld();
    far.attempt(A, REFUSED);
    far.pass(3_600_000);
    far.attempt(A, REFUSED);
    expect(far.health(A)).toBe('ejected');
    const just = new PoolWorld([A, B], { ejection: { windowMs: 10_000 } });
    just.attempt(A, REFUSED);
    just.pass(10_000);
    just.attempt(A, REFUSED);
    expect(just.health(A)).toBe('ejected');
    const near = new PoolWorld([A, B], { ejection: { windowMs: 10_000 } });
    near.attempt(A, REFUSED);
    near.pass(10_001);
    near.attempt(A, REFUSED);
    expect(near.health(A)).toBe('up');
    near.attempt(A, REFUSED);
    expect(near.health(A)).toBe('ejected');
  });

  it('never where the threshold is 0', () => {
    const world = new PoolWorld([A, B], { ejection: { connectFailures: 0, serverErrors: 0 } });
    for (const outcome of [REFUSED, TIMEOUT, SERVER_ERROR, BROKEN]) world.attempts(10, A, outcome);
    expect(world.health(A)).toBe('up');
  });
});

describe('a time-out', () => {
  it('has the host passed over and probed at once, and one good probe brings it straight back', () => {
    const world = new PoolWorld();
    const effects = world.attempt(A, TIMEOUT, { tookMs: 5000 });
    expect(effects).toContainEqual({ kind: 'probe', origin: A });
    expect(world.current).toBe(B);
    world.answer(A, GOOD);
    expect(world.health(A)).toBe('up');
    expect(world.current).toBe(A);
  });

  it('is a failure of the host if the probe fails too', () => {
    const world = new PoolWorld();
    world.attempt(A, TIMEOUT);
    world.answer(A, BAD);
    expect(world.health(A)).toBe('ejected');
    expect(Math.round(world.untilMs(A))).toBe(5000);
  });

  it('that a probe explained away still counts, until a request succeeds: a hung app may answer its probes', () => {
    const world = new PoolWorld();
    world.attempt(A, TIMEOUT);
    world.answer(A, GOOD);
    world.attempt(A, TIMEOUT);
    expect(world.health(A)).toBe('ejected');
    const healthy = new PoolWorld();
    for (let turn = 0; turn < 10; turn++) {
      healthy.attempt(A, TIMEOUT);
      healthy.answer(A, GOOD);
      healthy.attempt(A, OK);
    }
    expect(healthy.health(A)).toBe('up');
  });

  it('of many requests at once asks one probe, and what began before its good answer counts no more', () => {
    const world = new PoolWorld();
    for (let turn = 0; turn < 100; turn++) world.attempt(A, TIMEOUT, { tookMs: 5000 });
    expect(world.probes).toEqual([A]);
    world.nowMs += 10;
    world.answer(A, GOOD);
    for (let turn = 0; turn < 100; turn++) world.attempt(A, TIMEOUT, { tookMs: 5000 });
    expect(world.health(A)).toBe('up');
    expect(world.probes).toEqual([A]);
  });

  it('explained away leaves no trace of silence, of trouble or of wariness', () => {
    const world = new PoolWorld();
    world.attempt(A, TIMEOUT, { tookMs: 5000 });
    expect(world.record(A)).toMatchObject({ timedOutAtMs: world.nowMs, silentSinceMs: world.nowMs - 5000 });
    world.answer(A, GOOD);
    expect(world.record(A)).toMatchObject({ timedOutAtMs: null, silentSinceMs: null, troubleSinceMs: null });
    world.attempt(B, TIMEOUT, { tookMs: 5000 });
    expect(world.connectivity).toBe('online');
  });

  it('of the last host is no question: it stays', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.pass(10_001, () => BAD);
    world.attempts(5, B, TIMEOUT);
    expect(world.health(B)).toBe('up');
    expect(new PoolWorld([A]).attempt(A, TIMEOUT)).toEqual([]);
  });

  it('of a host that is held back ends its hold at once: it has no credit yet', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.pass(12_000, () => GOOD);
    expect(world.health(A)).toBe('holding');
    world.attempt(A, TIMEOUT);
    expect(world.health(A)).toBe('ejected');
    expect(Math.round(world.untilMs(A))).toBe(10_000);
  });
});

describe('a move', () => {
  it('away from a failed host is a failover, timed from the first sign of trouble', () => {
    const world = new PoolWorld();
    world.attempt(A, RESET, { tookMs: 300 });
    world.nowMs += 1000;
    world.attempt(A, RESET, { tookMs: 200 });
    expect(world.moves).toEqual([{ kind: 'failover', from: A, to: B, cause: 'reset', tookMs: 1300 }]);
  });

  it('is timed anew after a success', () => {
    const world = new PoolWorld();
    world.attempt(A, RESET);
    world.nowMs += 60_000;
    world.attempt(A, OK);
    world.nowMs += 60_000;
    world.attempt(A, RESET, { tookMs: 40 });
    world.attempt(A, RESET, { tookMs: 10 });
    expect(world.moves).toMatchObject([{ kind: 'failover', tookMs: 40 }]);
  });

  it('goes to the most wanted host that is well', () => {
    const world = new PoolWorld([A, B, C]);
    world.kill(B);
    world.kill(A);
    expect(world.current).toBe(C);
    expect(world.moves).toMatchObject([{ from: A, to: C }]);
  });

  it('back to a host that is wanted more is a failback', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.pass(60_000, () => GOOD);
    expect(world.moves[1]).toEqual({ kind: 'failback', from: B, to: A, cause: 'recovered', tookMs: 0 });
  });

  it('never happens while nothing is wrong, and steady success changes nothing at all', () => {
    const world = new PoolWorld();
    const { state } = world;
    for (let turn = 0; turn < 1000; turn++) {
      world.nowMs += 17;
      expect(world.attempt(turn % 3 === 0 ? B : A, OK)).toEqual([]);
      world.step({ kind: 'tick' });
    }
    world.step({ kind: 'body', origin: A });
    expect(world.state).toBe(state);
  });
});
