import {
  type Acceptance,
  type Attached,
  type AttachRequest,
  accept,
  acknowledge,
  append,
  attach,
  holds,
  type Incoming,
  isExpired,
  type ReplayLimits,
  type SessionRecord,
  type Weigh,
} from '../session/sessionRecord.ts';

/**
 * What each step of a store does to a session's record: pure functions of the record that was read and of the request; what they return
 * is to be written in the same transaction. `nowMs` is by the store's own clock.
 */
export interface SessionSteps {
  /** Attaches a connection: checks its right, raises the epoch, rotates the token, and tells what was lost. */
  attach(found: SessionRecord | null, request: AttachRequest, nowMs: number): Attached;
  /** Appends a message of so many bytes to the client, and lets go of the oldest where that is too much. Needs no epoch. */
  append(record: SessionRecord, bytes: number, limits: ReplayLimits, weigh: Weigh): SessionRecord;
  /** Accepts messages once and in order. Null where one is missing before them: the caller has broken the protocol. */
  accept(record: SessionRecord, items: readonly Incoming[]): Acceptance | null;
  /** The client has got everything up to `rx`; the session lives on for `ttlMs`, in milliseconds. */
  acknowledge(record: SessionRecord, rx: number, ttlMs: number, nowMs: number, weigh: Weigh): SessionRecord;
  /** True where the connection of that epoch still holds the session. */
  holds(record: SessionRecord | null, epoch: number, stream: string): record is SessionRecord;
  /** True for a session that nobody may resume: the store deletes it. */
  isExpired(record: SessionRecord, nowMs: number): boolean;
}

/** The steps of a session store, for one of your own: docs/stores.md shows how. */
export const sessionSteps: SessionSteps = { attach, append, accept, acknowledge, holds, isExpired };
