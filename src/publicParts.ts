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
export type { Epoch } from './policy/epochFence.ts';
export * from './policy/error.ts';
export type {
  EjectionPolicy,
  FailbackPolicy,
  FencePolicy,
  HealthOptions,
  HealthPolicy,
  ProbePolicy,
} from './policy/healthPolicy.ts';
export type { KubernetesProbe, NginxChecks } from './policy/healthPresets.ts';
export type { Hints } from './policy/hints.ts';
export type { Topology } from './policy/hostConfig.ts';
export type { Fault } from './policy/outcome.ts';
export type { HostReader } from './policy/plainHosts.ts';
export type { BudgetPolicy, PolicyOptions, RetryPolicy, TimeoutPolicy } from './policy/policyOptions.ts';
export type { ProbeVerdict } from './policy/poolEvent.ts';
export type { PoolRule } from './policy/poolRule.ts';
export type { HealthVerdict } from './policy/probeAnswer.ts';
export type { PoolOptions, PoolPart } from './runtime/hostPool.ts';
export type { PoolConfig } from './runtime/poolOptions.ts';
export type * from './runtime/poolTypes.ts';
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
export type { HealthJudge, ProbeAnswer, ProbeCircumstances, ProbeResult, Prober } from './runtime/prober.ts';
export type { WellKnownOptions } from './runtime/wellKnown.ts';
export type * from './socket/channel/types.ts';
export type * from './socket/plainSocket.ts';
