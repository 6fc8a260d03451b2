/** What every entry gives beside its own way in: its error, and the types. */
export type { FetchOptions } from './http/createFetch.ts';
export type { OptionsPart, RequestOptions, RequestSettings } from './http/requestOptions.ts';
export type { AnswerPart, FetchParts, HedgePart, SessionPart } from './http/run.ts';
export type { BodyPart, SentBody } from './http/sentBody.ts';
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
export type { KubernetesProbe, NginxChecks } from './policy/healthPresets.ts';
export type { HostConfig, Topology } from './policy/hostConfig.ts';
export type { HostList, HostSpec } from './policy/hostList.ts';
export type { BudgetPolicy, PolicyOptions, RetryPolicy, TimeoutPolicy } from './policy/policyOptions.ts';
export type { PoolRule } from './policy/poolRule.ts';
export type { HostMove, MoveKind } from './policy/poolState.ts';
export type { FailoverEvents } from './runtime/events.ts';
export type { HostPool, PoolOptions, PoolPart } from './runtime/hostPool.ts';
export type {
  Clock,
  Connectivity,
  Fetch,
  FoundHosts,
  HostSource,
  KeyValueStore,
  Lifecycle,
  MaybePromise,
  OwnerLock,
  Ports,
  Random,
} from './runtime/ports.ts';
export type { ProbeAnswer, Prober } from './runtime/prober.ts';
export type { HostStatus, PoolStatus } from './runtime/status.ts';
export type { WellKnownOptions } from './runtime/wellKnown.ts';
export type * from './socket/channel/types.ts';
