import { describe, expect, it, vi } from 'vitest';
import { SwitchoverError } from '../../../src/policy/error.ts';
import { A, B, C, letter, world } from './world.ts';

const states = ({ pool }: ReturnType<typeof world>) =>
  Object.fromEntries(pool.status.hosts.map(({ origin, state }) => [letter(origin), state]));

function killed() {
  const w = world({ network: { [A]: 'refuse' } });
  w.fail(A, 'refused');
  w.fail(A, 'refused');
  return w;
}

describe('a pool', () => {
  it('tells what happens in its order: out, over, proven, held, back', async () => {
    const w = killed();
    expect(w.news()).toEqual(['a ejected', 'failover ab refused']);
    w.network.set(A, 'ok');
    await w.clock.advance(120_000);
    expect(w.news()).toEqual(['a half-open', 'a holding', 'a up', 'failback ba']);
  });

  it('probes a host that is down until it is back, and nobody while all is well', async () => {
    const quiet = world();
    await quiet.clock.advance(600_000);
    expect(quiet.network.log).toEqual([]);
    const w = killed();
    await w.clock.advance(60_000);
    expect(w.network.sentTo(A, '/healthz/ready').length).toBeGreaterThan(2);
    expect(w.network.sentTo(B)).toEqual([]);
    expect(w.pool.status.current).toBe(B);
  });

  it('has listeners called after the change, each in the order of what happened', () => {
    const w = world({ network: { [A]: 'refuse' } });
    const seen: string[] = [];
    w.pool.events.on('failover', ({ to }) => seen.push(`${w.pool.status.current === to} ${w.pool.take()?.origin}`));
    w.fail(A, 'refused');
    w.fail(A, 'refused');
    expect(seen).toEqual([`true ${B}`]);
  });

  it('lets everybody hear of one thing before the next, also where a listener brings that about', () => {
    const w = world({ list: [A, B, C] });
    const seen: string[] = [];
    w.pool.events.on('failover', () => w.pool.prefer(C));
    w.pool.events.on('failover', ({ to }) => seen.push(`failover ${letter(to)}`));
    w.pool.events.on('switchover', ({ to }) => seen.push(`switchover ${letter(to)}`));
    w.fail(A, 'refused');
    w.fail(A, 'refused');
    expect(seen).toEqual(['failover b', 'switchover c']);
  });

  it('does not break where listeners throw: the others hear of it, and each error surfaces by itself', async () => {
    const w = world();
    const surfaced: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => surfaced.push(error));
    try {
      for (const nth of ['first', 'second']) {
        w.pool.events.on('health', () => {
          throw new Error(nth);
        });
      }
      const heard: string[] = [];
      w.pool.events.on('health', ({ state }) => heard.push(state));
      w.fail(A, 'refused');
      w.fail(A, 'refused');
      expect([w.pool.status.current, heard]).toEqual([B, ['ejected']]);
      expect(w.news()).toEqual(['a ejected', 'failover ab refused']);
      await w.clock.advance(0);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
    expect(surfaced).toMatchObject([{ message: 'first' }, { message: 'second' }]);
  });
});

describe('the status', () => {
  it('is frozen all through, and the same object until something changes', async () => {
    const w = world();
    const { status } = w.pool;
    for (const part of [status, status.hosts, ...status.hosts]) expect(Object.isFrozen(part)).toBe(true);
    w.answer(A, 200);
    await w.clock.advance(60_000);
    expect(w.pool.status).toBe(status);
    w.fail(A, 'refused');
    w.fail(A, 'refused');
    expect(w.pool.status).not.toBe(status);
    expect(status.hosts[0]?.state).toBe('up');
    expect(w.pool.status).toMatchObject({ current: B, hosts: [{ state: 'ejected', why: 'refused' }, { why: null }] });
  });
});

describe('setHosts', () => {
  it('keeps what is known of hosts that stay, and tells of the list where it changed', () => {
    const w = killed();
    w.news();
    w.pool.setHosts([A, C]);
    expect(states(w)).toEqual({ a: 'ejected', c: 'up' });
    expect(w.pool.status.current).toBe(C);
    expect(w.news()).toEqual(['switchover bc hosts changed', 'hosts ac']);
    w.pool.setHosts([A, C]);
    expect(w.news()).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['NO_HOSTS', []],
    ['INVALID_HOST', ['https://user@c.example.com']],
    ['DUPLICATE_HOST', [A, `${A}:443`]],
    ['INSECURE_HOST', ['http://c.example.com']],
  ])('throws %s, and the list stays', (code, hosts) => {
    const w = world();
    expect(() => w.pool.setHosts(hosts)).toThrow(expect.objectContaining({ code }));
    expect([w.pool.hosts.map(({ origin }) => origin), w.news()]).toEqual([[A, B], []]);
  });
});

describe('prefer', () => {
  it('puts a host before all others for as long as it is well, and can be taken back', () => {
    const w = world();
    w.pool.prefer(B);
    expect(w.news()).toEqual(['switchover ab asked for']);
    w.fail(B, 'refused');
    w.fail(B, 'refused');
    expect(w.pool.status.current).toBe(A);
    w.pool.prefer(null);
    expect(w.pool.status.current).toBe(A);
  });

  it('refuses a host that is not listed', () => {
    expect(() => world().pool.prefer(C)).toThrow(expect.objectContaining({ code: 'UNLISTED_HOST' }));
  });
});

describe('take', () => {
  it('gives the current host, and passes over one that asked to be left alone', () => {
    const w = world();
    expect(w.pool.take()?.origin).toBe(A);
    const nowMs = w.clock.now();
    const hints = { role: null, active: null, epoch: null, retryWindowMs: null };
    w.pool.report(A, { kind: 'response', status: 429, retryAfterMs: 3_000, hints }, nowMs, nowMs, null);
    expect([w.pool.take()?.origin, w.pool.status.hosts[0]?.busy]).toEqual([B, true]);
  });

  it('gives a host that is to be proven by requests to one of them at a time, and sends no probes', async () => {
    const w = world({ failback: { proof: 'request', holdMs: 0 }, network: { [A]: 'refuse' } });
    w.fail(A, 'refused');
    w.fail(A, 'refused');
    expect(w.pool.take()?.origin).toBe(B);
    await w.clock.advance(60_000);
    expect([w.pool.take()?.origin, w.pool.take()?.origin]).toEqual([A, B]);
    w.answer(A, 200);
    expect([w.pool.take()?.origin, w.pool.take()?.origin]).toEqual([A, B]);
    w.answer(A, 200);
    expect(w.pool.status.current).toBe(A);
    expect(w.network.log).toEqual([]);
  });
});

describe('news of the platform', () => {
  it('that it is offline stops blame, and a pool may begin so', () => {
    const w = world({ connectivity: { isOnline: () => false, subscribe: () => () => {} } });
    expect(w.pool.status.connectivity).toBe('offline');
    for (let i = 0; i < 5; i++) expect(w.fail(A, 'refused').kind).toBe('local-fault');
    expect(states(w)).toEqual({ a: 'up', b: 'up' });
  });

  it('that it is online again wakes what waits', () => {
    const w = world();
    const woken = vi.fn();
    w.setOnline(false);
    w.pool.onBetterTimes(woken);
    w.setOnline(true);
    expect(w.news()).toEqual(['offline', 'online']);
    expect(woken).toHaveBeenCalled();
  });

  it('that the app is back wakes what waits, but not what has stopped waiting', () => {
    const w = world();
    const [woken, gone] = [vi.fn(), vi.fn()];
    w.pool.onBetterTimes(woken);
    w.pool.onBetterTimes(gone)();
    w.wake();
    expect([woken.mock.calls.length, gone.mock.calls.length]).toEqual([1, 0]);
  });

  it('all hosts failing at once is this side’s fault: nobody is blamed until one answers', () => {
    const w = world();
    w.fail(A, 'refused');
    w.fail(B, 'refused');
    expect(w.pool.status.connectivity).toBe('suspect');
    expect(states(w)).toEqual({ a: 'up', b: 'up' });
    w.answer(B, 200);
    expect(w.pool.status.connectivity).toBe('online');
  });
});

describe('a closed pool', () => {
  it('leaves no timer, no probe and no listener, tells nothing more, and wakes what waits', async () => {
    const w = killed();
    w.network.set(A, 'hang');
    await w.clock.advance(5_500);
    const woken = vi.fn();
    w.pool.onBetterTimes(woken);
    w.news();
    w.pool.close();
    w.pool.close();
    await w.clock.advance(0);
    expect([w.clock.timers, w.listeners(), woken.mock.calls.length]).toEqual([[], 0, 1]);
    // The probe that was under way.
    expect(w.network.log).toMatchObject([{ host: A, end: 'aborted' }]);
    w.fail(B, 'refused');
    w.fail(B, 'refused');
    w.pool.setHosts([A, C]);
    w.pool.prefer(A);
    expect(w.news()).toEqual([]);
    expect(w.pool.status.closed).toBe(true);
    expect(w.pool.signal.reason).toMatchObject({ code: 'CLOSED' });
    expect(SwitchoverError.is(w.pool.signal.reason)).toBe(true);
  });
});
