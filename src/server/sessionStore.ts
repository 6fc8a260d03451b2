import type { MaybePromise } from '../runtime/ports.ts';
import type { Payload } from '../session/payload.ts';
import type { AcceptRequest, StoreRequest, StoreResult } from '../session/serverState.ts';
import type { Incoming } from '../session/sessionRecord.ts';
import type { LeaseStore } from './leaseStore.ts';

export type { AcceptRequest } from '../session/serverState.ts';

/** Any request but that to accept messages: {@link SessionStore.run} has it done. */
export type PlainRequest = Exclude<StoreRequest, AcceptRequest>;

/** A message that is accepted for the first time, and whose it is. */
export interface AcceptedMessage {
  /** The session that it came by. */
  readonly sid: string;
  /** Whose session that is. */
  readonly subject: string;
  /** The log that its number belongs to. */
  readonly stream: string;
  /** Of the connection that it came by. */
  readonly epoch: number;
  /** The message itself. */
  readonly message: Extract<Incoming, { kind: 'message' }>;
}

/** What every store's transaction can do, beside what is the store's own. */
export interface StoreTransaction {
  /**
   * Appends a message to a session's log; it is there if and only if the transaction commits.
   *
   * @returns False where there is no such session.
   * @throws SwitchoverError `TRANSACTION_OVER` after the handler's end.
   */
  append(sid: string, payload: Payload): boolean;
}

/** What the application makes of a message. It is done once if the transaction commits, and not at all otherwise. */
export type Apply<Transaction extends StoreTransaction> = (
  accepted: AcceptedMessage,
  transaction: Transaction,
) => MaybePromise<void>;

/**
 * What somebody, here or in another process, did to a session. It comes after the answer to who did it; of several messages in a row
 * it may tell of the last only, and it may tell of something twice.
 */
export type StoreNews =
  | {
      /** There is a new message for the client. */
      readonly kind: 'grown';
      /** The session. */
      readonly sid: string;
      /** The last of its log. */
      readonly tx: number;
    }
  | {
      /** Another connection has attached. */
      readonly kind: 'superseded';
      /** The session. */
      readonly sid: string;
      /** That connection's. */
      readonly epoch: number;
    };

/** What a store holds. */
export interface StoreUsage {
  /** Sessions that can still be resumed. */
  readonly sessions: number;
  /** Messages that wait for their clients. */
  readonly messages: number;
  /** Their bytes of payload. */
  readonly bytes: number;
}

/**
 * Where sessions live. Each call is one atomic step over all servers that share the store; the steps themselves are the
 * functions of `session/sessionRecord.ts`, so that all stores do the same.
 *
 * A store that can't do a step answers `failed` or rejects: both mean that nobody knows whether it was done. Where it knows that
 * nothing was, it rejects with `STORE_FULL`, or with what `apply` threw. No call throws.
 */
export interface SessionStore<Transaction extends StoreTransaction = StoreTransaction> {
  /**
   * Does one step. `accept` has its own door, since the application has a part in it. An `append` to a session that is not there is
   * answered `failed`; where nobody knows whether it was done, it throws.
   */
  run(request: PlainRequest): MaybePromise<StoreResult>;
  /**
   * Accepts messages once and in order, each together with what the application makes of it, all in one transaction. Where `apply`
   * throws, either nothing has happened, and the call throws or answers `failed`; or what came before is accepted, and `rx` says so.
   */
  accept(request: AcceptRequest, apply: Apply<Transaction>): MaybePromise<StoreResult>;
  /** The sessions of a subject that can still be resumed. */
  sessionsOf(subject: string): MaybePromise<readonly string[]>;
  /** Calls `listener` for each append and attach, in whatever process. The returned function ends it. */
  watch(listener: (news: StoreNews) => void): () => void;
  /** Deletes what has expired, and says what is left. */
  collect(): MaybePromise<StoreUsage>;
  /** Who is active: for `createLease`. */
  readonly leases: LeaseStore;
  /** Ends what runs by itself, and gives up what the store has open. Its sessions stay, where it keeps any. */
  close(): MaybePromise<void>;
}
