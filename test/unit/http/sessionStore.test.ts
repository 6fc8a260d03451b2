import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../../src/runtime/memoryStore.ts';
import type { KeyValueStore } from '../../../src/runtime/ports.ts';
import { rejection, settle } from './fakes.ts';
import { A, B, C, clientOf, Fleet, resume, who } from './sessionFleet.ts';

const KEY = 'switchover:app:session';

/** A store whose calls are what the test says; the rest is a memory store. */
const storeWith = (parts: Partial<KeyValueStore>): KeyValueStore => ({ ...memoryStore(), ...parts });

describe('a stored token', () => {
  test('is resumed by the next process, without a login', async () => {
    const fleet = new Fleet();
    const storage = memoryStore();
    await who(clientOf(fleet, { session: { storage } }).fetch('/me'));
    const { fetch, told } = clientOf(fleet, { session: { storage } });
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't2' });
    expect(told).toEqual([`resumed ${A}`]);
    expect(fleet.at('/login')).toEqual([A]);
  });

  test('is used as it is by the next process where there is no resume', async () => {
    const fleet = new Fleet();
    const storage = memoryStore();
    await who(clientOf(fleet, { session: { storage, resume: undefined } }).fetch('/me'));
    const { fetch } = clientOf(fleet, { session: { storage, resume: undefined } });
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't1' });
    expect(fleet.at('/login')).toEqual([A]);
  });

  test('lies in the storage of the pool under a name made from its hosts in any order, or under the given key', async () => {
    const fleet = new Fleet();
    const storage = memoryStore();
    await who(clientOf(fleet, { hosts: [B, A], pool: { storage } }).fetch('/me'));
    expect(await storage.get(`switchover:${A} ${B}:session`)).toContain('"t1"');
    await who(clientOf(fleet, { pool: { storage }, session: { key: 'app' } }).fetch('/me'));
    expect(JSON.parse(String(await storage.get(KEY)))).toMatchObject({ token: 't2', host: A, origins: [A, B] });
  });

  test('is stored before it is sent', async () => {
    const fleet = new Fleet();
    const steps: string[] = [];
    const storage = storeWith({
      set: async (_key, text) => {
        await settle();
        steps.push(`stored ${(JSON.parse(text) as { token: string }).token}`);
      },
    });
    const { fetch } = clientOf(fleet, {
      session: { storage },
      pool: {
        fetch: (input, init) => {
          if (String(input).endsWith('/me')) steps.push('sent');
          return fleet.fetch(input, init);
        },
      },
    });
    await who(fetch('/me'));
    fleet.modes.set(A, 'refused');
    await who(fetch('/me'));
    expect(steps).toEqual(['stored t1', 'sent', 'sent', 'stored t2', 'sent']);
  });

  test('that another page has renewed is taken over: nothing is resumed twice or lost', async () => {
    const fleet = new Fleet();
    const storage = memoryStore();
    const one = clientOf(fleet, { session: { storage } });
    const two = clientOf(fleet, { session: { storage } });
    await who(one.fetch('/me'));
    await who(two.fetch('/me'));
    expect(fleet.at('/resume')).toEqual([A]);
    expect(await who(one.fetch('/me'))).toEqual({ origin: A, token: 't2' });
    expect(fleet.at('/resume')).toEqual([A]);
    expect(one.told).toEqual([`opened ${A}`]);
  });

  test('that another page renews at the same moment is taken over when the server refuses the old one', async () => {
    const fleet = new Fleet();
    const storage = memoryStore();
    const one = clientOf(fleet, { session: { storage } });
    await who(one.fetch('/me'));
    const two = clientOf(fleet, {
      session: {
        storage,
        resume: async (context) => {
          await who(one.fetch('/me', { failover: { pin: B } }));
          return resume(context);
        },
      },
    });
    expect(await who(two.fetch('/me'))).toMatchObject({ origin: A });
    expect([...one.told, ...two.told].filter((line) => line.startsWith('lost'))).toEqual([]);
    expect(fleet.at('/login')).toEqual([A]);
  });

  test('that two pages make at the same moment is in the end the same for both', async () => {
    const fleet = new Fleet();
    const storage = memoryStore();
    const one = clientOf(fleet, { session: { storage } });
    await who(one.fetch('/me'));
    const two = clientOf(fleet, {
      session: {
        storage,
        resume: async (context) => {
          const granted = await resume(context);
          await who(one.fetch('/me', { failover: { pin: B } }));
          return granted;
        },
      },
    });
    fleet.accepts = (token) => token !== null && /^t[23]$/.test(token);
    expect(await who(two.fetch('/me'))).toMatchObject({ token: 't2' });
    expect(await who(one.fetch('/me'))).toMatchObject({ token: 't3' });
    fleet.accepts = (token) => token === 't2';
    expect(await who(one.fetch('/me'))).toMatchObject({ token: 't2' });
    expect([...one.told, ...two.told].filter((line) => line.startsWith('lost'))).toEqual([]);
  });

  test('is taken away when the session is lost', async () => {
    const fleet = new Fleet();
    const storage = memoryStore();
    const { fetch } = clientOf(fleet, { session: { storage, key: 'app' } });
    await who(fetch('/me'));
    fleet.forget();
    await rejection(fetch('/me'));
    await settle();
    expect(await storage.get(KEY)).toBeUndefined();
  });
});

describe('a token for other hosts', () => {
  test('is not sent: it is dropped, told as lost, and a new session is opened', async () => {
    const fleet = new Fleet();
    const storage = memoryStore();
    await who(clientOf(fleet, { session: { storage, key: 'app' } }).fetch('/me'));
    fleet.received.length = 0;
    const { fetch, told } = clientOf(fleet, { hosts: [C], session: { storage, key: 'app' } });
    expect(await who(fetch('/me'))).toEqual({ origin: C, token: 't2' });
    expect(told).toEqual([`lost ${A} SESSION_LOST`, `opened ${C}`]);
    expect(fleet.received.filter(({ token }) => token === 't1')).toEqual([]);
    expect(JSON.parse(String(await storage.get(KEY)))).toMatchObject({ token: 't2', origins: [C] });
  });

  test('is not sent either when the list is changed to them on the way', async () => {
    const fleet = new Fleet();
    const { fetch, told, pool } = clientOf(fleet);
    await who(fetch('/me'));
    pool.setHosts([C]);
    expect(await who(fetch('/me'))).toEqual({ origin: C, token: 't2' });
    expect(told).toEqual([`opened ${A}`, `lost ${A} SESSION_LOST`, `opened ${C}`]);
    expect(fleet.received.filter(({ origin, token }) => origin === C && token === 't1')).toEqual([]);
  });

  test('is theirs too where the lists share one host', async () => {
    const fleet = new Fleet();
    const storage = memoryStore();
    const { fetch, told, pool } = clientOf(fleet, { session: { storage, key: 'app' } });
    await who(fetch('/me'));
    pool.setHosts([C, B]);
    expect(await who(fetch('/me'))).toEqual({ origin: C, token: 't2' });
    pool.setHosts([C]);
    expect(await who(fetch('/me'))).toEqual({ origin: C, token: 't2' });
    expect(told).toEqual([`opened ${A}`, `resumed ${C}`]);
    await settle();
    expect(JSON.parse(String(await storage.get(KEY)))).toMatchObject({ origins: [C] });
  });
});

const broken = () => {
  throw new Error('disk full');
};

describe('a store that is', () => {
  test.each([
    ['no JSON', 'not json {"token":"t-secret"'],
    ['something else', '{"a":1}'],
    ['null', 'null'],
    [
      'a token of a later format',
      `{"format":2,"token":"t-secret","version":1,"expiresAtMs":null,"origins":["${A}"],"host":"${A}"}`,
    ],
    ['incomplete', '{"format":1,"token":"t-secret","version":1,"expiresAtMs":null,"host":"x"}'],
  ])('%s is told, not quoted, and written over', async (_, text) => {
    const fleet = new Fleet();
    const storage = memoryStore();
    await storage.set(KEY, text);
    const { fetch, told, errors } = clientOf(fleet, { session: { storage, key: 'app' } });
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't1' });
    expect(told).toEqual(['warning STORAGE_FAILED', `opened ${A}`]);
    expect(JSON.stringify([errors[0], String(errors[0]), String(errors[0]?.cause)])).not.toContain('t-secret');
    expect(JSON.parse(String(await storage.get(KEY)))).toMatchObject({ token: 't1' });
  });

  test.each([
    ['broken', { get: broken, set: broken, delete: broken }],
    [
      'rejecting',
      {
        get: () => Promise.reject(new Error('x')),
        set: () => Promise.reject(new Error('x')),
        delete: () => Promise.reject(new Error('x')),
      },
    ],
    ['full', { set: broken }],
  ])('%s is told, and the session goes on in memory', async (_, parts) => {
    const fleet = new Fleet();
    const { fetch, told, session } = clientOf(fleet, { session: { storage: storeWith(parts) } });
    expect(await who(fetch('/me'))).toEqual({ origin: A, token: 't1' });
    fleet.modes.set(A, 'refused');
    expect(await who(fetch('/me'))).toEqual({ origin: B, token: 't2' });
    expect(told).toContain('warning STORAGE_FAILED');
    await session.end();
    expect(session.state).toBe('none');
  });

  test('silent is waited for once, for a limited time', async () => {
    const fleet = new Fleet();
    const never = () => new Promise<never>(() => {});
    const { fetch, told, clock } = clientOf(fleet, {
      session: { storage: { get: never, set: never, delete: never } },
    });
    const first = who(fetch('/me'));
    for (let at = 0; at < 2; at++) {
      await settle();
      clock.advance(2_000);
    }
    await settle();
    clock.advance(0);
    expect(await first).toEqual({ origin: A, token: 't1' });
    fleet.modes.set(A, 'refused');
    const second = who(fetch('/me'));
    for (let at = 0; at < 5; at++) {
      await settle();
      clock.advance(0);
    }
    expect(await second).toEqual({ origin: B, token: 't2' });
    expect(told.slice(0, 3)).toEqual(['warning STORAGE_FAILED', 'warning STORAGE_FAILED', `opened ${A}`]);
  });
});
