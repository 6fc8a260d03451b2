export type { LeaseRecord, LeaseStore } from './leaseStore.ts';
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
