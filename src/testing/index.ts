/**
 * For an app's own tests: a clock that the test moves, and a network whose hosts fail as the test says. The guide: docs/testing.md.
 *
 * @module switchover/testing
 */
export * from '../policy/error.ts';
export type { Clock, Fetch, MaybePromise } from '../runtime/ports.ts';
export type { HostAnswer, HostBehaviour, HostFault, RequestHandler } from './behaviour.ts';
export { type FaultyNetwork, type FaultyNetworkOptions, faultyNetwork, type SentRequest } from './faultyNetwork.ts';
export { type PendingTimer, type VirtualClock, virtualClock } from './virtualClock.ts';
