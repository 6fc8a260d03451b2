import type { Payload } from './payload.ts';

/** The version of the protocol in docs/protocol.md. */
export const PROTOCOL_VERSION = 1;

/** Why a connection ends. The registered codes keep their meaning; those of 44xx are named after the HTTP status nearest to them. */
export const CLOSE = {
  /** The client has what it wanted: it has moved, or it ends the session. As an end it counts only in a `close` frame. */
  done: 1000,
  /** Not active, or the server goes away: another host serves the session. */
  away: 1012,
  /** Busy, or the session store can't be reached: later, or elsewhere. */
  busy: 1013,
  badFrame: 4400,
  unauthenticated: 4401,
  /** The session's token is not valid, or no longer, or not for this subject. */
  tokenRefused: 4403,
  otherVersion: 4406,
  /** Nothing was heard for too long. */
  silent: 4408,
  /** The session was attached by a newer connection. */
  superseded: 4409,
  /** The server has ended the session. */
  ended: 4410,
  tooLarge: 4413,
  /** A sequence number, or an acknowledgement, that can't be. */
  badSequence: 4422,
  /** More than the window allows, or no acknowledgement for too long. */
  overrun: 4429,
} as const;

/** Sequence numbers from the first to the last, both included. */
export type Range = readonly [from: number, to: number];

/** What was lost of one direction: nothing, an exact range, or more than can be told. */
export type Lost = Range | 'unknown' | null;

/** Of a connection's two directions, the one that a loss is about. */
export type Direction = 's2c' | 'c2s';

/** The first frame of a client. */
export interface HelloFrame {
  readonly kind: 'hello';
  readonly v: number;
  /** Empty, as `token` and `stream`, where the client has no session yet. */
  readonly sid: string;
  readonly token: string;
  readonly stream: string;
  /** The last message from the server that the application has got and the client has stored as such. */
  readonly rx: number;
  /** The lowest number that the client still holds; `txHigh + 1` where it holds none. */
  readonly txLow: number;
  /** The highest number that the client has given and stored. */
  readonly txHigh: number;
  /** The origin that the client means to speak to. */
  readonly host: string;
  /** Why it connects: `start`, `lost`, `drain`, `asked`. For the server's statistics. */
  readonly cause: string;
  /** The application's own credential, which never rides in a URL. */
  readonly auth?: string;
}

/** The server's answer to `hello`: from here on the connection is open. */
export interface WelcomeFrame {
  readonly kind: 'welcome';
  readonly sid: string;
  readonly token: string;
  readonly epoch: number;
  readonly stream: string;
  readonly result: 'resumed' | 'partial' | 'new';
  /** The last message of the client that was accepted. */
  readonly rx: number;
  /** The number of the next message that the server will send. */
  readonly replayFrom: number;
  readonly lost: { readonly s2c: Lost; readonly c2s: Lost };
  /** How long the session outlives its connection. */
  readonly ttlMs: number;
  /** Upper limit of one frame. */
  readonly maxBytes: number;
  /** How many messages, and bytes of payload, the client may have on the way. */
  readonly window: Range;
  readonly heartbeatMs: number;
  /** Spread the next reconnect over this. */
  readonly retryWindowMs: number;
  readonly hosts?: readonly string[];
  /** Rises with each change of `hosts`. */
  readonly generation?: number;
}

/** A message of the application. `D` is its payload: as it is kept where it leaves, as a value where it arrives. */
export interface MessageFrame<D> {
  readonly kind: 'message';
  readonly seq: number;
  /** As in {@link AckFrame}: every message acknowledges. */
  readonly ack: number;
  /** Idempotency key. */
  readonly key?: string;
  readonly data: D;
}

/** Cumulative. From a client: handed to the application. From a server: durably accepted. */
export interface AckFrame {
  readonly kind: 'ack';
  readonly ack: number;
}

/** Numbers up to `to` that have not come will not come. */
export interface LostFrame {
  readonly kind: 'lost';
  readonly to: number;
}

export interface BeatFrame {
  readonly kind: 'ping' | 'pong';
}

/** A server's sign of life. A window that is another by now rides on it: a server tells those first too little who come to it while it fills. */
export interface ServerBeatFrame extends BeatFrame {
  /** Instead of the one in the welcome, or in a beat before. */
  readonly retryWindowMs?: number;
}

/** The server will go: connect elsewhere, and leave once that connection has its welcome. */
export interface DrainFrame {
  readonly kind: 'drain';
  /** When the server closes the connection itself. */
  readonly deadlineMs: number;
  /** Begin at a moment drawn from [0, jitterMs). */
  readonly jitterMs: number;
  readonly to?: string;
}

/** The session is not served here, now; the connection closes. */
export interface MovedFrame {
  readonly kind: 'moved';
  readonly windowMs: number;
  readonly to?: string;
}

/** The server wants a fresh credential. */
export interface RenewFrame {
  readonly kind: 'renew';
  readonly withinMs: number;
}

/** A fresh credential for the session. */
export interface AuthFrame {
  readonly kind: 'auth';
  readonly auth: string;
}

/** Stands before the close of the connection, whose own code may be lost on the way. */
export interface CloseFrame {
  readonly kind: 'close';
  readonly code: number;
  readonly reason?: string;
  /** Come back within a draw from [0, windowMs). */
  readonly windowMs?: number;
}

type ToServer<D> = HelloFrame | MessageFrame<D> | AckFrame | LostFrame | BeatFrame | AuthFrame | CloseFrame;
type ToClient<D> =
  | WelcomeFrame
  | MessageFrame<D>
  | AckFrame
  | LostFrame
  | ServerBeatFrame
  | DrainFrame
  | MovedFrame
  | RenewFrame
  | CloseFrame;

/** What a client sends, and what a server gets of it: a JSON value or bytes as `data`. */
export type FrameToServer = ToServer<Payload>;
export type FrameFromClient = ToServer<unknown>;
/** What a server sends, and what a client gets of it. */
export type FrameToClient = ToClient<Payload>;
export type FrameFromServer = ToClient<unknown>;
