import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asyncStorageStore } from '../../../src/reactNative/asyncStorage.ts';
import { mmkvStore } from '../../../src/reactNative/mmkv.ts';
import { inPieces } from '../../../src/reactNative/pieces.ts';
import { reactNative } from '../../../src/reactNative/platform.ts';
import { keychainStore, secureStore } from '../../../src/reactNative/secrets.ts';
import { memoryStore } from '../../../src/runtime/memoryStore.ts';
import type { KeyValueStore } from '../../../src/runtime/ports.ts';
import { seal } from '../../../src/session/storedSession.ts';

/** As of version 3; `getMany` and its like are not used. */
function asyncStorage(values = new Map<string, string>()) {
  return {
    getItem: async (key: string) => values.get(key) ?? null,
    setItem: async (key: string, value: string) => void values.set(key, value),
    removeItem: async (key: string) => void values.delete(key),
    getAllKeys: async () => [...values.keys()],
  };
}

function mmkv(remove: 'remove' | 'delete', values = new Map<string, string>()) {
  return {
    getString: (key: string) => values.get(key),
    set: (key: string, value: string) => void values.set(key, value),
    getAllKeys: () => [...values.keys()],
    [remove]: (key: string) => values.delete(key),
  };
}

/** Refuses what the real one refuses: odd names, and values that are too long. */
function expoSecureStore(values = new Map<string, string>()) {
  const named = (key: string) => {
    if (!/^[\w.-]+$/.test(key)) throw new Error(`Invalid key ${key}`);
    return key;
  };
  return {
    getItemAsync: async (key: string) => values.get(named(key)) ?? null,
    async setItemAsync(key: string, value: string) {
      if (new TextEncoder().encode(value).length > 2048) throw new Error('too long');
      values.set(named(key), value);
    },
    deleteItemAsync: async (key: string) => void values.delete(named(key)),
  };
}

function keychain(values = new Map<string, string>(), accepts = true) {
  type At = { service: string };
  return {
    getGenericPassword: async (at: object = {}) => {
      const password = values.get((at as At).service);
      return password === undefined ? (false as const) : { password };
    },
    async setGenericPassword(_name: string, password: string, at: object = {}) {
      if (accepts) values.set((at as At).service, password);
      return accepts ? { service: (at as At).service } : false;
    },
    resetGenericPassword: async (at: object = {}) => values.delete((at as At).service),
  };
}

const STORES: Readonly<Record<string, () => KeyValueStore>> = {
  AsyncStorage: () => asyncStorageStore(asyncStorage()),
  'MMKV 4': () => mmkvStore(mmkv('remove')),
  'MMKV 3': () => mmkvStore(mmkv('delete')),
  SecureStore: () => secureStore(expoSecureStore()),
  Keychain: () => keychainStore(keychain()),
};

describe.each(Object.entries(STORES))('a store over %s', (_name, make) => {
  test('gives what was set, under any key, of any length, until it is deleted', async () => {
    const store = make();
    const key = 'switchover:https://a.example.com ü#1:session';
    expect(await store.get(key)).toBeUndefined();
    for (const value of ['one', '', '🐚'.repeat(3_000), 'two']) {
      await store.set(key, value);
      expect(await store.get(key)).toBe(value);
    }
    expect(await store.get('switchover:other')).toBeUndefined();
    await store.delete(key);
    expect(await store.get(key)).toBeUndefined();
  });

  test('has one owner for a name, over all stores of one storage', async () => {
    const { locks } = make();
    const mine = await locks?.acquire('a');
    expect(await locks?.acquire('a')).toBeNull();
    const next = locks?.wait?.('a', new AbortController().signal);
    await mine?.();
    const theirs = await next;
    expect(await locks?.acquire('a')).toBeNull();
    await theirs?.();
    expect(await locks?.acquire('a')).not.toBeNull();
  });
});

describe('locks', () => {
  test('of two stores over one storage know of each other; a wait ends with its signal', async () => {
    const storage = asyncStorage();
    const [one, other] = [asyncStorageStore(storage).locks, asyncStorageStore(storage).locks];
    await one?.acquire('a');
    expect(await other?.acquire('a')).toBeNull();
    const ended = new AbortController();
    const waiting = other?.wait?.('a', ended.signal);
    ended.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});

describe('an update', () => {
  test.each(['AsyncStorage', 'MMKV 4'])('in %s sees the writes before it, and none comes between', async (name) => {
    const store = STORES[name]?.() ?? memoryStore();
    const add = (text: string) => store.update?.('a', (was = '') => was + text);
    await Promise.all([store.set('a', '1'), add('2'), add('3'), store.set('b', ''), add('4')]);
    expect(await store.get('a')).toBe('1234');
    await store.update?.('a', () => undefined);
    expect(await store.get('a')).toBeUndefined();
  });
});

describe('what is kept in pieces', () => {
  test('is a whole old or a whole new text, wherever the app ends', async () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(texts, texts, fc.nat(20), async (old, next, left) => {
        const values = new Map<string, string>();
        await inPieces(mortal(values, Infinity), 12).set('k', old);
        await Promise.allSettled([inPieces(mortal(values, left), 12).set('k', next)]);
        const found = await inPieces(mortal(values, Infinity), 12).get('k');
        expect([old, next]).toContain(found);
        await inPieces(mortal(values, Infinity), 12).set('k', next);
        expect(await inPieces(mortal(values, Infinity), 12).get('k')).toBe(next);
      }),
    );
  });

  test('leaves nothing behind when it is deleted or replaced', async () => {
    const values = new Map<string, string>();
    const store = inPieces(mortal(values, Infinity), 12);
    await store.set('k', 'x'.repeat(50));
    await store.set('k', 'short');
    expect([...values.keys()]).toEqual(['k']);
    await store.set('k', 'x'.repeat(50));
    await store.delete('k');
    expect([...values.keys()]).toEqual([]);
  });
});

/** A store that takes no more than 12 bytes a value, and whose process ends after so many writes. */
function mortal(values: Map<string, string>, left: number): KeyValueStore {
  let writes = left;
  const write = async (act: () => unknown) => {
    if (writes-- <= 0) throw new Error('the app is gone');
    act();
  };
  return {
    get: async (key) => values.get(key),
    set: (key, value) =>
      write(() => {
        if (new TextEncoder().encode(value).length > 12) throw new Error(`too long: ${value}`);
        values.set(key, value);
      }),
    delete: (key) => write(() => values.delete(key)),
  };
}

describe('reactNative', () => {
  test('keeps tokens with the secrets, and all else in the storage', async () => {
    const [plain, secret] = [new Map<string, string>(), new Map<string, string>()];
    const { storage } = reactNative({ storage: asyncStorage(plain), secrets: keychain(secret) });
    for (const key of ['switchover:quay:session', 'switchover:quay:health', 'switchover:channel:a:session']) {
      await storage?.update?.(key, () => 'kept');
      expect(await storage?.get(key)).toBe('kept');
    }
    expect([...secret.keys()]).toEqual(['switchover:quay:session']);
    expect([...plain.keys()]).toEqual(['switchover:quay:health', 'switchover:channel:a:session']);
  });

  test('keeps the token of a channel with the secrets, and what changes with each message in the storage', async () => {
    const [plain, secret] = [new Map<string, string>(), new Map<string, string>()];
    const [key, tokenKey] = ['switchover:channel:/chat', 'switchover:token:/chat'];
    const storage = () =>
      reactNative({ storage: mmkv('remove', plain), secrets: keychain(secret) }).storage ?? memoryStore();
    const head = (changes: object) => seal({ sid: 's1', token: 't1', stream: 'r', tx: 1, tail: [], ...changes });
    const store = storage();
    await store.set(key, head({}));
    expect([plain.get(key), secret.get(tokenKey)]).toEqual([head({ token: '' }), 's1 t1']);
    // Nothing but the token takes time.
    expect(store.set(key, head({ tx: 2 }))).toBe(undefined);
    expect(await store.get(key)).toBe(head({ tx: 2 }));
    expect(await storage().get(key)).toBe(head({ tx: 2 }));
    // Neither a session without its token, nor one with another's, has any.
    secret.set(tokenKey, 's2 t2');
    expect(await storage().get(key)).toBe(head({ tx: 2, token: '' }));
    secret.clear();
    expect(await storage().get(key)).toBe(head({ tx: 2, token: '' }));
    // What was stored before tokens were kept apart.
    plain.set(key, head({ tx: 3 }));
    const later = storage();
    expect(await later.get(key)).toBe(head({ tx: 3 }));
    await later.set(key, head({ tx: 4 }));
    expect([plain.get(key), secret.get(tokenKey)]).toEqual([head({ tx: 4, token: '' }), 's1 t1']);
    // Messages that speak of tokens are left as they are.
    const segment = seal([{ text: '{"token":"","token":"x"}' }]);
    expect([later.set(`${key}.1`, segment), plain.get(`${key}.1`)]).toEqual([undefined, segment]);
    expect(await later.get(`${key}.1`)).toBe(segment);
    await later.delete(`${key}.1`);
    await later.delete(key);
    expect([...plain.keys(), ...secret.keys()]).toEqual([]);
  });

  test('does not store a session whose token the key store did not take', async () => {
    const plain = new Map<string, string>();
    const { storage } = reactNative({ storage: mmkv('remove', plain), secrets: keychain(new Map(), false) });
    const stored = storage?.set('switchover:channel:/chat', seal({ sid: 's1', token: 't1' }));
    await expect(stored).rejects.toThrow('did not take it');
    expect([...plain.keys()]).toEqual([]);
  });

  test('knows each part by its methods', () => {
    const stores = [asyncStorage(), mmkv('remove'), mmkv('delete'), memoryStore()];
    for (const storage of stores) expect(reactNative({ storage }).storage).toBeDefined();
    for (const secrets of [expoSecureStore(), keychain(), memoryStore()]) {
      expect(reactNative({ secrets }).storage).toBeDefined();
    }
    expect(Object.keys(reactNative())).toEqual(['fetch', 'random']);
  });

  test.each([
    ['storage', {}],
    ['storage', null],
    ['secrets', { getItem: () => null }],
    ['appState', { addEventListener: 1 }],
    ['netInfo', {}],
    ['crypto', { subtle: {} }],
    ['mmkv', mmkv('delete')],
  ])('refuses at once what is no %s', (name, given) => {
    const error = expect(() => reactNative({ [name]: given } as never));
    error.toThrow(expect.objectContaining({ code: 'INVALID_OPTION', remedy: expect.stringMatching(/Give|Use/) }));
  });

  test('tells of a keychain that takes nothing', async () => {
    await expect(keychainStore(keychain(new Map(), false)).set('a', 'b')).rejects.toThrow('did not take it');
  });
});
