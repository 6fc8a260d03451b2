import { describe, expect, it } from 'vitest';
import type { ProbeVerdict } from '../../../src/policy/healthTransitions.ts';
import { NO_HINTS } from '../../../src/policy/hints.ts';
import { isStale, nextWakeMs } from '../../../src/policy/poolMachine.ts';
import { firstCandidate } from '../../../src/policy/selection.ts';
import { FakePool } from './fakePool.ts';
import { A, B, BAD, C, GOOD } from './poolWorld.ts';

const STANDBY: ProbeVerdict = { kind: 'inactive', why: 'standby' };

describe('a fault of this side', () => {
  it('is suspected when all hosts begin to fail in one window: everybody is taken back, nobody blamed', () => {
    const pool = new FakePool();
    pool.kill(A);
    expect(pool.record(A).health.kind).toBe('ejected');
    pool.nowMs += 9_000;
    pool.fails(B);
    expect(pool.state.connectivity).toEqual({ kind: 'suspect', sinceMs: pool.nowMs });
    expect(pool.state.hosts.map(({ health, ejections }) => [health.kind, ejections])).toEqual([
      ['up', 0],
      ['up', 0],
    ]);
    for (let times = 0; times < 5; times++) for (const origin of [A, B]) pool.fails(origin, 'timeout', 100);
    expect(pool.kinds).toEqual(['up', 'up']);
  });

  it('is suspected also where each host is silent for a whole attempt before the next one is asked', () => {
    const pool = new FakePool();
    pool.answers.set(A, BAD);
    pool.nowMs += 5_000;
    pool.fails(A, 'timeout', 5_000);
    pool.pass(25_000);
    pool.fails(B, 'timeout', 25_000);
    expect(pool.state.connectivity.kind).toBe('suspect');
  });

  it('is not suspected where one host was dead for longer than the window when the second one fails', () => {
    const pool = new FakePool();
    pool.kill(A);
    pool.pass(10_100);
    pool.fails(B);
    pool.fails(B);
    expect(pool.state.connectivity.kind).toBe('online');
    expect(pool.record(A).health.kind).not.toBe('up');
  });

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

  it.each([
    ['a good answer', (pool: FakePool) => pool.responds(B)],
    ['an error', (pool: FakePool) => pool.responds(B, 500)],
    ['a standby', (pool: FakePool) => pool.responds(B, 503, { role: 'standby' })],
  ])('is over with any answer: %s', (_, answer) => {
    const pool = new FakePool();
    pool.fails(A);
    pool.fails(B);
    expect(pool.state.connectivity.kind).toBe('suspect');
    answer(pool);
    expect(pool.state.connectivity.kind).toBe('online');
  });

  it('is over with a good probe that was under way', () => {
    const pool = new FakePool();
    pool.answers.set(A, null);
    pool.fails(A, 'timeout', 5_000);
    pool.fails(B);
    expect(pool.state.connectivity.kind).toBe('suspect');
    pool.answer(A, GOOD);
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

  it('does not bring back a host that was dead before', () => {
    const pool = new FakePool();
    pool.kill(A);
    pool.pass(100_000);
    pool.step({ kind: 'connectivity', online: false });
    pool.step({ kind: 'connectivity', online: true });
    pool.responds(B);
    expect(pool.record(A).health.kind).not.toBe('up');
    expect(pool.record(A).ejections).toBeGreaterThan(1);
  });
});

describe('offline', () => {
  it('nobody is blamed, and nobody is probed', () => {
    const pool = new FakePool();
    pool.kill(A);
    pool.pass(100);
    const left = pool.current;
    pool.step({ kind: 'connectivity', online: false });
    for (let times = 0; times < 10; times++) pool.fails(B, 'network');
    pool.pass(300_000);
    expect(pool.probes).toEqual([]);
    expect(pool.record(B).health.kind).toBe('up');
    expect(left).toBe(B);
  });

  it('takes back what failed just before the platform said so', () => {
    const pool = new FakePool();
    pool.kill(A);
    pool.nowMs += 3_000;
    pool.step({ kind: 'connectivity', online: false });
    expect(pool.kinds).toEqual(['up', 'up']);
  });

  it('is over with the first answer, whatever the platform says', () => {
    const pool = new FakePool();
    pool.step({ kind: 'connectivity', online: false });
    pool.responds(A);
    expect(pool.state.connectivity.kind).toBe('online');
  });

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

describe('a draining host', () => {
  it('is left at a moment drawn from its window, as a planned move', () => {
    const pool = new FakePool([A, B], {}, () => 0.25);
    pool.responds(A, 200, { role: 'draining', retryWindowMs: 8_000 });
    pool.responds(A, 200, { role: 'draining', retryWindowMs: 8_000 });
    pool.pass(1_999);
    expect(pool.current).toBe(A);
    pool.pass(1);
    expect(pool.moves).toEqual([{ kind: 'switchover', from: A, to: B, cause: 'draining', tookMs: 0 }]);
  });

  it('never is left after the window, however often it repeats it', () => {
    const pool = new FakePool([A, B], {}, () => 0.999);
    for (let second = 0; second < 8; second++) {
      pool.responds(A, 200, { role: 'draining', retryWindowMs: 8_000 });
      pool.pass(1_000);
    }
    expect(pool.current).toBe(B);
  });

  it('without a window is left at once', () => {
    const pool = new FakePool();
    pool.responds(A, 200, { role: 'draining' });
    expect(pool.current).toBe(B);
  });

  it('is not left if it says in time that it stays', () => {
    const pool = new FakePool();
    pool.responds(A, 200, { role: 'draining', retryWindowMs: 8_000 });
    pool.responds(A, 200, { role: 'active' });
    pool.pass(10_000);
    expect(pool.current).toBe(A);
  });

  it('that is the only one goes on being asked, and is back when it says so', () => {
    const pool = new FakePool([A]);
    pool.answers.set(A, { kind: 'inactive', why: 'draining' });
    pool.responds(A, 200, { role: 'draining' });
    pool.pass(1_000);
    expect([pool.current, firstCandidate(pool.state, pool.nowMs)?.origin]).toEqual([A, A]);
    pool.answers.set(A, GOOD);
    pool.pass(120_000);
    expect(pool.record(A).health.kind).toBe('up');
  });

  it('does not send clients on at once by naming its successor', () => {
    const pool = new FakePool();
    pool.responds(A, 200, { role: 'draining', retryWindowMs: 8_000, active: B });
    expect(pool.current).toBe(A);
    pool.pass(8_000);
    expect(pool.current).toBe(B);
  });
});

describe('a standby', () => {
  it('that says so is left at once, without blame, as a planned move', () => {
    const pool = new FakePool();
    pool.responds(A, 503, { role: 'standby' });
    expect(pool.current).toBe(B);
    expect(pool.record(A)).toMatchObject({ ejections: 0, health: { kind: 'inactive', why: 'standby' } });
    expect(pool.moves[0]?.kind).toBe('switchover');
  });

  it('that is wanted less than the current host is not probed', () => {
    const pool = new FakePool();
    pool.responds(B, 503, { role: 'standby' });
    pool.pass(300_000);
    expect(pool.probesOf(B)).toEqual([]);
  });

  it('that is wanted more is looked at every 15 s or so, and landed on when it serves', () => {
    const pool = new FakePool();
    pool.answers.set(A, STANDBY);
    pool.responds(A, 503, { role: 'standby' });
    pool.pass(61_000);
    expect(pool.probesOf(A)).toHaveLength(4);
    pool.answers.set(A, GOOD);
    pool.pass(120_000);
    expect(pool.current).toBe(A);
  });

  it('that serves a live request has been promoted, and is stayed with', () => {
    const pool = new FakePool();
    pool.responds(B, 503, { role: 'standby' });
    for (let times = 0; times < 3; times++) pool.fails(A);
    pool.nowMs += 100;
    pool.responds(B, 200, { role: 'active' });
    pool.fails(A);
    pool.fails(A);
    expect(pool.current).toBe(B);
  });
});

describe('the host that a server names active', () => {
  it('is followed where it is listed', () => {
    const pool = new FakePool([A, B, C]);
    pool.responds(A, 503, { role: 'standby', active: C });
    expect(pool.current).toBe(C);
  });

  it('is never followed where it is not', () => {
    const pool = new FakePool();
    pool.responds(A, 200, { role: 'active', active: 'https://evil.example.net' });
    expect(pool.state.namedActive).toBeNull();
    expect(pool.current).toBe(A);
  });

  it('comes after the host that its owner prefers', () => {
    const pool = new FakePool([A, B, C]);
    pool.step({ kind: 'prefer', origin: B });
    pool.responds(B, 200, { role: 'active', active: C });
    expect(pool.current).toBe(B);
    pool.step({ kind: 'prefer', origin: null });
    expect(pool.current).toBe(C);
  });

  it('is forgotten when it fails', () => {
    const pool = new FakePool();
    pool.responds(A, 200, { role: 'active', active: B });
    expect(pool.current).toBe(B);
    pool.kill(B);
    expect([pool.current, pool.state.namedActive]).toEqual([A, null]);
  });
});

describe('a fence', () => {
  const epoch = (number: number) => ({ cluster: 'chat', number });

  it('shuts out the host with the lower epoch, and its word of who is active', () => {
    const pool = new FakePool();
    pool.responds(B, 200, { role: 'active', epoch: epoch(2) });
    pool.responds(A, 200, { role: 'active', epoch: epoch(1), active: A });
    expect(pool.current).toBe(B);
    expect(pool.record(A).health).toMatchObject({ kind: 'inactive', why: 'stale epoch' });
    expect(pool.state.namedActive).toBeNull();
  });

  it('opens after ten minutes: it is not a lock-out', () => {
    const pool = new FakePool();
    pool.responds(B, 200, { role: 'active', epoch: epoch(2) });
    const hints = { ...NO_HINTS, epoch: epoch(1) };
    expect(isStale(pool.state, hints, pool.policy, pool.nowMs + 599_999)).toBe(true);
    expect(isStale(pool.state, hints, pool.policy, pool.nowMs + 600_000)).toBe(false);
  });
});

describe("the owner's wish", () => {
  it('comes first for as long as that host is well, and is taken back by null', () => {
    const pool = new FakePool([A, B, C]);
    pool.step({ kind: 'prefer', origin: C });
    expect(pool.moves.at(-1)).toMatchObject({ kind: 'switchover', to: C, cause: 'asked for' });
    pool.kill(C);
    expect(pool.current).toBe(A);
    pool.answers.set(C, GOOD);
    pool.pass(120_000);
    expect(pool.current).toBe(C);
    pool.step({ kind: 'prefer', origin: null });
    expect(pool.current).toBe(A);
  });
});

describe('another list', () => {
  it('keeps what is known of the hosts that stay', () => {
    const pool = new FakePool([A, B]);
    pool.kill(A);
    pool.step({ kind: 'hosts', origins: [C, A, B] });
    expect(pool.kinds).toEqual(['up', 'ejected', 'up']);
    expect(pool.current).toBe(C);
  });

  it('without the current host moves at once, as planned', () => {
    const pool = new FakePool();
    pool.step({ kind: 'hosts', origins: [B, C] });
    expect(pool.moves).toEqual([{ kind: 'switchover', from: A, to: B, cause: 'hosts changed', tookMs: 0 }]);
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
    expect(nextWakeMs(pool.state)).toBeGreaterThan(pool.nowMs);
  });
});
