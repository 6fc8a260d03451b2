import { describe, expect, it } from 'vitest';
import { kubernetesProbe } from '../../../src/policy/healthPresets.ts';
import { FakePool } from './fakePool.ts';
import { A, ABORTED, B, BAD, C, GOOD } from './poolWorld.ts';

describe('a fault of this side', () => {
  it('is not suspected while one host of three answers', () => {
    const pool = new FakePool([A, B, C]);
    pool.kill(A);
    pool.kill(B);
    pool.responds(C);
    expect(pool.state.connectivity.kind).toBe('online');
    expect(pool.kinds).toEqual(['ejected', 'ejected', 'up']);
  });

  it('is not suspected where hosts answer with errors: an answer proves the way to them', () => {
    const pool = new FakePool();
    for (let times = 0; times < 5; times++) for (const origin of [A, B]) pool.responds(origin, 503);
    expect(pool.state.connectivity.kind).toBe('online');
  });

  it('is not made a fault of a host by a probe that was under way', () => {
    const pool = new FakePool();
    pool.answers.set(A, null);
    pool.fails(A, 'timeout', 5_000);
    pool.fails(B);
    pool.answer(A, BAD);
    pool.pass(5_000);
    expect(pool.kinds).toEqual(['up', 'up']);
  });
});

describe('probes of hosts in service', () => {
  const MUTE = { kind: 'bad', why: 'no answer', silent: true } as const;
  const probed = () => new FakePool([A, B], kubernetesProbe({ failureThreshold: 1 }));

  it('that all stay without an answer speak against this side, and the next answer for it', () => {
    const pool = probed();
    for (const origin of [A, B]) pool.answers.set(origin, MUTE);
    pool.pass(60_000);
    expect([pool.kinds, pool.state.connectivity.kind]).toEqual([['up', 'up'], 'suspect']);
    for (const origin of [A, B]) pool.answers.set(origin, GOOD);
    pool.pass(20_000);
    expect([pool.kinds, pool.state.connectivity.kind]).toEqual([['up', 'up'], 'online']);
  });

  it('speak against one host that stays without an answer while another one answers', () => {
    const pool = probed();
    pool.answers.set(A, MUTE);
    pool.pass(60_000);
    expect([pool.health(B), pool.current, pool.state.connectivity.kind]).toEqual(['up', B, 'online']);
    expect(pool.health(A)).not.toBe('up');
  });

  it('speak against hosts that answer badly, all of them included', () => {
    const pool = probed();
    for (const origin of [A, B]) pool.answers.set(origin, BAD);
    pool.pass(15_000);
    expect(pool.kinds).not.toContain('up');
    expect(pool.state.connectivity.kind).toBe('online');
  });
});

describe('offline', () => {
  it('what was due meanwhile is asked at once when it is over', () => {
    const pool = new FakePool();
    pool.kill(A);
    pool.pass(20_000);
    pool.step({ kind: 'connectivity', online: false });
    pool.pass(100_000);
    const sent = pool.probesOf(A).length;
    pool.step({ kind: 'connectivity', online: true });
    expect(pool.probesOf(A)).toHaveLength(sent + 1);
  });
});

describe('a probe', () => {
  it('is sent once for a thousand time-outs', () => {
    const pool = new FakePool();
    pool.answers.set(A, null);
    for (let times = 0; times < 1000; times++) pool.fails(A, 'timeout', 5_000);
    expect(pool.probesOf(A)).toEqual([0]);
  });

  it('is not followed by others because a thousand callers give up at a host that is being probed', () => {
    const pool = new FakePool();
    pool.answers.set(A, null);
    pool.fails(A, 'timeout', 5_000);
    for (let times = 0; times < 1000; times++) pool.attempt(A, ABORTED);
    expect(pool.probesOf(A)).toEqual([0]);
  });

  it('whose answer never comes leaves its host out, and lets the pool rest', () => {
    const pool = new FakePool();
    pool.answers.set(A, null);
    pool.fails(A, 'timeout', 5_000);
    pool.pass(600_000);
    expect([pool.health(A), pool.current, pool.wakeMs]).toEqual(['half-open', B, Infinity]);
  });
});

describe('a host that comes back', () => {
  it('is not blamed for requests that began before', () => {
    const pool = new FakePool();
    pool.kill(A);
    pool.answers.set(A, GOOD);
    pool.pass(37_200);
    expect(pool.current).toBe(A);
    for (let times = 0; times < 5; times++) pool.fails(A, 'reset', 37_200);
    expect(pool.current).toBe(A);
  });
});

describe('another list', () => {
  it('without the current host does not cut short the hold of the first one', () => {
    const pool = new FakePool([A, B, C]);
    pool.kill(A);
    pool.step({ kind: 'prefer', origin: C });
    pool.answers.set(A, GOOD);
    pool.pass(8_000);
    expect([pool.health(A), pool.current]).toEqual(['holding', C]);
    pool.step({ kind: 'hosts', origins: [A, B] });
    expect(pool.current).toBe(B);
  });

  it('drops wishes for hosts that are gone, and ignores what comes of them late', () => {
    const pool = new FakePool();
    pool.step({ kind: 'prefer', origin: B });
    pool.step({ kind: 'hosts', origins: [A] });
    const { state } = pool;
    expect([state.preferred, state.current]).toEqual([null, A]);
    pool.fails(B);
    pool.answer(B, BAD);
    expect(pool.state).toBe(state);
  });
});

describe('after a sleep', () => {
  it('all that came due meanwhile happens in one tick', () => {
    const pool = new FakePool([A, B, C]);
    pool.kill(A);
    pool.responds(B, 200, { role: 'draining', retryWindowMs: 8_000 });
    pool.nowMs += 3_600_000;
    pool.step({ kind: 'wake' });
    expect(pool.kinds).toEqual(['half-open', 'inactive', 'up']);
    expect(pool.current).toBe(C);
    expect(pool.probesOf(A)).toHaveLength(1);
    expect(pool.wakeMs).toBeGreaterThan(pool.nowMs);
  });
});
