import { describe, expect, it, vi } from 'vitest';
import { memoryStore } from '../../../src/runtime/memoryStore.ts';
import type { KeyValueStore } from '../../../src/runtime/ports.ts';
import { SafeStorage } from '../../../src/runtime/safeStorage.ts';
import { world } from './world.ts';

function setUp(store: Partial<KeyValueStore> = {}) {
  const kept = memoryStore();
  const w = world({ storage: { ...kept, ...store } });
  return { ...w, kept, storage: new SafeStorage(w.pool, 'it') };
}

describe('one key of a store', () => {
  it('is written and read under a name of this library', async () => {
    const { storage, kept } = setUp();
    await storage.write('text');
    expect([await kept.get('switchover:it'), await storage.read()]).toEqual(['text', 'text']);
  });

  it('is taken away by null', async () => {
    const { storage, kept } = setUp();
    await storage.write('text');
    await storage.write(null);
    expect([await kept.get('switchover:it'), await storage.read()]).toEqual([undefined, undefined]);
  });

  it('that was never written is undefined, and no warning', async () => {
    const { storage, told } = setUp();
    expect([await storage.read(), told]).toEqual([undefined, []]);
  });

  it('leaves no timer when it was read', async () => {
    const { storage, clock } = setUp();
    await storage.read();
    await clock.advance(0);
    expect(clock.timers).toEqual([]);
  });

  it('of several texts of one step, and of all while the store is slow, the last alone is written', async () => {
    const finish: (() => void)[] = [];
    const set = vi.fn(() => new Promise<void>((resolve) => void finish.push(resolve)));
    const { storage, clock } = setUp({ set });
    for (const text of ['1', '2', '3']) void storage.write(text);
    await clock.advance(0);
    for (const text of ['4', '5']) void storage.write(text);
    const all = storage.write('6');
    await clock.advance(0);
    expect(set.mock.calls).toEqual([['switchover:it', '3']]);
    finish[0]?.();
    await clock.advance(0);
    finish[1]?.();
    await all;
    expect(set.mock.calls).toEqual([
      ['switchover:it', '3'],
      ['switchover:it', '6'],
    ]);
  });

  it('that could not be written is told of, and the next text is tried', async () => {
    const set = vi.fn().mockRejectedValueOnce(new Error('full')).mockResolvedValue(undefined);
    const { storage, pool, told } = setUp({ set });
    const warnings: unknown[] = [];
    pool.events.on('warning', (error) => warnings.push(error));
    await storage.write('1');
    expect(warnings).toMatchObject([
      { code: 'STORAGE_FAILED', cause: { message: 'full' }, remedy: expect.any(String) },
    ]);
    await storage.write('2');
    expect([set.mock.calls.length, told]).toEqual([2, ['STORAGE_FAILED']]);
  });

  it('is waited for as long as said', async () => {
    const { storage, clock, told } = setUp({ get: () => new Promise(() => {}) });
    expect(await clock.until(storage.read(2_000))).toBeUndefined();
    expect([clock.now(), told]).toEqual([1_002_000, ['STORAGE_FAILED']]);
  });
});
