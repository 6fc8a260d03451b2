/**
 * The session server that channels talk to, its stores, and what a server of any kind can use: health endpoints, hints, the lease that
 * elects one of several, and codes by which users move between hostnames. The guides: docs/server.md, docs/stores.md, docs/handoff.md.
 *
 * @module switchover/server
 */
export type { Epoch } from '../policy/epochFence.ts';
export * from '../policy/error.ts';
export type { HostList, HostSpec } from '../policy/hostList.ts';
export type { Clock, MaybePromise, Random } from '../runtime/ports.ts';
export type { AdmissionPolicy } from '../session/admission.ts';
export type { Lost, Range as SequenceRange } from '../session/frames.ts';
export type { Payload } from '../session/payload.ts';
export type { LogEntry, SessionHold, StoreRequest, StoreResult } from '../session/serverState.ts';
export type {
  Acceptance,
  Attached,
  AttachRequest,
  AttachResult,
  Incoming,
  ReplayLimits,
  SessionRecord,
  Weigh,
} from '../session/sessionRecord.ts';
export type { Tokens } from '../session/token.ts';
export type { MakeStore, StoreCheck, StoreUnderTest } from './conformance/harness.ts';
export { storeChecks } from './conformance/storeChecks.ts';
export type { MessageHandler } from './delivery.ts';
export type { DrainOptions } from './drain.ts';
export { type DrainOnSignalOptions, drainOnSignal } from './drainOnSignal.ts';
export type { SessionServerEvents } from './events.ts';
export { followLease } from './followLease.ts';
export { type HandoffCodes, type MemoryCodesOptions, memoryCodes } from './handoff/codes.ts';
export { createHandoff, type HandoffHandler } from './handoff/createHandoff.ts';
export type { HandoffOpening, HandoffOptions, HandoffRefusal, HandoffRefused } from './handoff/options.ts';
export type { HandoffRates } from './handoff/rateLimit.ts';
export type { HealthCheck } from './healthChecks.ts';
export { type HealthHandlerOptions, healthHandler } from './healthHandler.ts';
export { hintHeaders, type StandingSource } from './hintHeaders.ts';
export { createLease, type LeaseOptions } from './lease.ts';
export type { LeaseRecord, LeaseStore } from './leaseStore.ts';
export type { Lease, LeaseEvents, LeaseRun, LeaseTask, LeaseTerm } from './leaseTypes.ts';
export { type NodeListener, toNodeListener } from './nodeListener.ts';
export type { DrawBytes } from './secrets.ts';
export type { Credentials, PoisonPolicy, ServerLimits, SessionServerOptions } from './serverOptions.ts';
export type { Identity, LostRange, Opening, Session, SessionMessage, TokenAlarm } from './session.ts';
export { type SessionHandlerOptions, sessionHandler } from './sessionHandler.ts';
export { createSessionServer, type SessionServer } from './sessionServer.ts';
export { type SessionSteps, sessionSteps } from './sessionSteps.ts';
export type {
  AcceptedMessage,
  AcceptRequest,
  Apply,
  PlainRequest,
  SessionStore,
  StoreNews,
  StoreTransaction,
  StoreUsage,
} from './sessionStore.ts';
export type { KeyLimits, StoreLimitOptions, TotalLimits } from './stores/limits.ts';
export { type MemorySessionStoreOptions, memorySessionStore } from './stores/memorySessionStore.ts';
export type { Durability } from './stores/sqlite/openStore.ts';
export {
  type SqliteSessionStore,
  type SqliteSessionStoreOptions,
  sqliteSessionStore,
} from './stores/sqlite/sqliteSessionStore.ts';
export type { SqliteTransaction } from './stores/sqlite/sqliteTransaction.ts';
export type { ConnectRequest, Transport, Wire } from './transport.ts';
export type { AllowedOrigins, WebEndpoint, WebHandler } from './webHandler.ts';
export {
  attachWebSocketServer,
  type ServerSocket,
  type WebSocketAttachment,
  type WebSocketServerClass,
  type WebSocketServerOptions,
} from './webSocketServer.ts';
