import type { KeyValueStore } from '../runtime/ports.ts';
import { requireMethods } from './checks.ts';
import { ownerLocks } from './ownerLocks.ts';
import { inPieces } from './pieces.ts';

/** What is used of `expo-secure-store`. */
export interface SecureStoreLike {
  /** The text under a key; null where there is none. */
  getItemAsync(key: string, options?: object): Promise<string | null>;
  /** Stores a text. */
  setItemAsync(key: string, value: string, options?: object): Promise<void>;
  /** Takes a text away. */
  deleteItemAsync(key: string, options?: object): Promise<void>;
}

/** By these it is known. */
export const SECURE_STORE = ['getItemAsync', 'setItemAsync', 'deleteItemAsync'];

/** What is used of `react-native-keychain`. */
export interface KeychainLike {
  /** The entry of a service; false where there is none. */
  getGenericPassword(options?: object): Promise<
    | false
    | {
        /** What is kept. */
        readonly password: string;
      }
  >;
  /** Stores the entry of a service; false where that failed. */
  setGenericPassword(username: string, password: string, options?: object): Promise<unknown>;
  /** Takes the entry of a service away. */
  resetGenericPassword(options?: object): Promise<unknown>;
}

/** By these it is known. */
export const KEYCHAIN = ['getGenericPassword', 'setGenericPassword', 'resetGenericPassword'];

/** iOS refused more for long, and expo-secure-store warns of more. */
const MAX_BYTES = 2_048;

/**
 * Keeps secrets with `expo-secure-store`: in the Keychain of iOS, under a key of the Keystore of Android. What is longer than the 2,048
 * bytes that it is good for is kept in pieces; its names may hold letters, digits, `.`, `-` and `_` alone, so others are escaped.
 *
 * @param options Goes along with each call, as `{ keychainAccessible: SecureStore.AFTER_FIRST_UNLOCK }`. Default none. Not
 * `requireAuthentication`: a request can't wait for a finger.
 * @throws SwitchoverError `INVALID_OPTION` for what is no SecureStore.
 */
export function secureStore(secureStore: SecureStoreLike, options: object = {}): KeyValueStore {
  requireMethods('secrets', secureStore, SECURE_STORE, 'the module expo-secure-store');
  const store: KeyValueStore = {
    get: async (key) => (await secureStore.getItemAsync(escaped(key), options)) ?? undefined,
    set: (key, value) => secureStore.setItemAsync(escaped(key), value, options),
    delete: (key) => secureStore.deleteItemAsync(escaped(key), options),
  };
  return { ...inPieces(store, MAX_BYTES), locks: ownerLocks(secureStore) };
}

/**
 * Keeps secrets with `react-native-keychain`, each as the password of a service of its own, named as its key is.
 *
 * @param options Goes along with each call, as `{ accessible: Keychain.ACCESSIBLE.AFTER_FIRST_UNLOCK }`. Default none. Not
 * `accessControl`: a request can't wait for a finger.
 * @throws SwitchoverError `INVALID_OPTION` for what is no Keychain.
 */
export function keychainStore(keychain: KeychainLike, options: object = {}): KeyValueStore {
  requireMethods('secrets', keychain, KEYCHAIN, 'the module react-native-keychain');
  const at = (key: string) => ({ ...options, service: key });
  return {
    async get(key) {
      const found = await keychain.getGenericPassword(at(key));
      return found === false ? undefined : found.password;
    },
    async set(key, value) {
      const stored = await keychain.setGenericPassword('switchover', value, at(key));
      if (stored === false) throw new Error('The keychain did not take it.');
    },
    delete: async (key) => void (await keychain.resetGenericPassword(at(key))),
    locks: ownerLocks(keychain),
  };
}

/** One to one, into what every key store takes as a name. */
const escaped = (key: string): string =>
  key.replace(/[^A-Za-z0-9.-]/g, (character) => `_${character.charCodeAt(0).toString(16)}_`);
