import type { ClientPolicy } from './clientPolicy.ts';
import type { Direction, FrameFromServer, FrameToServer, WelcomeFrame } from './frames.ts';
import { type Entry, entriesOf, lowest, type Outbox, outboxOf } from './outbox.ts';
import type { Payload } from './payload.ts';
import { NEVER, type SessionEnv } from './sessionEnv.ts';

/** What was stored, or is being stored: of the state as it was at `version`. */
export interface Mark {
  readonly version: number;
  /** The last message that the application had got. */
  readonly rx: number;
  readonly txLow: number;
  readonly tx: number;
}

/** A connection on its way to its welcome. `held`: it is up, and greets once the last welcome's token is stored. */
export interface Attempt {
  readonly kind: 'connecting' | 'held' | 'greeting';
  readonly id: number;
  readonly host: string;
  readonly auth: string | undefined;
  /** No other is tried beside it (any more). */
  readonly last: boolean;
  readonly deadlineMs: number;
}

/** The open connection. It is `welcomed` until its token is stored: a first frame kills the token before. */
export interface Link {
  readonly kind: 'welcomed' | 'live';
  readonly id: number;
  readonly host: string;
  readonly sinceMs: number;
  readonly heartbeatMs: number;
  readonly window: readonly [count: number, bytes: number];
  readonly pingAtMs: number;
  readonly deadAtMs: number;
  /** Drawn for this connection, from [0, 1): how much earlier than others it is found silent. */
  readonly draw: number;
  /** What was sent on it and is not acknowledged: the first so many of the outbox, of so many bytes. */
  readonly flying: number;
  readonly flyingBytes: number;
  /** The last acknowledgement that was sent on it; when the next is due; and bytes received since. */
  readonly acked: number;
  /** The last number that came on it, or that it began after. */
  readonly seen: number;
  readonly ackAtMs: number;
  readonly owedBytes: number;
  /** Something came that was not taken, so nothing that comes after it can be. */
  readonly missed: boolean;
}

/** Why a message was surely not accepted. */
export type Refusal = 'bad-key' | 'full' | 'dropped' | 'expired' | 'too-large' | 'cancelled' | 'stopped';

/** A message that will not be sent, and the version that has it no longer. */
export interface GivenUp {
  readonly id: number;
  readonly why: Refusal | 'doubt';
  readonly version: number;
}

/** Why a connection is looked for while another is open. */
export type Move = 'drain' | 'asked';

/** One session at its client. Plain data. */
export interface ClientState {
  /** `stopped` by the code of {@link CLOSE} that ended it; 0 while it runs. */
  readonly stopped: number;
  readonly sid: string;
  readonly token: string;
  readonly stream: string;
  readonly epoch: number;
  /** The last message that was received, and the last that the application has got. */
  readonly rx: number;
  readonly handed: number;
  /** Streams that were lost, while the application has not got the news of it: a crash before would make the loss a silent one. */
  readonly untold: readonly string[];
  readonly outbox: Outbox;
  /** Raised by each change that has to be stored. */
  readonly version: number;
  /** The version at which numbers were last given up: their absence is told once that is stored. */
  readonly gaveUpAt: number;
  /** The version that holds the last welcome: its token is used when that is stored. */
  readonly welcomedAt: number;
  readonly saving: Mark | null;
  readonly saved: Mark;
  readonly link: Link | null;
  /** Two at most: a slow host and the one tried beside it. */
  readonly attempts: readonly Attempt[];
  readonly lastId: number;
  /** When to connect next. */
  readonly connectAtMs: number;
  readonly cause: string;
  readonly move: Move | null;
  /** The host that the server named, and those to stay away from. */
  readonly to: string | null;
  /** Failures since all was well. */
  readonly round: number;
  /** The window that the server gave for coming back; null: none. */
  readonly windowMs: number | null;
  readonly refusals: number;
  readonly maxBytes: number;
  /** Messages that were given up, to be told once that is stored: a crash before would bring them back. */
  readonly givenUp: readonly GivenUp[];
  /** Someone waits for room in the outbox. */
  readonly crowded: boolean;
  /** The application has enough to do: no message is taken from the server until it has got on with that. */
  readonly full: boolean;
}

export type ClientEvent =
  /** Begin, or begin again after a stop. */
  | { readonly kind: 'start' }
  /** A connection's transport is up, at a host. */
  | { readonly kind: 'opened'; readonly link: number; readonly host: string; readonly auth?: string | undefined }
  /** `bytes` is the frame's size. */
  | { readonly kind: 'frame'; readonly link: number; readonly frame: FrameFromServer; readonly bytes: number }
  /** The transport closed; or what came on it was no frame, and `code` says why. */
  | { readonly kind: 'closed' | 'broken'; readonly link: number; readonly code: number }
  | {
      readonly kind: 'send';
      /** The caller's name for the message: no other in the outbox has it. */
      readonly id: number;
      readonly payload: Payload;
      readonly key?: string | undefined;
      readonly ttlMs?: number | undefined;
    }
  /** The caller takes a message back, if it was surely not sent. */
  | { readonly kind: 'cancel'; readonly id: number }
  /** The application has got everything up to this number of this stream. */
  | { readonly kind: 'handed'; readonly stream: string; readonly rx: number }
  /** The application has got the news that this stream was lost. */
  | { readonly kind: 'told'; readonly stream: string }
  /** More waits for the application than it should; or no longer. */
  | { readonly kind: 'full'; readonly full: boolean }
  /** The state that the last `save` asked for is stored; or a later one, of which this is the {@link markOf}. */
  | { readonly kind: 'saved'; readonly mark?: Mark }
  /** Awake, online again, visible again. */
  | { readonly kind: 'wake' }
  /** Go to another host, and keep this one until it is there: failback. */
  | { readonly kind: 'move' }
  /** The page may be frozen or gone in a moment. */
  | { readonly kind: 'flush' }
  | { readonly kind: 'renewed'; readonly auth: string }
  | { readonly kind: 'tick' }
  /** `end`: the session is over. Otherwise it can be resumed from what is stored. */
  | { readonly kind: 'stop'; readonly end: boolean };

export type ClientEffect =
  /** Open a connection to a host of the pool: `to` if it is listed, and not `avoid` where there is another. */
  | { readonly kind: 'connect'; readonly link: number; readonly to: string | null; readonly avoid: readonly string[] }
  | { readonly kind: 'transmit'; readonly link: number; readonly frame: FrameToServer }
  /** Detach from the transport, then close it. */
  | { readonly kind: 'drop'; readonly link: number; readonly code: number }
  /** Store {@link savedOf} the state that this step returned, or a later one, then say `saved`. */
  | { readonly kind: 'save' }
  | {
      readonly kind: 'deliver';
      readonly stream: string;
      readonly seq: number;
      readonly data: unknown;
      /** Of its frame. */
      readonly bytes: number;
    }
  /** The server has accepted the message durably. */
  | { readonly kind: 'accepted'; readonly id: number }
  /** The message was surely not accepted, and will not be. */
  | {
      readonly kind: 'refused';
      readonly id: number;
      readonly why: Refusal;
    }
  /** Nobody knows whether the lost session had accepted the message. It is sent again if it has a key. */
  | { readonly kind: 'unknown'; readonly id: number; readonly resent: boolean }
  /** No room: send it again after `room`. */
  | { readonly kind: 'wait'; readonly id: number }
  | { readonly kind: 'room' }
  /** Messages that will never come; `to` is null where the session itself was lost. Comes in order with `deliver`, and is handed as they are. */
  | {
      readonly kind: 'gap';
      readonly direction: Direction;
      readonly stream: string;
      readonly from: number;
      readonly to: number | null;
    }
  | { readonly kind: 'opened'; readonly link: number; readonly host: string; readonly welcome: WelcomeFrame }
  | { readonly kind: 'renew'; readonly withinMs: number }
  | { readonly kind: 'stopped'; readonly code: number };

/** One step under way. */
export interface Turn extends SessionEnv {
  readonly policy: ClientPolicy;
  readonly out: ClientEffect[];
}

/** What a client stores, as one piece. */
export interface SavedSession {
  readonly sid: string;
  readonly token: string;
  readonly stream: string;
  readonly epoch: number;
  readonly rx: number;
  readonly untold: readonly string[];
  readonly outbox: Pick<Outbox, 'tx' | 'sent'> & { readonly entries: readonly Entry[] };
  /** On the clock of the machine that stored it: the zero of `expiresAtMs`. */
  readonly atMs: number;
}

/** What of a state is stored once it is. */
export function markOf({ version, handed, outbox }: ClientState): Mark {
  return { version, rx: handed, txLow: lowest(outbox), tx: outbox.tx };
}

/** The part of a state that outlives its process. */
export function savedOf(state: ClientState, nowMs: number): SavedSession {
  const { sid, token, stream, epoch, handed, untold, outbox } = state;
  return {
    sid,
    token,
    stream,
    epoch,
    rx: handed,
    untold,
    outbox: { entries: entriesOf(outbox), tx: outbox.tx, sent: outbox.sent },
    atMs: nowMs,
  };
}

/**
 * A client that has not begun.
 *
 * @param stored What was stored before, if anything: the session is resumed.
 * @param awayMs How long ago that was, as far as the shell can tell: the messages have aged by it.
 */
export function clientState(stored: SavedSession | null, policy: ClientPolicy, nowMs: number, awayMs = 0): ClientState {
  const { sid = '', token = '', stream = '', epoch = 0, rx = 0, untold = [], atMs = 0 } = stored ?? {};
  const shiftMs = nowMs - atMs - awayMs;
  const { entries, tx, sent } = stored?.outbox ?? { entries: [], tx: 0, sent: 0 };
  const aged = entries.map((entry) =>
    entry.expiresAtMs === null ? entry : { ...entry, expiresAtMs: entry.expiresAtMs + shiftMs },
  );
  // Anything may have been sent before the process ended, but for one that was in no session.
  const outbox = outboxOf(aged, tx, sid === '' ? sent : tx);
  const mark = { version: 0, rx, txLow: lowest(outbox), tx: outbox.tx };
  return {
    ...{ stopped: 0, sid, token, stream, epoch, rx, handed: rx, untold, outbox },
    ...{ version: 0, gaveUpAt: 0, welcomedAt: 0, saving: null, saved: mark },
    ...{ link: null, attempts: [], lastId: 0, connectAtMs: NEVER, cause: 'start', move: null, to: null },
    ...{ round: 0, windowMs: null, refusals: 0, maxBytes: policy.maxBytes, givenUp: [], crowded: false, full: false },
  };
}
