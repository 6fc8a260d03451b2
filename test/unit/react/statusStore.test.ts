import { describe, expect, test, vi } from 'vitest';
import type { Failover } from '../../../src/createFailover.ts';
import { NO_HINTS } from '../../../src/policy/hints.ts';
import { reused, StatusStore, unseen } from '../../../src/react/statusStore.ts';
import { A, B, world } from '../runtime/world.ts';

function storeOver(options: Parameters<typeof world>[0] = {}) {
  const { pool, network, clock } = world(options);
  const failover = {
    pool,
    get status() {
      return pool.status;
    },
  } as Failover;
  return { pool, network, clock, store: new StatusStore(() => failover, pool.hosts) };
}

describe('the status that components read', () => {
  test('is the same object while nothing that it shows changes, whatever the pool counts', () => {
    const { pool, store } = storeOver();
    const tell = vi.fn();
    store.subscribe(tell);
    const before = store.get();
    const own = pool.status;
    pool.dispatch({ kind: 'pay' });
    expect(pool.status).not.toBe(own);
    expect(store.get()).toBe(before);
    expect(tell).not.toHaveBeenCalled();
  });

  test('tells of a change once, and keeps the hosts that did not change', () => {
    const { pool, store } = storeOver();
    const tell = vi.fn();
    store.subscribe(tell);
    const before = store.get();
    pool.prefer(B);
    expect(tell).toHaveBeenCalledOnce();
    const after = store.get();
    expect(after.current).toBe(B);
    expect(after.hosts).toBe(before.hosts);
    pool.setHosts([A, { url: B, zone: 'north' }]);
    expect(store.get().hosts[0]).toBe(before.hosts[0]);
    expect(store.get().hosts[1]).toEqual({ ...before.hosts[1], zone: 'north' });
  });

  test('tells of what no event tells: a busy host, and the end', () => {
    const { pool, clock, store } = storeOver();
    const seen: unknown[] = [];
    store.subscribe(() => seen.push([store.get().hosts[0]?.busy, store.get().closed]));
    const nowMs = clock.now();
    const outcome = { kind: 'busy', waitMs: 500, cause: 'http 429' } as never;
    pool.dispatch({ kind: 'attempt', origin: A, startedMs: nowMs, outcome, hints: NO_HINTS });
    pool.close();
    expect(seen).toEqual([
      [true, false],
      [true, true],
    ]);
  });

  test('leaves the pool alone while nobody reads it', () => {
    const { pool, store } = storeOver();
    const tell = vi.fn();
    const end = store.subscribe(tell);
    end();
    pool.prefer(B);
    expect(tell).not.toHaveBeenCalled();
    expect(store.get().current).toBe(B);
  });

  test('is, on a server and where it is not made yet, that of hosts of which nothing is known', () => {
    const { pool } = world();
    const store = new StatusStore(() => null, pool.hosts);
    expect(store.get()).toBe(store.initial());
    expect(store.initial()).toEqual(pool.status);
    expect(reused(store.initial(), pool.status)).toBe(store.initial());
    expect(unseen([])).toEqual({ current: '', connectivity: 'online', hosts: [], closed: false });
  });
});
