/** The types that a pool's own types mention. Every entry that takes or gives a pool has them. */
export type { Host } from '../policy/host.ts';
export type { HostConfig } from '../policy/hostConfig.ts';
export type { HostList, HostSpec } from '../policy/hostList.ts';
export type { HostMove, MoveKind } from '../policy/poolState.ts';
export type { Emitter } from './emitter.ts';
export type { FailoverEvents } from './events.ts';
export type { HostPool } from './hostPool.ts';
export type { HostStatus, PoolStatus } from './status.ts';
