/** What every entry gives beside its own way in. */
export type { FetchOptions } from './http/createFetch.ts';
export type { RequestOptions } from './http/requestOptions.ts';
export type { FailoverSession } from './http/session.ts';
export type {
  ReadyContext,
  ResumeContext,
  SessionContext,
  SessionGrant,
  SessionOptions,
} from './http/sessionOptions.ts';
export { type AttemptTrace, SwitchoverError, type SwitchoverErrorCode } from './policy/error.ts';
export type { EjectionPolicy, FailbackPolicy, FencePolicy, HealthOptions, ProbePolicy } from './policy/healthPolicy.ts';
export { type KubernetesProbe, kubernetesProbe, type NginxChecks, nginxChecks } from './policy/healthPresets.ts';
export type { HostList, HostSpec } from './policy/hostList.ts';
export type { BudgetPolicy, PolicyOptions, RetryPolicy, TimeoutPolicy } from './policy/policyOptions.ts';
export type { PoolRule } from './policy/poolRule.ts';
export type { HostMove, MoveKind } from './policy/poolState.ts';
export type { FailoverEvents } from './runtime/events.ts';
export type { HostPool, PoolOptions, PoolPart } from './runtime/hostPool.ts';
export { memoryStore } from './runtime/memoryStore.ts';
export type {
  Clock,
  Connectivity,
  Fetch,
  FoundHosts,
  HostSource,
  KeyValueStore,
  Lifecycle,
  MaybePromise,
  Ports,
  Random,
} from './runtime/ports.ts';
export type { ProbeAnswer, Prober } from './runtime/prober.ts';
export type { HostStatus, PoolStatus } from './runtime/status.ts';
export { type WellKnownOptions, wellKnownHosts } from './runtime/wellKnown.ts';
