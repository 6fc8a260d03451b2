export { SwitchoverError } from '../policy/error.ts';
export type { HostAnswer, HostBehaviour, HostFault, RequestHandler } from './behaviour.ts';
export { type FaultyNetwork, type FaultyNetworkOptions, faultyNetwork, type SentRequest } from './faultyNetwork.ts';
export { type PendingTimer, type VirtualClock, virtualClock } from './virtualClock.ts';
