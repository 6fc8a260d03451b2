import { describe, expect, it } from 'vitest';
import { type AffinityOptions, affinity } from '../../../src/runtime/affinity.ts';
import { memoryStore } from '../../../src/runtime/memoryStore.ts';
import type { KeyValueStore } from '../../../src/runtime/ports.ts';
import { A, B, C, world } from './world.ts';

const D = 'https://d.example.com';
const list = { active: [A, B, C], standby: [D] };

async function client(options: AffinityOptions, more: Parameters<typeof world>[0] = {}) {
  const w = world({ list, parts: [affinity(options)], ...more });
  if (w.pool.ready !== null) await w.clock.until(w.pool.ready);
  return w;
}

const orderOf = ({ pool }: ReturnType<typeof world>) => pool.status.hosts.map(({ origin }) => origin);
const KEY = `switchover:${[A, B, C, D].join(' ')}:affinity`;

describe('a client with affinity', () => {
  it('has an active host of its own, the standbys next, and the other actives last', async () => {
    const order = orderOf(await client({ key: 'ann' }));
    expect(list.active).toContain(order[0]);
    expect(order[1]).toBe(D);
    expect([...order].sort()).toEqual([A, B, C, D]);
  });

  it('with the same key has the same host, whatever chance says and the list’s order is', async () => {
    const one = await client({ key: 'ann' });
    const other = await client({ key: 'ann' }, { random: () => 0.9, list: { active: [C, B, A], standby: [D] } });
    expect(orderOf(other)).toEqual(orderOf(one));
  });

  it('shares the active hosts with the others', async () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 90; i++) {
      const { pool } = await client({ key: `client ${i}` });
      counts.set(pool.status.current, (counts.get(pool.status.current) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([A, B, C]);
    for (const count of counts.values()) expect(count).toBeGreaterThan(10);
  });

  it('has hosts of its own zone first within their tier', async () => {
    const zoned = {
      active: [
        { url: A, zone: 'east' },
        { url: B, zone: 'west' },
        { url: C, zone: 'west' },
      ],
      standby: [D],
    };
    for (let i = 0; i < 10; i++) {
      const w = await client({ key: `client ${i}`, zone: 'east' }, { list: zoned });
      expect(orderOf(w).slice(0, 2)).toEqual([A, D]);
    }
  });

  it('keeps its own host when another joins or leaves', async () => {
    const w = await client({ key: 'ann' });
    const own = w.pool.status.current;
    const active = list.active.filter((origin) => origin === own || origin === (own === A ? B : A));
    w.pool.setHosts({ active, standby: [D] });
    expect(w.pool.status.current).toBe(own);
    w.pool.setHosts(list);
    expect(w.pool.status.current).toBe(own);
  });
});

describe('a client without a key', () => {
  it('draws one, keeps it, and finds it again', async () => {
    const storage = memoryStore();
    const drawn = orderOf(await client({}, { storage, random: () => 0.123 }));
    expect(typeof (await storage.get(KEY))).toBe('string');
    const again = await client({}, { storage, random: () => 0.789 });
    expect(orderOf(again)).toEqual(drawn);
    const named = memoryStore();
    await client({ name: 'mine' }, { storage: named });
    expect(typeof (await named.get('switchover:mine:affinity'))).toBe('string');
  });

  it.each<[string, Partial<KeyValueStore>]>([
    ['hangs', { get: () => new Promise(() => {}) }],
    ['rejects', { get: () => Promise.reject(new Error('broken')) }],
  ])('has a host of its own where the store %s, and is told', async (_what, broken) => {
    const storage = { ...memoryStore(), ...broken };
    const w = await client({}, { storage });
    expect([orderOf(w).length, w.told]).toEqual([4, ['STORAGE_FAILED']]);
    expect(w.clock.now()).toBeLessThanOrEqual(1_000_250);
  });
});
