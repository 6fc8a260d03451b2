import type { FrameFromClient, FrameToClient, HelloFrame, Range } from './frames.ts';
import type { Payload } from './payload.ts';
import type { AttachRequest, AttachResult, Incoming } from './sessionRecord.ts';

/** A message of the log. */
export interface LogEntry {
  /** Its number within the stream, from 1. */
  readonly seq: number;
  /** What it says. */
  readonly payload: Payload;
}

/**
 * What a connection asks of the session store. Each is one atomic step, and every one but `attach` and `append` is done only where
 * `epoch` and `stream` still hold: otherwise the answer is `fenced`, and nothing has happened.
 */
export type StoreRequest =
  | AttachRequest
  | (SessionHold & {
      /** Read the next messages of the log, in order. */
      readonly op: 'read';
      /** The number that they come after. */
      readonly after: number;
      /** At most so many. */
      readonly count: number;
      /** At most so many bytes of payload, but always one message. */
      readonly bytes: number;
    })
  | AcceptRequest
  | (SessionHold & {
      /** Let go of what the client has, and keep the session alive. */
      readonly op: 'acknowledge';
      /** The last message that the client has. */
      readonly rx: number;
      /** How long the session lives from now on, in milliseconds. */
      readonly ttlMs: number;
    })
  | (SessionHold & {
      /** Delete the session. */
      readonly op: 'end';
    })
  | {
      /** Put a message into the log. */
      readonly op: 'append';
      /** The session, whoever holds it. */
      readonly sid: string;
      /** Comes back with the answer. */
      readonly id: number;
      /** The message. */
      readonly payload: Payload;
    };

/** By what right a connection asks: it holds this session for as long as epoch and stream are those of the record. */
export interface SessionHold {
  /** The session. */
  readonly sid: string;
  /** The epoch that its attach gave. */
  readonly epoch: number;
  /** The stream that its attach gave. */
  readonly stream: string;
}

/** Asks to accept messages once and in order, together with whatever the application makes of them. */
export interface AcceptRequest extends SessionHold {
  /** As against all other requests. */
  readonly op: 'accept';
  /** What the client has sent. */
  readonly items: readonly Incoming[];
}

/** What a step of the store has come to. */
export type StoreResult =
  | AttachResult
  | {
      /** Messages were read. */
      readonly kind: 'read';
      /** The messages, in order. */
      readonly entries: readonly LogEntry[];
      /** Those up to this number are no longer held. */
      readonly floor: number;
      /** The last of the log. */
      readonly tx: number;
    }
  | {
      /** Messages were accepted, and what the application made of them is committed. */
      readonly kind: 'accepted';
      /** The last one that is accepted now. */
      readonly rx: number;
      /** Numbers that the client gave up. */
      readonly gaps: readonly Range[];
    }
  | {
      /** What the client has is let go of. */
      readonly kind: 'acknowledged';
      /** The last of the log. */
      readonly tx: number;
    }
  | {
      /** The message is in the log. */
      readonly kind: 'appended';
      /** That of the request. */
      readonly id: number;
      /** The log. */
      readonly stream: string;
      /** The number that it got. */
      readonly seq: number;
      /** The message. */
      readonly payload: Payload;
    }
  | {
      /** The session is deleted. */
      readonly kind: 'ended';
    }
  | {
      /** Another connection holds the session, or it is gone. Nothing has happened. */
      readonly kind: 'fenced';
    }
  | {
      /** The store could not, or nobody knows whether it did. */
      readonly kind: 'failed';
      /** What was asked. */
      readonly op: StoreRequest['op'];
      /** That of an append. */
      readonly id?: number;
    };

/** A connection of a session at its server. */
export interface OpenState {
  readonly kind: 'open';
  readonly sid: string;
  readonly epoch: number;
  readonly stream: string;
  readonly subject: string;
  /** The last message of the client that was accepted; the last that the store was asked to accept; what waits for its turn. */
  readonly rx: number;
  readonly asked: number;
  readonly queue: readonly Incoming[];
  readonly queuedBytes: number;
  /** The last message of the log as far as known; the last that was sent on this connection; the last acknowledged. */
  readonly tx: number;
  readonly sent: number;
  readonly acked: number;
  /** What was sent and not acknowledged, with its bytes. */
  readonly flying: readonly (readonly [seq: number, bytes: number])[];
  /** What that weighs together. */
  readonly flyingBytes: number;
  readonly reading: boolean;
  /**
   * What the store was told of `acked`, and how that stands. `unproven`: the client has not used the connection yet, so its old token
   * must live, and the store is told nothing.
   */
  readonly stored: number;
  readonly telling: 'unproven' | 'idle' | 'asked';
  readonly touchAtMs: number;
  /** The retry window that the client was told last. */
  readonly windowMs: number;
  readonly pingAtMs: number;
  readonly deadAtMs: number;
  /** When a client that has not acknowledged is given up. */
  readonly patienceAtMs: number;
}

/** One connection at its server. Plain data, but for payloads that are being accepted. */
export type ServerState =
  | { readonly kind: 'waiting'; readonly deadAtMs: number }
  | {
      readonly kind: 'attaching';
      readonly deadAtMs: number;
      readonly hello: HelloFrame;
      readonly token: string;
      readonly subject: string;
    }
  | OpenState
  | { readonly kind: 'closed' };

/** What the server tells its clients about the fleet. */
export interface HostsNews {
  readonly hosts?: readonly string[];
  readonly generation?: number;
}

/** A frame, and its size in bytes. */
export interface ArrivedFrame {
  readonly frame: FrameFromClient;
  readonly bytes: number;
}

export type ServerEvent =
  | ({ readonly kind: 'frame' } & ArrivedFrame)
  /** What has come together: it goes to the store together, and one frame acknowledges it. */
  | { readonly kind: 'frames'; readonly frames: readonly ArrivedFrame[] }
  /** What came was no frame. */
  | { readonly kind: 'broken'; readonly code: number }
  /** The credential, and the values drawn for this connection: fresh names, a fresh token and the hashes of both tokens. */
  | {
      readonly kind: 'authenticated';
      readonly subject: string;
      readonly hash: string;
      readonly fresh: { readonly sid: string; readonly stream: string; readonly token: string; readonly hash: string };
    }
  | { readonly kind: 'stored'; readonly result: StoreResult; readonly news?: HostsNews }
  /** The application speaks to the session. */
  | { readonly kind: 'send'; readonly id: number; readonly payload: Payload }
  /** Somebody has appended to the session's log. */
  | { readonly kind: 'grown'; readonly tx: number }
  /** Somebody has attached the session. */
  | { readonly kind: 'superseded'; readonly epoch: number }
  | { readonly kind: 'drain'; readonly deadlineMs: number; readonly jitterMs: number; readonly to?: string }
  /** Close: busy, not active (`to` names who is), refused, at the end of a drain. */
  | { readonly kind: 'close'; readonly code: number; readonly windowMs?: number; readonly to?: string }
  /** The session is over. */
  | { readonly kind: 'end' }
  | { readonly kind: 'renew'; readonly withinMs: number }
  /** The transport has closed. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'tick' };

export type ServerEffect =
  | { readonly kind: 'transmit'; readonly frame: FrameToClient }
  | { readonly kind: 'drop'; readonly code: number }
  | { readonly kind: 'store'; readonly request: StoreRequest }
  /** Answer with `authenticated` or with `close`. A hello carries the token to be hashed; a fresh credential has none. */
  | { readonly kind: 'authenticate'; readonly auth: string | undefined; readonly token: string | null }
  | {
      readonly kind: 'opened';
      readonly sid: string;
      readonly subject: string;
      readonly result: 'resumed' | 'partial' | 'new';
    }
  /** The client gave these messages up, or they were lost with the store; null: more than can be told. */
  | { readonly kind: 'gap'; readonly range: Range | null }
  /** Someone showed a token that is not theirs to show. */
  | { readonly kind: 'alarm'; readonly why: 'reused' | 'unknown' | 'subject'; readonly sid: string }
  | { readonly kind: 'appended'; readonly id: number; readonly seq: number }
  /** The message is larger than a frame may be. */
  | { readonly kind: 'tooLarge'; readonly id: number }
  /** Nobody knows whether the message is in the log. */
  | { readonly kind: 'unknown'; readonly id: number }
  | { readonly kind: 'closed' };
