export type { TlsOptions } from './connector.ts';
export { type NodeFetch, type NodeFetchOptions, nodeFetch } from './transport.ts';
