export type { TlsOptions } from './connector.ts';
export { fileStore } from './fileStore.ts';
export { type NodeFetch, type NodeFetchOptions, nodeFetch } from './transport.ts';
