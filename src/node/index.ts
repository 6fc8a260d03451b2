export { networkFault } from '../runtime/networkFault.ts';
export type { TlsOptions } from './connector.ts';
export { fileLock } from './fileLock.ts';
export { fileStore } from './fileStore.ts';
export { type SrvOptions, srvHosts } from './srv.ts';
export type { SrvRecord } from './srvOrder.ts';
export { type NodeFetch, type NodeFetchOptions, nodeFetch } from './transport.ts';
