export { SwitchoverError, type SwitchoverErrorCode } from '../policy/error.ts';
export type { KeyValueStore, OwnerLock } from '../runtime/ports.ts';
export { type EncryptedStoreOptions, encryptedStore } from './encryptedStore.ts';
export { type IdbStore, type IdbStoreOptions, idbStore } from './idbStore.ts';
export { type RegisteredWorker, registerWorker, type WorkerEvents } from './registerWorker.ts';
export { tabs } from './tabs.ts';
export type { WorkerOptions } from './workerOptions.ts';
