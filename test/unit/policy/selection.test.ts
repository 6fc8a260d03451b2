import { describe, expect, it } from 'vitest';
import { candidates, firstCandidate, trialHost } from '../../../src/policy/selection.ts';
import { A, B, BAD, BAD_GATEWAY, busy, C, GOOD, OK, PoolWorld, REFUSED, STANDBY, TIMEOUT } from './poolWorld.ts';

const origins = ['up', 'held', 'busy', 'doubted', 'standby', 'ejected', 'mute'].map(
  (name) => `https://${name}.example`,
);
const [, HELD = '', BUSY = '', DOUBTED = '', IDLE = '', EJECTED = '', MUTE = ''] = origins;

describe('a request asks', () => {
  it('hosts in service, then one held back, a busy one, one in doubt, a standby, an ejected one, a mute standby', () => {
    const world = new PoolWorld([...origins].reverse(), {}, () => 0.99);
    world.kill(HELD);
    world.pass(12_000, () => GOOD);
    world.attempt(IDLE, STANDBY);
    world.attempt(MUTE, STANDBY);
    world.attempt(MUTE, REFUSED);
    world.attempt(DOUBTED, TIMEOUT);
    world.kill(EJECTED);
    world.attempt(BUSY, busy(60_000));
    expect(candidates(world.state, world.nowMs).map(({ origin }) => origin)).toEqual(origins);
  });

  it('the current host first among equals, then in order', () => {
    const world = new PoolWorld([A, B, C]);
    world.step({ kind: 'prefer', origin: B });
    expect(candidates(world.state, world.nowMs).map(({ origin }) => origin)).toEqual([B, A, C]);
    for (const origin of [A, B, C]) world.attempt(origin, STANDBY);
    world.step({ kind: 'prefer', origin: null });
    expect(world.current).toBe(C);
    expect(candidates(world.state, world.nowMs).map(({ origin }) => origin)).toEqual([C, A, B]);
  });

  it('another host while the current one is busy, and the current one again from the moment that it named', () => {
    const world = new PoolWorld();
    const first = () => firstCandidate(world.state, world.nowMs)?.origin;
    expect(first()).toBe(A);
    world.attempt(A, busy(1000));
    expect(first()).toBe(B);
    world.nowMs += 999;
    expect(first()).toBe(B);
    world.nowMs += 1;
    expect(first()).toBe(A);
  });

  it('a host that did not fail last, while there is no token for a second attempt; the current host stays', () => {
    const world = new PoolWorld([A, B, C]);
    const first = () => firstCandidate(world.state, world.nowMs)?.origin;
    world.attempt(A, BAD_GATEWAY);
    expect(first()).toBe(A);
    world.step({ kind: 'pay' });
    expect([first(), world.current]).toEqual([B, A]);
    world.attempt(B, BAD_GATEWAY);
    expect(first()).toBe(C);
    world.attempt(C, BAD_GATEWAY);
    expect(first()).toBe(A);
    world.attempts(10, C, OK);
    expect([first(), world.current, world.moves]).toEqual([A, A, []]);
  });

  it('the least bad host where none is well', () => {
    const world = new PoolWorld();
    world.attempt(A, STANDBY);
    world.kill(B);
    expect(world.health(B)).toBe('ejected');
    expect(firstCandidate(world.state, world.nowMs)?.origin).toBe(A);
  });
});

describe('a live request is a trial', () => {
  const onTrial = () => {
    const world = new PoolWorld([A, B, C], {
      failback: { proof: 'request', holdMs: 0 },
      probe: { successThreshold: 2 },
    });
    world.kill(A);
    world.kill(C);
    world.pass(10_001, () => BAD);
    const trial = () => trialHost(world.state, world.nowMs)?.origin;
    return { world, trial };
  };

  it('of a host that is wanted more than the current one, once its cool-down is over', () => {
    const early = new PoolWorld([A, B], { failback: { proof: 'request' } });
    early.kill(A);
    expect(trialHost(early.state, early.nowMs)).toBeUndefined();
    const { world, trial } = onTrial();
    expect([world.current, trial()]).toEqual([B, A]);
    expect(world.probes).toEqual([]);
  });

  it('for one request at a time, and for the next one after a cool-down even if nothing is heard of it', () => {
    const { world, trial } = onTrial();
    world.step({ kind: 'trial', origin: A });
    expect(trial()).toBeUndefined();
    world.pass(4999);
    expect(trial()).toBeUndefined();
    world.pass(1);
    expect(trial()).toBe(A);
  });

  it('that proves it by two successes', () => {
    const { world, trial } = onTrial();
    for (const kind of ['half-open', 'up']) {
      world.step({ kind: 'trial', origin: trial() ?? '' });
      world.attempt(A, OK);
      expect(world.health(A)).toBe(kind);
    }
    expect(world.current).toBe(A);
  });

  it('that fails, and sends it back to its cool-down', () => {
    const { world } = onTrial();
    world.step({ kind: 'trial', origin: A });
    world.attempt(A, REFUSED);
    expect(world.health(A)).toBe('ejected');
    expect(Math.round(world.untilMs(A))).toBe(10_000);
  });

  it('that says nothing leaves it open for the next', () => {
    for (const outcome of [{ kind: 'local-fault', cause: 'aborted', processed: 'maybe' } as const, busy(0)]) {
      const { world, trial } = onTrial();
      world.step({ kind: 'trial', origin: A });
      world.attempt(A, outcome);
      expect(trial()).toBe(A);
    }
  });

  it('that finds it busy is followed by none until its time is over', () => {
    const { world, trial } = onTrial();
    world.step({ kind: 'trial', origin: A });
    world.attempt(A, busy(3000));
    expect(trial()).toBeUndefined();
    world.nowMs += 3000;
    expect(trial()).toBe(A);
  });

  it('that timed out is no question for a probe: requests alone prove it', () => {
    const world = new PoolWorld([A, B], { failback: { proof: 'request' } });
    world.attempts(2, A, TIMEOUT);
    expect(world.health(A)).toBe('ejected');
    world.pass(60_000);
    expect(world.probes).toEqual([]);
  });

  it('of a host that is wanted less, once the current one fails: both can’t be left out', () => {
    const { world } = onTrial();
    world.attempts(2, B, REFUSED);
    expect(world.health(B)).toBe('ejected');
    expect(firstCandidate(world.state, world.nowMs)?.origin).toBe(A);
    world.attempt(A, REFUSED);
    world.attempt(C, REFUSED);
    expect(world.state.hosts.filter(({ health }) => health.kind === 'ejected').length).toBeLessThan(3);
  });
});
