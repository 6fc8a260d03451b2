import type { Range } from '../../session/frames.ts';
import { type Payload, payloadBytes } from '../../session/payload.ts';
import type { LogEntry, StoreResult } from '../../session/serverState.ts';
import {
  accept,
  acknowledge,
  append,
  attach,
  holds,
  isExpired,
  type ReplayLimits,
  type SessionRecord,
  type Weigh,
} from '../../session/sessionRecord.ts';
import type { AcceptedMessage, AcceptRequest, PlainRequest } from '../sessionStore.ts';

/**
 * Where a store keeps its sessions, as a step sees it: one transaction that the step has to itself. Each writing names what has
 * happened, so that a store writes no more than that; `before` is the record that it was.
 */
export interface SessionTable {
  find(sid: string): SessionRecord | null;
  /** A session has begun (`before` is null), or a connection has taken it. With another stream its log is empty. */
  attached(record: SessionRecord, before: SessionRecord | null, ttlMs: number): void;
  /** The message `record.tx` goes to the end of the log; messages up to `record.floor` go. */
  appended(record: SessionRecord, before: SessionRecord, payload: Payload, bytes: number): void;
  accepted(record: SessionRecord, before: SessionRecord): void;
  /** Messages up to `record.floor` go; the session lives for `ttlMs` from now. */
  acknowledged(record: SessionRecord, before: SessionRecord, ttlMs: number): void;
  ended(record: SessionRecord): void;
  weigh(record: SessionRecord): Weigh;
  /** Messages after a number, in order. */
  read(
    record: SessionRecord,
    after: number,
    room: { readonly count: number; readonly bytes: number },
  ): readonly LogEntry[];
  /**
   * Sees to it that so many sessions, and messages of so many bytes together, may be added: ends sessions that were left alone the longest.
   *
   * @throws SwitchoverError `STORE_FULL` where all that are left are alive.
   */
  makeRoom(sessions: number, messages: number, bytes: number): void;
}

/** The idempotency keys of all subjects, in the same transaction. */
export interface KeyTable {
  has(subject: string, key: string, nowMs: number): boolean;
  add(subject: string, key: string, expiresAtMs: number): void;
}

/** Does one step. What it throws is the table's own. */
export function runStep(table: SessionTable, request: PlainRequest, nowMs: number, limits: ReplayLimits): StoreResult {
  if (request.op === 'attach') return runAttach(table, request, nowMs);
  if (request.op === 'append') {
    const { id, payload } = request;
    const grown = appendTo(table, request.sid, payload, nowMs, limits);
    if (grown === null) return { kind: 'failed', op: 'append', id };
    return { kind: 'appended', id, stream: grown.stream, seq: grown.tx, payload };
  }
  const record = findHeld(table, request, nowMs);
  if (record === null) return { kind: 'fenced' };
  switch (request.op) {
    case 'read':
      return { kind: 'read', entries: table.read(record, request.after, request), floor: record.floor, tx: record.tx };
    case 'acknowledge': {
      const { rx, ttlMs } = request;
      table.acknowledged(acknowledge(record, rx, ttlMs, nowMs, table.weigh(record)), record, ttlMs);
      return { kind: 'acknowledged', tx: record.tx };
    }
    case 'end':
      table.ended(record);
      return { kind: 'ended' };
  }
}

function runAttach(table: SessionTable, request: Extract<PlainRequest, { op: 'attach' }>, nowMs: number): StoreResult {
  let found = table.find(request.sid);
  if (found === null || isExpired(found, nowMs)) {
    if (found !== null) table.ended(found);
    found = null;
    table.makeRoom(1, 0, 0);
  }
  const { result } = attach(found, request, nowMs);
  if (result.kind === 'attached') table.attached(result.record, found, request.ttlMs);
  return result;
}

/** Appends to a session's log: its record then, in which the message is the last one; or null where there is no such session. */
export function appendTo(
  table: SessionTable,
  sid: string,
  payload: Payload,
  nowMs: number,
  limits: ReplayLimits,
): SessionRecord | null {
  const bytes = payloadBytes(payload);
  // Before the session is looked for: it may be the one that goes.
  table.makeRoom(0, 1, bytes);
  const record = findAlive(table, sid, nowMs);
  if (record === null) return null;
  const grown = append(record, bytes, limits, table.weigh(record));
  table.appended(grown, record, payload, bytes);
  return grown;
}

export function findAlive(table: SessionTable, sid: string, nowMs: number): SessionRecord | null {
  const record = table.find(sid);
  return record === null || isExpired(record, nowMs) ? null : record;
}

function findHeld(
  table: SessionTable,
  { sid, epoch, stream }: Pick<AcceptRequest, 'sid' | 'epoch' | 'stream'>,
  nowMs: number,
): SessionRecord | null {
  const record = findAlive(table, sid, nowMs);
  return holds(record, epoch, stream) ? record : null;
}

/** What accepting comes to, before the application has seen it. */
export interface AcceptPlan {
  readonly kind: 'plan';
  readonly before: SessionRecord;
  readonly record: SessionRecord;
  /** Messages that take effect: neither accepted before, nor with a key that was. */
  readonly fresh: readonly AcceptedMessage[];
  readonly gaps: readonly Range[];
}

export function planAccept(
  table: SessionTable,
  keys: KeyTable,
  request: AcceptRequest,
  nowMs: number,
): AcceptPlan | Extract<StoreResult, { kind: 'fenced' | 'failed' }> {
  const before = findHeld(table, request, nowMs);
  if (before === null) return { kind: 'fenced' };
  const done = accept(before, request.items);
  if (done === null) return { kind: 'failed', op: 'accept' };
  const { sid, subject, stream, epoch } = before;
  const seen = new Set<string>();
  const fresh: AcceptedMessage[] = [];
  for (const message of done.fresh) {
    const { key } = message;
    if (key !== null && (seen.has(key) || keys.has(subject, key, nowMs))) continue;
    if (key !== null) seen.add(key);
    fresh.push({ sid, subject, stream, epoch, message });
  }
  return { kind: 'plan', before, record: done.record, fresh, gaps: done.gaps };
}

/**
 * Books what the application has taken. It may have done things to the session in the meantime, or somebody else has: what matters is
 * that the connection still holds it, and that nothing else was accepted.
 */
export function commitAccept(
  table: SessionTable,
  keys: KeyTable,
  { before, record, fresh, gaps }: AcceptPlan,
  nowMs: number,
  keepMs: number,
): StoreResult {
  const now = findHeld(table, before, nowMs);
  if (now === null) return { kind: 'fenced' };
  const taken = ({ subject, message }: AcceptedMessage) =>
    message.key !== null && keys.has(subject, message.key, nowMs);
  // Another session of the subject was faster with a key: the next attempt finds that out in time.
  if (now.rx !== before.rx || fresh.some(taken)) return { kind: 'failed', op: 'accept' };
  const { rx } = record;
  table.accepted(now === before ? record : { ...now, rx, tokens: record.tokens }, now);
  for (const { subject, message } of fresh) {
    if (message.key !== null) keys.add(subject, message.key, Math.max(nowMs + keepMs, now.expiresAtMs));
  }
  return { kind: 'accepted', rx, gaps };
}
