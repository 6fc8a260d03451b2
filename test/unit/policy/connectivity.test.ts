import { describe, expect, it } from 'vitest';
import {
  A,
  B,
  BAD,
  C,
  GOOD,
  LOCAL,
  OK,
  PoolWorld,
  REFUSED,
  RESET,
  SERVER_ERROR,
  STANDBY,
  TIMEOUT,
} from './poolWorld.ts';

describe('all hosts beginning to fail in one window', () => {
  it('is our own network: everybody is back in service, and nobody is blamed', () => {
    const world = new PoolWorld([A, B, C]);
    world.kill(A);
    world.nowMs += 3000;
    world.kill(B);
    world.nowMs += 3000;
    world.attempt(C, REFUSED);
    expect(world.connectivity).toBe('suspect');
    for (const origin of [A, B, C]) {
      expect(world.record(origin)).toMatchObject({
        health: { kind: 'up', connectFailures: 0 },
        ejections: 0,
        silentSinceMs: null,
        troubleSinceMs: null,
      });
    }
    expect(world.current).toBe(A);
  });

  it('counts from when attempts began, not from when they ended', () => {
    const world = new PoolWorld();
    world.attempt(A, TIMEOUT, { tookMs: 5000 });
    world.answer(A, BAD);
    world.nowMs += 25_000;
    world.attempt(B, TIMEOUT, { tookMs: 25_000 });
    expect(world.connectivity).toBe('suspect');
  });

  it('is one window where the last began to fail just as it ended', () => {
    for (const [gapMs, kind] of [
      [10_000, 'suspect'],
      [10_001, 'online'],
    ] as const) {
      const world = new PoolWorld();
      world.attempt(A, RESET);
      world.nowMs += gapMs;
      world.attempt(B, RESET);
      expect(world.connectivity).toBe(kind);
    }
  });

  it('is not suspected while one has answered in between, were it with an error', () => {
    const world = new PoolWorld([A, B, C]);
    world.attempts(1, A, REFUSED);
    world.attempt(A, SERVER_ERROR);
    world.attempt(B, REFUSED);
    world.attempt(C, REFUSED);
    expect(world.connectivity).toBe('online');
  });

  it('is not suspected where one has been dead for longer: the second is a second failure', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.pass(10_001, () => BAD);
    world.attempts(3, B, REFUSED);
    expect(world.connectivity).toBe('online');
    expect(world.health(A)).toBe('ejected');
  });

  it('is not suspected of a single host: nothing tells us from it', () => {
    const world = new PoolWorld([A]);
    world.attempts(5, A, RESET);
    expect(world.connectivity).toBe('online');
    expect(world.effects).toEqual([]);
  });

  it.each([
    ['a success', OK],
    ['an error', SERVER_ERROR],
    ['a standby', STANDBY],
  ])('ends with any answer: %s', (_, outcome) => {
    const world = new PoolWorld();
    world.attempt(A, RESET);
    world.attempt(B, RESET);
    expect(world.connectivity).toBe('suspect');
    world.attempt(B, outcome);
    expect(world.connectivity).toBe('online');
  });

  it('ends with the answer to a probe, too', () => {
    const world = new PoolWorld([A, B], { probe: { always: true } });
    world.attempt(A, RESET);
    world.attempt(B, RESET);
    world.pass(2000);
    world.answer(B, GOOD);
    expect(world.connectivity).toBe('online');
  });

  it('blames nobody for as long as it lasts', () => {
    const world = new PoolWorld();
    world.attempt(A, RESET);
    world.attempt(B, RESET);
    const { hosts } = world.state;
    for (let turn = 0; turn < 20; turn++) for (const origin of [A, B]) world.attempt(origin, TIMEOUT);
    expect(world.state.hosts).toBe(hosts);
  });

  it('takes back no word of a host itself: a standby stays one', () => {
    const world = new PoolWorld();
    world.attempt(B, STANDBY);
    world.nowMs += 1000;
    world.attempt(B, RESET);
    world.attempt(A, RESET);
    expect(world.connectivity).toBe('suspect');
    expect(world.health(B)).toBe('inactive');
  });

  it('leaves a host that drains the moment at which it will be left', () => {
    const world = new PoolWorld();
    world.attempt(A, OK, { hints: { role: 'draining', retryWindowMs: 60_000, active: null, epoch: null } });
    world.attempt(A, RESET);
    world.attempt(B, RESET);
    expect(world.connectivity).toBe('suspect');
    world.pass(60_000);
    expect(world.health(A)).toBe('inactive');
  });
});

describe('offline', () => {
  it('blames nobody, and sends no probe', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.step({ kind: 'hosts', origins: [A, B] });
    world.pass(20_000, () => BAD);
    const { hosts } = world.state;
    world.step({ kind: 'connectivity', online: false });
    for (let turn = 0; turn < 20; turn++) for (const origin of [A, B]) world.attempt(origin, LOCAL);
    expect(world.state.hosts).toEqual(hosts);
    const sent = world.probes.length;
    world.pass(600_000);
    expect(world.probes).toHaveLength(sent);
    world.step({ kind: 'connectivity', online: true });
    expect(world.probes).toHaveLength(sent + 1);
  });

  it('does not blame a host for a probe that was under way', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.pass(20_000);
    world.step({ kind: 'connectivity', online: false });
    world.answer(A, BAD);
    expect(world.health(A)).toBe('half-open');
    world.step({ kind: 'connectivity', online: true });
    world.pass(2000);
    expect(world.open).toEqual([A]);
  });

  it('takes back what failed just before the platform noticed, and nothing older', () => {
    const world = new PoolWorld([A, B, C]);
    world.kill(A);
    world.pass(10_001, () => BAD);
    world.kill(B);
    world.step({ kind: 'connectivity', online: false });
    expect(world.health(A)).toBe('ejected');
    expect(world.health(B)).toBe('up');
  });

  it('is over when the platform says so, or with any answer: the platform may err', () => {
    const told = new PoolWorld();
    told.step({ kind: 'connectivity', online: false });
    told.step({ kind: 'connectivity', online: true });
    expect(told.connectivity).toBe('online');
    const shown = new PoolWorld();
    shown.step({ kind: 'connectivity', online: false });
    shown.attempt(A, OK);
    expect(shown.connectivity).toBe('online');
    expect(shown.effects.map(({ kind }) => kind)).toEqual(['connectivity', 'connectivity']);
  });

  it('and an answer of one host after it do not bring back another that is dead', () => {
    const world = new PoolWorld();
    world.kill(A);
    world.pass(60_000, () => BAD);
    world.step({ kind: 'connectivity', online: false });
    world.attempt(B, OK);
    expect(world.health(A)).toBe('ejected');
    expect(world.current).toBe(B);
  });

  it('told twice changes nothing the second time', () => {
    const world = new PoolWorld();
    world.step({ kind: 'connectivity', online: false });
    const { state } = world;
    expect(world.step({ kind: 'connectivity', online: false })).toEqual([]);
    expect(world.state).toBe(state);
  });
});
