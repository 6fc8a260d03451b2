import type { Lost, Range } from './frames.ts';
import { confirm, judgeToken, rotate, type Tokens } from './token.ts';

/**
 * All that a store keeps of a session, but for its messages. Each function here is one atomic step of a store: read the record, apply
 * it, write what comes of it, in one transaction. `nowMs` is the store's own clock, the same for all its users.
 */
export interface SessionRecord {
  /** Names the session. */
  readonly sid: string;
  /** Whose session it is, as the application authenticated them. */
  readonly subject: string;
  /** What shows that a client may resume it. */
  readonly tokens: Tokens;
  /** Raised by each attach: only the newest connection may change the session. */
  readonly epoch: number;
  /** Names the log; numbers of another stream mean nothing. */
  readonly stream: string;
  /** The last message of the client that was accepted. */
  readonly rx: number;
  /** The last message to the client. */
  readonly tx: number;
  /** Messages to the client up to this one are no longer held. */
  readonly floor: number;
  /** What the messages from `floor + 1` to `tx` weigh, in bytes. What each one weighs is in the log: see {@link Weigh}. */
  readonly held: number;
  /** When nobody may resume it any more, in milliseconds of the store's clock. */
  readonly expiresAtMs: number;
}

/** What the store holds of messages to a client while the client does not acknowledge; beyond it the oldest go. */
export interface ReplayLimits {
  /** Messages. Default 1,000. */
  readonly count: number;
  /** Bytes of payload. Default 4 MiB. */
  readonly bytes: number;
}

/** What the messages of a session's log weigh together, in bytes, from the first number to the last, both included. */
export type Weigh = (from: number, to: number) => number;

/** A client that wants to begin a session, or to carry one on. */
export interface AttachRequest {
  /** Attach a connection to a session, or begin one. */
  readonly op: 'attach';
  /** As in the client's hello; `sid` may be empty. */
  readonly sid: string;
  /** The log that the client knows; empty for none. */
  readonly stream: string;
  /** The last message that the client has got. */
  readonly rx: number;
  /** The first message that the client can still send, or its next number. */
  readonly txLow: number;
  /** Who the client is, as the application has authenticated it. */
  readonly subject: string;
  /** Hash of the token that was shown. */
  readonly hash: string;
  /** Values that the shell drew, for what has to be new. */
  readonly fresh: {
    /** For a session that is begun. */
    readonly sid: string;
    /** For a log that is begun. */
    readonly stream: string;
    /** Hash of the next token. */
    readonly hash: string;
  };
  /** How long the session lives without a sign of its client, in milliseconds. */
  readonly ttlMs: number;
}

/** What became of a client that wanted a session. */
export type AttachResult =
  | {
      /** It has one. */
      readonly kind: 'attached';
      /** The session as it is now. */
      readonly record: SessionRecord;
      /** `partial`: carried on, but some messages are lost. `new`: begun, since there was none before or it is gone. */
      readonly result: 'resumed' | 'partial' | 'new';
      /** What was lost. */
      readonly lost: {
        /** Of the messages to the client. */
        readonly s2c: Lost;
        /** Of the client's messages. */
        readonly c2s: Lost;
      };
    }
  | {
      /** It may not have this one. */
      readonly kind: 'refused';
      /** `reused` and `subject` deserve an alarm: someone has a copy of the token. */
      readonly why: 'reused' | 'unknown' | 'subject';
    };

/** A session's record after an attach, null where there is none; and what the attach has come to. */
export interface Attached {
  /** To be written. */
  readonly record: SessionRecord | null;
  /** To be answered. */
  readonly result: AttachResult;
}

/** Attaches a connection: checks its right, raises the epoch, rotates the token, and tells what was lost. */
export function attach(found: SessionRecord | null, request: AttachRequest, nowMs: number): Attached {
  const record = found === null || isExpired(found, nowMs) ? null : found;
  if (record === null) return begin(request, nowMs);
  const refuse = (why: 'reused' | 'unknown' | 'subject') => ({ record, result: { kind: 'refused', why } as const });
  if (record.subject !== request.subject) return refuse('subject');
  const worth = judgeToken(record.tokens, request.hash);
  if (worth !== 'valid') return refuse(worth);
  const { fresh, ttlMs } = request;
  const tokens = rotate(record.tokens, request.hash, fresh.hash);
  const taken = { ...record, tokens, epoch: record.epoch + 1, expiresAtMs: nowMs + ttlMs };
  // The client has seen more than the log holds: the store was set back, and its numbers were given twice.
  const torn = request.stream === record.stream && request.rx > record.tx;
  if (torn) return attached(anew(taken, fresh.stream), 'new', UNKNOWN);
  return request.stream === record.stream ? resume(taken, request) : attached(taken, 'new', UNKNOWN);
}

const UNKNOWN = { s2c: 'unknown', c2s: 'unknown' } as const;

/**
 * The record of a session whose numbers mean nothing any more: another stream, with an empty log. For each session of a store that was
 * set back, before anybody else uses it: what was numbered since must not be taken for what will be.
 */
export function anew(record: SessionRecord, stream: string): SessionRecord {
  return { ...record, stream, rx: 0, tx: 0, floor: 0, held: 0 };
}

function begin({ sid, subject, fresh, ttlMs }: AttachRequest, nowMs: number) {
  const tokens = { known: fresh.hash, pending: [], retired: [] };
  const counters = { epoch: 1, rx: 0, tx: 0, floor: 0, held: 0 };
  const record = { ...counters, sid: fresh.sid, subject, tokens, stream: fresh.stream, expiresAtMs: nowMs + ttlMs };
  return attached(record, 'new', sid === '' ? { s2c: null, c2s: null } : UNKNOWN);
}

/** Changes no counter: until the client has proved that it got the welcome, another with an equal right to the session may come. */
function resume(record: SessionRecord, { rx, txLow }: AttachRequest) {
  const s2c: Range | null = rx < record.floor ? [rx + 1, record.floor] : null;
  const c2s: Range | null = txLow > record.rx + 1 ? [record.rx + 1, txLow - 1] : null;
  return attached(record, (s2c ?? c2s) ? 'partial' : 'resumed', { s2c, c2s });
}

function attached(
  record: SessionRecord,
  result: 'resumed' | 'partial' | 'new',
  lost: { readonly s2c: Lost; readonly c2s: Lost },
) {
  return { record, result: { kind: 'attached', record, result, lost } as const };
}

/** Appends a message to the client, and lets go of the oldest where that is too much. Needs no epoch: any server may speak to any session. */
export function append(record: SessionRecord, bytes: number, limits: ReplayLimits, weigh: Weigh): SessionRecord {
  const tx = record.tx + 1;
  let { floor } = record;
  let held = record.held + bytes;
  while (floor < tx && (tx - floor > limits.count || held > limits.bytes)) {
    floor += 1;
    // The new message is not in the log yet; one that is too heavy for the limits goes at once.
    held -= floor === tx ? bytes : weigh(floor, floor);
  }
  return { ...record, tx, floor, held };
}

/** What a client sent, as it is accepted: a message, or the news that numbers up to `seq` were given up. */
export type Incoming =
  | {
      /** A message. */
      readonly kind: 'message';
      /** Its number within the session, from 1. */
      readonly seq: number;
      /** Its idempotency key; null if it has none. */
      readonly key: string | null;
      /** A JSON value, or a `Uint8Array`. */
      readonly data: unknown;
    }
  | {
      /** Messages that the client gave up. */
      readonly kind: 'lost';
      /** The last of them. */
      readonly seq: number;
    };

/** What accepting messages makes of a session. */
export interface Acceptance {
  /** To be written. */
  readonly record: SessionRecord;
  /** Messages that were not accepted before, in order: their effects belong into the same transaction. */
  readonly fresh: readonly Extract<Incoming, { kind: 'message' }>[];
  /** Numbers that the client gave up. */
  readonly gaps: readonly Range[];
}

/** Accepts messages once and in order. Null where one is missing before them: the caller has broken the protocol. */
export function accept(record: SessionRecord, items: readonly Incoming[]): Acceptance | null {
  const fresh: Extract<Incoming, { kind: 'message' }>[] = [];
  const gaps: Range[] = [];
  let { rx } = record;
  for (const item of items) {
    if (item.seq <= rx) continue;
    if (item.kind === 'lost') gaps.push([rx + 1, item.seq]);
    else if (item.seq === rx + 1) fresh.push(item);
    else return null;
    rx = item.seq;
  }
  return { record: { ...record, rx, tokens: confirm(record.tokens) }, fresh, gaps };
}

/** The client has got everything up to `rx`; the session lives on for `ttlMs`. Also what keeps an idle session alive. */
export function acknowledge(
  record: SessionRecord,
  rx: number,
  ttlMs: number,
  nowMs: number,
  weigh: Weigh,
): SessionRecord {
  const floor = Math.max(record.floor, Math.min(rx, record.tx));
  const rest = () => (floor === record.tx ? 0 : record.held - weigh(record.floor + 1, floor));
  const held = floor === record.floor ? record.held : rest();
  return { ...record, floor, held, tokens: confirm(record.tokens), expiresAtMs: nowMs + ttlMs };
}

/** True where the connection of that epoch still holds the session. */
export function holds(record: SessionRecord | null, epoch: number, stream: string): record is SessionRecord {
  return record !== null && record.epoch === epoch && record.stream === stream;
}

/** True for a session that nobody may resume: the store deletes it. */
export function isExpired(record: SessionRecord, nowMs: number): boolean {
  return record.expiresAtMs <= nowMs;
}
