import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discovery } from '../../../src/runtime/discovery.ts';
import { memoryStore } from '../../../src/runtime/memoryStore.ts';
import type { KeyValueStore } from '../../../src/runtime/ports.ts';
import { storedHealth } from '../../../src/runtime/storedHealth.ts';
import { settle } from '../http/fakes.ts';
import { A, B, C, world } from './world.ts';

const KEY = `switchover:${A} ${B}:health`;

/** A page after a page: each has a pool of its own over the same store. */
const page = (storage: KeyValueStore, options: Parameters<typeof world>[0] = {}) =>
  world({ storage, parts: [storedHealth()], ...options });

type World = ReturnType<typeof world>;

async function opened(w: World): Promise<World> {
  if (w.pool.ready !== null) await w.clock.until(w.pool.ready);
  return w;
}

/** A store in which one page has left that A is dead. */
async function afterDeath(): Promise<KeyValueStore> {
  const storage = memoryStore();
  const w = await opened(page(storage, { network: { [A]: 'refuse' } }));
  w.fail(A, 'refused');
  w.fail(A, 'refused');
  await w.clock.advance(0);
  w.pool.close();
  return storage;
}

describe('a reload', () => {
  it('does not visit the dead host first, but probes it when its cool-down is over', async () => {
    const w = await opened(page(await afterDeath()));
    expect([w.pool.take()?.origin, w.pool.status.current]).toEqual([B, B]);
    expect(w.pool.status.hosts[0]).toMatchObject({ state: 'ejected', why: 'refused' });
    await w.clock.advance(120_000);
    expect(w.pool.status.current).toBe(A);
  });

  it('knows only the hosts that are still listed', async () => {
    const storage = await afterDeath();
    const text = (await storage.get(KEY)) ?? '';
    const named = memoryStore();
    await named.set('switchover:mine:health', text);
    const w = await opened(page(named, { list: [C, B], parts: [storedHealth('mine')] }));
    expect([w.pool.status.current, w.told]).toEqual([C, []]);
  });

  it('asks the host that has just served it, where all were out of service', async () => {
    const storage = memoryStore();
    const host = { kind: 'ejected', why: 'refused', leftMs: 60_000, ejections: 3 };
    const hosts = [A, B].map((origin) => ({ ...host, origin }));
    const savedAtMs = world().pool.ports.clock.wallTime();
    await storage.set(KEY, JSON.stringify({ version: 1, savedAtMs, hosts, fence: [] }));
    const w = await opened(page(storage, { parts: [storedHealth(undefined, B)] }));
    expect([w.pool.status.current, ...w.pool.status.hosts.map(({ state }) => state)]).toEqual([B, 'ejected', 'up']);
  });

  it('finds the same record whatever the order of the list', async () => {
    const w = await opened(page(await afterDeath(), { list: [B, A] }));
    expect(w.pool.status.hosts[1]).toMatchObject({ origin: A, state: 'ejected' });
  });

  it('does not either where hosts are found only after it', async () => {
    const storage = memoryStore();
    const load = async () => {
      await settle();
      return { hosts: [A, B] };
    };
    const found = { list: [], parts: [storedHealth(), discovery({ load, refreshMs: 300_000 })] };
    const before = await opened(page(storage, { ...found, network: { [A]: 'refuse' } }));
    before.fail(A, 'refused');
    before.fail(A, 'refused');
    await before.clock.advance(0);
    for (let reload = 0; reload < 2; reload++) {
      const w = await opened(page(storage, found));
      expect([w.pool.take()?.origin, w.pool.status.current]).toEqual([B, B]);
      await w.clock.advance(0);
    }
  });

  it('still keeps out a server with an old epoch', async () => {
    const storage = memoryStore();
    const before = await opened(page(storage));
    before.answer(A, 200, { role: 'active', epoch: { cluster: 'main', number: 7 } });
    before.fail(B, 'refused');
    before.fail(B, 'refused');
    await before.clock.advance(0);
    const w = await opened(page(storage));
    expect(w.answer(A, 200, { role: 'active', epoch: { cluster: 'main', number: 6 } }).kind).toBe('not-active');
  });

  it.each([
    ['more than ten minutes later', 600_001],
    ['by a clock that was set back', -1_001],
  ])('knows nothing %s', async (_when, laterMs) => {
    const storage = await afterDeath();
    const memory = JSON.parse((await storage.get(KEY)) ?? '');
    await storage.set(KEY, JSON.stringify({ ...memory, savedAtMs: 1_000_000 - laterMs }));
    const w = await opened(page(storage));
    expect([w.pool.status.current, w.told]).toEqual([A, []]);
  });
});

describe('memory that is corrupt', () => {
  const opens = async (text: string) => {
    const storage = memoryStore();
    await storage.set(KEY, text);
    const w = await opened(page(storage));
    await w.clock.advance(0);
    const { current, hosts } = w.pool.status;
    w.pool.close();
    return { current, states: hosts.map(({ state }) => state), told: w.told };
  };
  const untouched = { current: A, states: ['up', 'up'], told: ['STORAGE_FAILED'] };

  it.each([
    '',
    'no JSON',
    'null',
    '[]',
    '{}',
    '7',
    '"x"',
    '{"version":2}',
    '{"version":1,"savedAtMs":1,"hosts":[null],"fence":[]}',
  ])('is a warning: %s', async (text) => {
    expect(await opens(text)).toEqual(untouched);
  });

  it('of any kind is a warning at most, and the pool works', async () => {
    const host = fc.record(
      {
        origin: fc.oneof(fc.constantFrom(A, B), fc.jsonValue()),
        kind: fc.oneof(fc.constantFrom('up', 'ejected', 'half-open', 'holding', 'inactive', 'alarm'), fc.jsonValue()),
        why: fc.oneof(fc.string(), fc.jsonValue()),
        leftMs: fc.oneof(fc.nat(), fc.double(), fc.jsonValue()),
        ejections: fc.oneof(fc.nat(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const memory = fc.record(
      {
        version: fc.constant(1),
        savedAtMs: fc.oneof(fc.constant(1_000_000), fc.jsonValue()),
        hosts: fc.oneof(fc.array(fc.oneof(host, fc.jsonValue())), fc.jsonValue()),
        fence: fc.oneof(fc.array(fc.oneof(fc.tuple(fc.string(), fc.nat(), fc.nat()), fc.jsonValue())), fc.jsonValue()),
      },
      { requiredKeys: ['version'] },
    );
    const text = fc.oneof(
      memory.map((value) => JSON.stringify(value)),
      fc.json(),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(text, async (stored) => {
        const { current, states, told } = await opens(stored);
        expect([A, B]).toContain(current);
        expect(states).toHaveLength(2);
        expect(told.filter((event) => event === 'STORAGE_FAILED').length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a store that is no good', () => {
  const good = memoryStore();

  it('and hangs is waited for 250 ms, then told of', async () => {
    const w = page({ ...good, get: () => new Promise(() => {}) });
    expect(w.pool.ready).not.toBeNull();
    await opened(w);
    expect([w.clock.now(), w.told, w.pool.ready]).toEqual([1_000_250, ['STORAGE_FAILED'], null]);
  });

  it('and answers too late is not heard any more', async () => {
    const text = (await (await afterDeath()).get(KEY)) ?? '';
    const late = async (): Promise<string> => {
      await new Promise<void>((resolve) => w.clock.setTimer(resolve, 300));
      return text;
    };
    const w = page({ ...good, get: late });
    await opened(w);
    await w.clock.advance(1_000);
    expect(w.pool.status.current).toBe(A);
  });

  it.each<[string, Partial<KeyValueStore>]>([
    [
      'throws',
      {
        get: () => {
          throw new Error('SecurityError');
        },
      },
    ],
    ['rejects', { get: () => Promise.reject(new Error('broken')) }],
  ])('and %s at reading is told of, at once', async (_what, broken) => {
    const w = await opened(page({ ...good, ...broken }));
    await w.clock.advance(0);
    expect([w.clock.now(), w.told]).toEqual([1_000_000, ['STORAGE_FAILED']]);
  });

  it.each<[string, Partial<KeyValueStore>]>([
    [
      'is full',
      {
        set: () => {
          throw new Error('QuotaExceededError');
        },
      },
    ],
    ['rejects', { set: () => Promise.reject(new Error('broken')) }],
  ])('and %s at writing is told of; the work goes on', async (_what, broken) => {
    const w = await opened(page({ ...memoryStore(), ...broken }));
    w.fail(A, 'refused');
    w.fail(A, 'refused');
    await w.clock.advance(0);
    expect(w.news()).toEqual(['a ejected', 'failover ab refused', 'STORAGE_FAILED']);
  });
});
