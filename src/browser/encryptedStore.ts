import { get, update } from 'idb-keyval';
import { SwitchoverError } from '../policy/error.ts';
import { invalidOption, refuseUnknown } from '../policy/fill.ts';
import type { KeyValueStore } from '../runtime/ports.ts';
import { DATABASE, isSharedKey } from '../site/names.ts';
import { steady } from './idbStore.ts';
import { isSealed, openText, sealText } from './sealing.ts';

/** Options of {@link encryptedStore}. */
export interface EncryptedStoreOptions {
  /** The IndexedDB database in which the key lies, which belongs to it alone. Default `switchover-key`. */
  readonly keyDatabase?: string;
  /**
   * What becomes of values that were stored before in the clear: `migrate` reads them, and stores them encrypted; `refuse` reads them
   * as values that nobody understands. Whoever can write into the store can pass off a value of his own where they are read. Default
   * `migrate`.
   */
  readonly clear?: 'migrate' | 'refuse';
}

const KEY = 'key';

/**
 * Encrypts what a store keeps: AES-GCM with 256 bits, a new random IV for each value, the name of its key bound to it, so that no
 * value can be put in another's place. The key is made in the browser, can't be exported, and lies in IndexedDB.
 *
 * It protects what lies on the disk, in a backup, or in a debugger's view of the storage. It does not protect from a script that runs
 * in the page (it can use the key as the page does), nor from a program that can use the browser's whole profile: the browser keeps
 * the key in it.
 *
 * What pages share with the service worker stays in the clear, since the worker must read it: which hosts are up, and where pages were
 * sent. It holds nothing secret.
 *
 * A value that can't be decrypted, since the key is gone or somebody changed it, is read as an empty text: its reader then tells that
 * it can't be understood, and writes it anew.
 *
 * @throws SwitchoverError `CRYPTO_MISSING` where the page is no secure context; `INVALID_OPTION`.
 */
export function encryptedStore(store: KeyValueStore, options: EncryptedStoreOptions = {}): KeyValueStore {
  const { keyDatabase, clear } = readOptions(options);
  if (globalThis.crypto?.subtle === undefined) throw noCrypto();
  const keyOf = keptKey(keyDatabase);
  const open = async (name: string, text: string) => {
    if (isSealed(text)) return openText(await keyOf(), name, text);
    return clear === 'migrate' ? text : '';
  };
  const seal = async (name: string, value: string) =>
    isSharedKey(name) ? value : sealText(await keyOf(), name, value);
  return {
    ...keptOf(store),
    async get(name) {
      const text = await store.get(name);
      if (text === undefined || isSharedKey(name)) return text;
      const value = await open(name, text);
      // Unless somebody has written meanwhile: that one was encrypted.
      if (value === text) await replace(store, name, text, await seal(name, value));
      return value;
    },
    set: async (name, value) => store.set(name, await seal(name, value)),
    delete: (name) => store.delete(name),
    ...(store.update === undefined ? {} : { update: (name, change) => changed(store, name, change, open, seal) }),
  };
}

/** What encryption does not touch. */
function keptOf(store: KeyValueStore): Partial<KeyValueStore> {
  const { volatile, locks, ready } = store;
  return {
    ...(volatile === undefined ? {} : { volatile }),
    ...(locks === undefined ? {} : { locks }),
    ...(ready === undefined ? {} : { ready }),
    ...(store.keys === undefined ? {} : { keys: () => store.keys?.() ?? [] }),
  };
}

/**
 * Decrypting takes a moment, in which another tab may write: then it begins anew. Somebody's change succeeds in each round, so it
 * comes to its end.
 */
async function changed(
  store: KeyValueStore,
  name: string,
  change: (value: string | undefined) => string | undefined,
  open: (name: string, text: string) => Promise<string>,
  seal: (name: string, value: string) => Promise<string>,
): Promise<void> {
  for (;;) {
    const text = await store.get(name);
    const value = text === undefined || isSharedKey(name) ? text : await open(name, text);
    const next = change(value);
    if (await replace(store, name, text, next === undefined ? next : await seal(name, next))) return;
  }
}

/** Puts a value in another's place, if that is still there. A store that can't do so in one step is left as it is. */
async function replace(
  store: KeyValueStore,
  name: string,
  from: string | undefined,
  to: string | undefined,
): Promise<boolean> {
  let done = false;
  await store.update?.(name, (text) => {
    done = text === from;
    return done ? to : text;
  });
  return done;
}

/** The key of this origin, made by the first page that needs one. Read once; a failed look is tried again. */
function keptKey(database: string): () => Promise<CryptoKey> {
  const use = steady(database);
  let kept: Promise<CryptoKey> | undefined;
  const look = async (): Promise<CryptoKey> => {
    const known = await get<CryptoKey>(KEY, use);
    if (known !== undefined) return known;
    const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    // Of two tabs that begin at the same moment, both use the key of the one that came first.
    let agreed = made;
    await update<CryptoKey>(KEY, (other) => (agreed = other ?? made), use);
    return agreed;
  };
  return () => {
    kept ??= look().catch((cause) => {
      kept = undefined;
      const remedy = 'See that this page may use IndexedDB; without the key nothing can be stored.';
      throw new SwitchoverError('STORAGE_FAILED', 'The key of the encrypted store could not be had.', {
        remedy,
        cause,
      });
    });
    return kept;
  };
}

function readOptions(options: EncryptedStoreOptions): Required<EncryptedStoreOptions> {
  refuseUnknown(options, ['keyDatabase', 'clear']);
  const { keyDatabase = `${DATABASE.name}-key`, clear = 'migrate' } = options;
  if (clear !== 'migrate' && clear !== 'refuse') {
    throw invalidOption(`clear can't be ${String(clear)}`, 'Use migrate or refuse.');
  }
  if (typeof keyDatabase !== 'string' || keyDatabase === '') {
    throw invalidOption(`keyDatabase can't be ${JSON.stringify(keyDatabase)}`, 'Give a name.');
  }
  return { keyDatabase, clear };
}

function noCrypto(): SwitchoverError {
  return new SwitchoverError('CRYPTO_MISSING', 'This page has no WebCrypto, so nothing can be encrypted.', {
    remedy: 'Serve it by https, or from localhost: browsers have WebCrypto in secure contexts alone.',
  });
}
