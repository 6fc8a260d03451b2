/**
 * The page's side: the service worker's registration, files that fail over, storage that outlives the page, and the session's move to
 * another hostname. The guides: docs/browser.md, docs/assets.md, docs/handoff.md.
 *
 * @module switchover/browser
 */
export * from '../policy/error.ts';
export type * from '../runtime/poolTypes.ts';
export type { KeyValueStore, MaybePromise, OwnerLock } from '../runtime/ports.ts';
export type { MintFetch, Place } from '../site/handoff.ts';
export { type ChunkLoader, type ChunkLoaderOptions, createChunkLoader, type Importer } from './assets/chunkLoader.ts';
export { EARLY_SNIPPET } from './assets/earlyFailures.ts';
export type { AssetSources } from './assets/options.ts';
export { type RecoverAssetsOptions, recoverAssets } from './assets/recoverAssets.ts';
export type { AssetReport } from './assets/recovery.ts';
export { type EncryptedStoreOptions, encryptedStore } from './encryptedStore.ts';
export type { Arrival } from './handoff/arrive.ts';
export { type Handoff, handoff } from './handoff/handoff.ts';
export type { LeaveOptions } from './handoff/leave.ts';
export type { HandoffOptions, PageSurroundings } from './handoff/options.ts';
export { type IdbStore, type IdbStoreOptions, idbStore } from './idbStore.ts';
export { type RegisteredWorker, registerWorker, type WorkerEvents } from './registerWorker.ts';
export type { WorkerOptions } from './workerOptions.ts';
