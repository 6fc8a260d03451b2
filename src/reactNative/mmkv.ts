import type { KeyValueStore } from '../runtime/ports.ts';
import { hasMethods, requireMethods } from './checks.ts';
import { ownerLocks } from './ownerLocks.ts';

/** What is used of an instance of `react-native-mmkv`: `new MMKV()` up to version 3, `createMMKV()` from version 4 on. */
export interface MmkvLike {
  /** The text under a key; undefined where there is none. */
  getString(key: string): string | undefined;
  /** Stores a text. */
  set(key: string, value: string): void;
  /** Takes a value away, from version 4 on. */
  remove?(key: string): unknown;
  /** Takes a value away, up to version 3. */
  delete?(key: string): unknown;
  /** The keys of all that is stored. */
  getAllKeys(): string[];
}

/** By these it is known, whatever its version. */
export const MMKV = ['getString', 'set', 'getAllKeys'];

/**
 * Keeps state in MMKV, which answers at once: what a channel takes is stored before `send` returns. Make the instance with an
 * `encryptionKey`, and what it keeps is encrypted.
 *
 * @throws SwitchoverError `INVALID_OPTION` for what is no instance of MMKV.
 */
export function mmkvStore(mmkv: MmkvLike): KeyValueStore {
  requireMethods('storage', mmkv, MMKV, 'an instance of MMKV');
  // `delete` was renamed in version 4.
  const remove = hasMethods(mmkv, ['remove']) ? 'remove' : 'delete';
  requireMethods('storage', mmkv, [remove], 'an instance of MMKV');
  const drop = (key: string): void => void mmkv[remove]?.(key);
  return {
    get: (key) => mmkv.getString(key),
    set: (key, value) => mmkv.set(key, value),
    delete: drop,
    update(key, change) {
      const next = change(mmkv.getString(key));
      if (next === undefined) drop(key);
      else mmkv.set(key, next);
    },
    keys: () => mmkv.getAllKeys(),
    locks: ownerLocks(mmkv),
  };
}
