/**
 * The channel: messages both ways between an app and a session server of `switchover/server`, once and in order, whatever becomes of
 * connections, servers and this process. For a pool of one's own; `createFailover` has it as `failover.channel`. The guide:
 * docs/channel.md.
 *
 * @module switchover/channel
 */
export * from './policy/error.ts';
export type * from './runtime/poolTypes.ts';
export type { KeyValueStore, MaybePromise, OwnerLock } from './runtime/ports.ts';
export { openChannel } from './socket/channel/openChannel.ts';
export type * from './socket/channel/types.ts';
export type * from './socket/plainSocket.ts';
