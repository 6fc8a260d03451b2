/**
 * What only Node has: a transport with a connect time-out, storage and locks in files, and lists of hosts from DNS.
 *
 * @module switchover/node
 */
export type { HostList, HostSpec } from '../policy/hostList.ts';
export type { Fault } from '../policy/outcome.ts';
export { networkFault } from '../runtime/networkFault.ts';
export type {
  Fetch,
  FoundHosts,
  HostSource,
  KeyValueStore,
  MaybePromise,
  OwnerLock,
  Random,
} from '../runtime/ports.ts';
export type { TlsOptions } from './connector.ts';
export { fileLock } from './fileLock.ts';
export { fileStore } from './fileStore.ts';
export { type SrvOptions, srvHosts } from './srv.ts';
export type { SrvRecord } from './srvOrder.ts';
export { type NodeFetch, type NodeFetchOptions, nodeFetch } from './transport.ts';
