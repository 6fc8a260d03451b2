import type { KeyValueStore } from '../runtime/ports.ts';
import { requireMethods } from './checks.ts';
import { ownerLocks } from './ownerLocks.ts';

/** What is used of `@react-native-async-storage/async-storage`: of its default export, or of what `createAsyncStorage` gives. */
export interface AsyncStorageLike {
  /** The text under a key; null where there is none. */
  getItem(key: string): Promise<string | null>;
  /** Stores a text. */
  setItem(key: string, value: string): Promise<void>;
  /** Takes a text away. */
  removeItem(key: string): Promise<void>;
  /** The keys of all that is stored. */
  getAllKeys(): Promise<readonly string[]>;
}

/** By these it is known. */
export const ASYNC_STORAGE = ['getItem', 'setItem', 'removeItem', 'getAllKeys'];

/**
 * Keeps state in AsyncStorage, which is not encrypted. It has no step that reads and writes at once, so `update` waits until this
 * store's writes before it are done, and the next ones wait for it.
 *
 * @throws SwitchoverError `INVALID_OPTION` for what is no AsyncStorage.
 */
export function asyncStorageStore(asyncStorage: AsyncStorageLike): KeyValueStore {
  requireMethods('storage', asyncStorage, ASYNC_STORAGE, 'AsyncStorage');
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (write: () => Promise<void>): Promise<void> => {
    const written = last.then(write);
    last = written.catch(() => {});
    return written;
  };
  const read = async (key: string): Promise<string | undefined> => (await asyncStorage.getItem(key)) ?? undefined;
  return {
    get: read,
    set: (key, value) => inTurn(() => asyncStorage.setItem(key, value)),
    delete: (key) => inTurn(() => asyncStorage.removeItem(key)),
    update: (key, change) =>
      inTurn(async () => {
        const next = change(await read(key));
        await (next === undefined ? asyncStorage.removeItem(key) : asyncStorage.setItem(key, next));
      }),
    keys: () => asyncStorage.getAllKeys(),
    locks: ownerLocks(asyncStorage),
  };
}
