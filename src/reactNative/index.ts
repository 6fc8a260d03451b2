/**
 * What a React Native app gives to a pool: its storage, its app's state, its network's news, and a `fetch` that knows when an answer
 * begins. Nothing of React Native is imported; each part is handed in.
 *
 * @module switchover/react-native
 */
export * from '../policy/error.ts';
export type {
  Connectivity,
  Fetch,
  KeyValueStore,
  Lifecycle,
  MaybePromise,
  OwnerLock,
  Random,
} from '../runtime/ports.ts';
export { type AppStateLike, appStateLifecycle } from './appState.ts';
export { type AsyncStorageLike, asyncStorageStore } from './asyncStorage.ts';
export { reactNativeFetch } from './fetch.ts';
export { type MmkvLike, mmkvStore } from './mmkv.ts';
export { type NetInfoLike, type NetInfoStateLike, netInfoConnectivity } from './netInfo.ts';
export { type ReactNativeOptions, type ReactNativePlatform, reactNative } from './platform.ts';
export { cryptoRandom, type RandomSourceLike } from './random.ts';
export { type KeychainLike, keychainStore, type SecureStoreLike, secureStore } from './secrets.ts';
