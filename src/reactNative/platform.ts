import { invalidOption, refuseUnknown } from '../policy/fill.ts';
import { memoryStore } from '../runtime/memoryStore.ts';
import type { Connectivity, Fetch, KeyValueStore, Lifecycle, Random } from '../runtime/ports.ts';
import { type AppStateLike, appStateLifecycle } from './appState.ts';
import { ASYNC_STORAGE, type AsyncStorageLike, asyncStorageStore } from './asyncStorage.ts';
import { hasMethods } from './checks.ts';
import { reactNativeFetch } from './fetch.ts';
import { MMKV, type MmkvLike, mmkvStore } from './mmkv.ts';
import { type NetInfoLike, netInfoConnectivity } from './netInfo.ts';
import { parted } from './parted.ts';
import { cryptoRandom, type RandomSourceLike } from './random.ts';
import {
  KEYCHAIN,
  type KeychainLike,
  keychainStore,
  SECURE_STORE,
  type SecureStoreLike,
  secureStore,
} from './secrets.ts';

/** What an app has installed. Every part may be left out; each is known by its methods, whatever its version. */
export interface ReactNativeOptions {
  /** `AppState` of `react-native`: connections are looked at when the app comes back. Default: nobody tells of it. */
  readonly appState?: AppStateLike;
  /** `@react-native-community/netinfo`: what failed is tried again when the network is back. Default: nobody tells of it. */
  readonly netInfo?: NetInfoLike;
  /**
   * AsyncStorage, an instance of MMKV, or any {@link KeyValueStore}: where sessions, messages that wait and what is known of hosts
   * outlive the app. Default: in memory.
   */
  readonly storage?: AsyncStorageLike | MmkvLike | KeyValueStore;
  /**
   * `expo-secure-store`, `react-native-keychain`, or any {@link KeyValueStore}: where tokens lie, of HTTP sessions and of channels.
   * A channel's messages change too often for it and stay in `storage`; see docs/react-native.md on how to encrypt that. Default:
   * tokens lie in `storage`, too.
   */
  readonly secrets?: SecureStoreLike | KeychainLike | KeyValueStore;
  /** `expo-crypto`, or anything with `getRandomValues`. Default: a global `crypto`, where there is one, else `Math.random`. */
  readonly crypto?: RandomSourceLike;
}

/** What a phone gives to `createFailover`, or to a pool: to be spread among its options. */
export interface ReactNativePlatform {
  /** See {@link reactNativeFetch}. */
  readonly fetch: Fetch;
  /** What the app stores in; there only where `storage` or `secrets` was given. */
  readonly storage?: KeyValueStore;
  /** Tells when the network is there again; there only where `netInfo` was given. */
  readonly connectivity?: Connectivity;
  /** Tells when the app comes back; there only where `appState` was given. */
  readonly lifecycle?: Lifecycle;
  /** There only where there is a better source than `Math.random`. */
  readonly random?: Random;
}

const KNOWN: Readonly<Record<keyof ReactNativeOptions, true>> = {
  appState: true,
  netInfo: true,
  storage: true,
  secrets: true,
  crypto: true,
};

/**
 * Makes of what an app has installed what a pool wants of its platform. Nothing of it is imported here.
 *
 * @throws SwitchoverError `INVALID_OPTION` for an unknown name, or for a part that is not what its option asks for.
 * @example
 * const failover = createFailover({
 *   hosts: ['https://a.example.com', 'https://b.example.com'],
 *   ...reactNative({ appState: AppState, netInfo: NetInfo, storage: AsyncStorage, secrets: SecureStore }),
 * });
 */
export function reactNative(options: ReactNativeOptions = {}): ReactNativePlatform {
  refuseUnknown(options, Object.keys(KNOWN));
  const { appState, netInfo, storage, secrets, crypto = globalCrypto() } = options;
  return {
    fetch: reactNativeFetch,
    ...(storage === undefined && secrets === undefined ? {} : { storage: storeOf(storage, secrets) }),
    ...(netInfo === undefined ? {} : { connectivity: netInfoConnectivity(netInfo) }),
    ...(appState === undefined ? {} : { lifecycle: appStateLifecycle(appState) }),
    ...(crypto === undefined ? {} : { random: cryptoRandom(crypto) }),
  };
}

const STORE = ['get', 'set', 'delete'];

function storeOf(storage: ReactNativeOptions['storage'], secrets: ReactNativeOptions['secrets']): KeyValueStore {
  const store = storage === undefined ? memoryStore() : known(storage);
  return secrets === undefined ? store : parted(store, secret(secrets));
}

/** MMKV comes first: up to its version 3 it has a `delete`, too. */
function known(storage: object): KeyValueStore {
  if (hasMethods(storage, MMKV)) return mmkvStore(storage as MmkvLike);
  if (hasMethods(storage, ASYNC_STORAGE)) return asyncStorageStore(storage as AsyncStorageLike);
  if (hasMethods(storage, STORE)) return storage as KeyValueStore;
  throw invalidOption(
    'storage is no store',
    'Give AsyncStorage, an instance of MMKV, or an object with get, set and delete.',
  );
}

function secret(secrets: object): KeyValueStore {
  if (hasMethods(secrets, SECURE_STORE)) return secureStore(secrets as SecureStoreLike);
  if (hasMethods(secrets, KEYCHAIN)) return keychainStore(secrets as KeychainLike);
  if (hasMethods(secrets, STORE)) return secrets as KeyValueStore;
  throw invalidOption(
    'secrets is no store',
    'Give the module expo-secure-store or react-native-keychain, or an object with get, set and delete.',
  );
}

/** Some apps bring one along: react-native-get-random-values. */
function globalCrypto(): RandomSourceLike | undefined {
  return hasMethods(globalThis.crypto, ['getRandomValues']) ? globalThis.crypto : undefined;
}
