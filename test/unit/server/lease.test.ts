import { describe, expect, test } from 'vitest';
import type { SwitchoverError } from '../../../src/policy/error.ts';
import { createLease, type LeaseOptions } from '../../../src/server/lease.ts';
import type { LeaseRecord, LeaseStore } from '../../../src/server/leaseStore.ts';
import type { Lease } from '../../../src/server/leaseTypes.ts';
import { memorySessionStore } from '../../../src/server/stores/memorySessionStore.ts';
import { virtualClock } from '../../../src/testing/virtualClock.ts';

const TTL_MS = 3_000;

/** Instances over one store, each with a clock that the test may stop; `log` holds their events in order. */
class Fleet {
  readonly clock = virtualClock();
  readonly leases = memorySessionStore({ clock: this.clock }).leases;
  readonly log: string[] = [];

  join(holder: string, options: Partial<LeaseOptions> = {}): Lease {
    const { clock } = this;
    const lease = createLease({
      store: this.leases,
      name: 'job',
      holder,
      ttlMs: TTL_MS,
      clock,
      random: () => 0.5,
      ...options,
    });
    lease.on('active', ({ epoch }) => this.log.push(`${holder} active ${epoch}`));
    lease.on('lost', ({ epoch }) => this.log.push(`${holder} lost ${epoch}`));
    lease.on('standby', (current) => this.log.push(`${holder} standby ${current?.holder ?? '-'}`));
    lease.on('warning', ({ code }) => this.log.push(`${holder} ${code}`));
    return lease;
  }
}

/** A store that answers when the test says so, or not at all. */
function slowStore(inner: LeaseStore) {
  const waiting: (() => void)[] = [];
  let mode: 'answers' | 'waits' | 'fails' = 'answers';
  const store: LeaseStore = {
    acquire(...args) {
      if (mode === 'fails') return Promise.reject(new Error('no store'));
      const record = inner.acquire(...args);
      if (mode === 'answers') return record;
      return new Promise<LeaseRecord>((resolve) => waiting.push(() => resolve(record)));
    },
    release: (...args) => inner.release(...args),
    read: (name) => inner.read(name),
  };
  return {
    store,
    answer() {
      for (const one of waiting.splice(0)) one();
    },
    be(now: typeof mode) {
      mode = now;
    },
  };
}

describe('a lease', () => {
  test('is held by one instance, and the other can say who that is', async () => {
    const fleet = new Fleet();
    const [a, b] = [fleet.join('https://a'), fleet.join('https://b')];
    await fleet.clock.advance(10);
    expect([a.isActive, a.epoch, b.isActive, b.epoch]).toEqual([true, 1, false, null]);
    expect([a.current, b.current]).toEqual([
      { holder: 'https://a', epoch: 1 },
      { holder: 'https://a', epoch: 1 },
    ]);
    await fleet.clock.advance(20 * TTL_MS);
    expect(fleet.log).toEqual(['https://a active 1', 'https://b standby https://a']);
  });

  test('goes to the next at once when it is released', async () => {
    const fleet = new Fleet();
    const [a, b] = [fleet.join('a'), fleet.join('b')];
    await fleet.clock.advance(10);
    await a.release();
    expect([a.isActive, a.current]).toEqual([false, null]);
    await fleet.clock.advance(TTL_MS / 3);
    expect([b.epoch, a.isActive]).toEqual([2, false]);
    expect(fleet.log).toEqual(['a active 1', 'b standby a', 'a standby -', 'b active 2']);
  });

  test('is lost before it could run out elsewhere, where the store can not be reached', async () => {
    const fleet = new Fleet();
    const slow = slowStore(fleet.leases);
    const [a, b] = [fleet.join('a', { store: slow.store }), fleet.join('b')];
    await fleet.clock.advance(10);
    slow.be('fails');
    const both: number[] = [];
    for (let ms = 0; ms < 2 * TTL_MS; ms += 10) {
      await fleet.clock.advance(10);
      if (a.isActive && b.isActive) both.push(ms);
    }
    expect([a.isActive, b.epoch, both]).toEqual([false, 2, []]);
    expect(fleet.log.indexOf('a lost 1')).toBeLessThan(fleet.log.indexOf('b active 2'));
    expect(fleet.log).toContain('a STORE_FAILED');
    slow.be('answers');
    await fleet.clock.advance(TTL_MS);
    expect(a.current).toEqual({ holder: 'b', epoch: 2 });
  });

  test('counts from before the question: a slow answer gives no more time', async () => {
    const fleet = new Fleet();
    const slow = slowStore(fleet.leases);
    slow.be('waits');
    const a = fleet.join('a', { store: slow.store });
    await fleet.clock.advance(TTL_MS - 100);
    slow.be('fails');
    slow.answer();
    await fleet.clock.advance(0);
    // The newest of the questions was asked at two thirds of the time; its answer holds for a term from then, less the margin.
    expect(a.isActive).toBe(true);
    await fleet.clock.advance((TTL_MS * 2) / 3 - TTL_MS / 10 + 100 - 1);
    expect(a.isActive).toBe(true);
    await fleet.clock.advance(2);
    expect(a.isActive).toBe(false);
  });

  test('is not taken by an answer that comes when its time is over', async () => {
    const fleet = new Fleet();
    const slow = slowStore(fleet.leases);
    slow.be('waits');
    const a = fleet.join('a', { store: slow.store });
    await fleet.clock.advance(1);
    slow.be('fails');
    await fleet.clock.advance(TTL_MS);
    slow.answer();
    await fleet.clock.advance(0);
    expect([a.isActive, fleet.log.includes('a active 1')]).toEqual([false, false]);
  });

  test('asks again where the store never answers', async () => {
    const fleet = new Fleet();
    const slow = slowStore(fleet.leases);
    slow.be('waits');
    const a = fleet.join('a', { store: slow.store });
    await fleet.clock.advance(10);
    slow.be('answers');
    await fleet.clock.advance(TTL_MS);
    expect(a.isActive).toBe(true);
  });

  test('is found lost by an instance that was stopped, before any of its timers fires', async () => {
    const fleet = new Fleet();
    // Its timers stand still while the process is stopped; the time that it reads afterwards does not.
    const own = virtualClock();
    let aheadMs = 0;
    const frozen = { ...own, setTimer: own.setTimer, wallTime: own.wallTime, now: () => own.now() + aheadMs };
    const a = fleet.join('a', { clock: frozen });
    await own.advance(10);
    await fleet.clock.advance(10);
    expect(a.isActive).toBe(true);
    const asserted: unknown[] = [];
    const job = a.run(async ({ assertActive }) => {
      await new Promise<void>((resolve) => frozen.setTimer(resolve, 100));
      try {
        assertActive();
      } catch (error) {
        asserted.push(error);
        throw error;
      }
    });
    const settled = job.catch((error: unknown) => error);
    const b = fleet.join('b');
    await fleet.clock.advance(TTL_MS + 500);
    aheadMs = TTL_MS + 500;
    expect([b.epoch, a.isActive, a.epoch, fleet.log.includes('a lost 1')]).toEqual([2, false, null, false]);
    await own.advance(200);
    expect(await settled).toMatchObject({ code: 'LEASE_LOST' });
    expect(asserted).toMatchObject([{ code: 'LEASE_LOST' }]);
  });

  test('is not kept by another life of the same holder: the old one may still be at work', async () => {
    const fleet = new Fleet();
    const [a, again] = [fleet.join('a'), fleet.join('a')];
    await fleet.clock.advance(2 * TTL_MS);
    expect([a.isActive, again.isActive, again.current]).toEqual([true, false, { holder: 'a', epoch: 1 }]);
  });

  test('does not survive a release that an answer crosses', async () => {
    const fleet = new Fleet();
    const slow = slowStore(fleet.leases);
    slow.be('waits');
    const a = fleet.join('a', { store: slow.store });
    const b = fleet.join('b');
    await fleet.clock.advance(1);
    await a.release();
    slow.answer();
    await fleet.clock.advance(TTL_MS / 2);
    expect([a.isActive, b.isActive]).toEqual([false, true]);
  });

  test('leaves no timer behind when it is released', async () => {
    const fleet = new Fleet();
    const lease = fleet.join('a');
    await fleet.clock.advance(10);
    await lease.release();
    await lease.release();
    expect(fleet.clock.timers).toEqual([]);
  });
});

describe('a job under a lease', () => {
  test('runs on the active instance, and nowhere else', async () => {
    const fleet = new Fleet();
    const [a, b] = [fleet.join('a'), fleet.join('b')];
    await fleet.clock.advance(10);
    const job = ({ epoch }: { epoch: number }) => `under ${epoch}`;
    expect(await a.run(job)).toEqual({ ran: true, value: 'under 1' });
    expect(await b.run(job)).toEqual({ ran: false, current: { holder: 'a', epoch: 1 } });
  });

  test('is aborted when the lease is lost, and does not count as done', async () => {
    const fleet = new Fleet();
    const slow = slowStore(fleet.leases);
    const a = fleet.join('a', { store: slow.store });
    await fleet.clock.advance(10);
    let seen: AbortSignal | null = null;
    const job = a.run(async ({ signal }) => {
      seen = signal;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      return 'done all the same';
    });
    const settled = job.catch((error: unknown) => error);
    slow.be('fails');
    await fleet.clock.advance(2 * TTL_MS);
    expect(await settled).toMatchObject({ code: 'LEASE_LOST' });
    expect(seen).toMatchObject({ aborted: true, reason: { code: 'LEASE_LOST' } });
  });

  test('has ended before the next holder begins, where the lease is released', async () => {
    const fleet = new Fleet();
    const [a, b] = [fleet.join('a'), fleet.join('b')];
    await fleet.clock.advance(10);
    const job = a.run(async ({ signal }) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await new Promise<void>((resolve) => fleet.clock.setTimer(resolve, 2_000));
      fleet.log.push('cleaned up');
    });
    const settled = job.catch(({ code }: SwitchoverError) => code);
    const released = a.release();
    await fleet.clock.advance(2 * TTL_MS);
    await released;
    expect(await settled).toBe('CLOSED');
    expect(fleet.log.indexOf('cleaned up')).toBeGreaterThan(0);
    expect(fleet.log.indexOf('cleaned up')).toBeLessThan(fleet.log.indexOf('b active 2'));
    expect(b.isActive).toBe(true);
    await expect(a.run(() => 1)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('that fails says so itself', async () => {
    const fleet = new Fleet();
    const a = fleet.join('a');
    await fleet.clock.advance(10);
    await expect(a.run(() => Promise.reject(new RangeError('mine')))).rejects.toThrow('mine');
    await expect(
      a.run(() => {
        throw new RangeError('at once');
      }),
    ).rejects.toThrow('at once');
  });
});

test.each([
  [{ name: '' }],
  [{ holder: 'with space' }],
  [{ ttlMs: 99 }],
  [{ ttlMs: Number.NaN }],
  [{ ttlMs: 1e12 }],
  [{ marginMs: -1 }],
  [{ marginMs: 6_000 }],
  [{ store: {} }],
  [{ store: null }],
  [{ tttl: 1 }],
])('createLease refuses %j', (wrong) => {
  const given = { store: memorySessionStore(), name: 'job', holder: 'a', ...wrong } as unknown as LeaseOptions;
  expect(() => createLease(given)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', remedy: expect.stringMatching(/./) }),
  );
});
