import type { SwitchoverError } from '../../policy/error.ts';
import type { KeyValueStore, MaybePromise, OwnerLock } from '../../runtime/ports.ts';
import type { Direction, Range } from '../../session/frames.ts';
import type { WebSocketConstructor } from '../plainSocket.ts';

export type { Direction, Range as SequenceRange } from '../../session/frames.ts';

/** What a message may be: a JSON value, nested at most 64 deep, or bytes. */
export type MessageData = unknown;

/** How one message is sent. */
export interface SendOptions {
  /**
   * How long the message is worth sending, in milliseconds. What is not on its way by then is given up, with `EXPIRED`. One that
   * may have arrived is settled first: by its acknowledgement, or by the server's word at the next connection. Default: for ever.
   */
  readonly ttlMs?: number;
  /**
   * Names what the message does: the server lets two messages of one user with the same key take effect once. So a message of a
   * session that was lost is sent again instead of being rejected with `UNKNOWN_FATE`. 1 to 128 visible ASCII characters
   * without `"` and `\`. Default none.
   */
  readonly key?: string;
  /** Takes the message back if it was not sent yet: `send` then rejects with the signal's reason. Later it does nothing. Default none. */
  readonly signal?: AbortSignal;
}

/** What waits to be accepted by a server, at most. Each part may be left out. */
export interface OutboxOptions {
  /** Messages. Default 1,000. */
  readonly maxCount: number;
  /** Bytes of payload. Default 1 MiB. */
  readonly maxBytes: number;
  /**
   * What becomes of a message that there is no room for. `wait`: it waits, and so does its promise; as many as `maxCount` may
   * wait, the next is rejected with `OUTBOX_FULL`. `reject`: it is. `drop-oldest`: the oldest that was not sent yet is, if there
   * is one. Default `wait`.
   */
  readonly whenFull: 'wait' | 'reject' | 'drop-oldest';
}

/** How a channel comes back. Each part may be left out. Why each number is what it is stands in docs/protocol.md, section 7. */
export interface ReconnectOptions {
  /** The first reconnect waits a draw from [0, windowMs), in milliseconds, where the server gave no window. Default 1,000. */
  readonly windowMs: number;
  /** Later ones wait a draw from [0, min(capMs, baseMs · 2ⁿ)), in milliseconds. Default 500. */
  readonly baseMs: number;
  /** Longest upper end of those waits, in milliseconds. Default 20,000. */
  readonly capMs: number;
  /** A connection counts as good only after this, in milliseconds: a welcome alone resets nothing. Default 5,000. */
  readonly minUptimeMs: number;
  /** Where a host has not welcomed us within this, in milliseconds, another is tried beside it. Doubled with each failed round. Default 2,000. */
  readonly welcomeMs: number;
  /** Upper limit of that patience, in milliseconds. Default 8,000. */
  readonly welcomeCapMs: number;
}

/** How a connection is found dead. Each part may be left out. The period of an idle connection is the server's (4 s, dead at 8 s). */
export interface HeartbeatOptions {
  /** Silence that ends a connection on which an acknowledgement is owed, in milliseconds; at half of it the host is asked. Default 2,800. */
  readonly unackedMs: number;
  /** What a connection has to answer in after a wake or a change of network, in milliseconds. Default 2,000. */
  readonly probeMs: number;
}

/** When received messages are acknowledged, if nothing else is sent first. Each part may be left out. */
export interface AckOptions {
  /** After so long, in milliseconds. Default 250. */
  readonly delayMs: number;
  /** After so many messages. Default 32. */
  readonly count: number;
  /** After so many bytes. Default 65,536. */
  readonly bytes: number;
}

/** Options of a channel. Every one may be left out. */
export interface ChannelOptions {
  /**
   * Gives the application's own credential, such as an access token. Asked anew at each connection and when the server wants a
   * fresh one; it travels in the first frame, never in a URL. Default: none is shown.
   */
  readonly credential?: () => MaybePromise<string>;
  /**
   * Where the session and what waits to be sent outlive the page or the process. Default: the pool's storage. A store in memory
   * outlives nothing, so nothing is written to it.
   */
  readonly storage?: KeyValueStore;
  /** Names the stored session: two users of one app need two names. Default: the path. */
  readonly name?: string;
  /** What waits to be accepted, at most. Default: what each part says. */
  readonly outbox?: Partial<OutboxOptions>;
  /** Makes connections. Default: the platform's `WebSocket`. */
  readonly WebSocket?: WebSocketConstructor;
  /** How a lost connection is replaced. Default: what each part says. */
  readonly reconnect?: Partial<ReconnectOptions>;
  /** How a dead connection is found. Default: what each part says. */
  readonly heartbeat?: Partial<HeartbeatOptions>;
  /** When received messages are acknowledged. Default: what each part says. */
  readonly acks?: Partial<AckOptions>;
  /** Largest frame that is read, and, until a server says otherwise, sent, in bytes. Default 262,144. */
  readonly maxBytes?: number;
  /** Whether the channel goes back to a host that is wanted more, once it is proven: `move` (without a gap) or `stay`. Default `move`. */
  readonly failback?: 'move' | 'stay';
  /**
   * Sees to it that a stored session has one owner. Default: the store's own lock, if it has one (`fileStore` has), else the
   * platform's Web Locks, else one that only this program knows.
   */
  readonly locks?: OwnerLock;
}

/** How a channel stands. */
export interface ChannelState {
  /**
   * `connecting` for the first time · `open` · `reconnecting` after a loss · `moving`: open, and about to be open elsewhere ·
   * `stopped`: until {@link Channel.reconnect}, or for good after `close`.
   */
  readonly kind: 'connecting' | 'open' | 'reconnecting' | 'moving' | 'stopped';
  /** Origin of the host that the channel is open on; null where it is not. */
  readonly host: string | null;
  /**
   * Why the last connection was looked for: `start`, `lost`, `drain`, `asked`. Of a channel that is stopped: `closed`,
   * `unauthenticated` (the credential was refused twice) or `ended` (by the server).
   */
  readonly cause: string;
  /** True while what must outlive this process is stored; false where there is nothing to store it in, or that has failed. */
  readonly durable: boolean;
}

/** Messages that were lost. */
export interface ChannelGap {
  /** `s2c`: from the server. `c2s`: from this client, given up before they were accepted; their `send` was rejected. */
  readonly direction: Direction;
  /** Names the log that the numbers belong to. */
  readonly stream: string;
  /** The first and the last number; null where nobody can tell: the session itself was lost. */
  readonly range: Range | null;
}

/** What a channel tells. */
export interface ChannelEvents {
  /**
   * A message, once and in order. It is acknowledged when every listener has returned, or its promise has settled; the next one
   * comes only then. A listener that throws or rejects gives a `warning`, and the message counts as delivered: the same message
   * again would most likely fail again, and hold up all others.
   */
  message: (data: unknown) => unknown;
  /** Messages were lost. In its place among the messages, and awaited as they are. After a crash it may be told once more. */
  gap: (gap: ChannelGap) => unknown;
  /** The session goes on, on another connection. `partial`: a `gap` tells what was lost. */
  resumed: (event: { readonly host: string; readonly result: 'resumed' | 'partial' }) => void;
  /** The state changed. */
  state: (state: ChannelState) => void;
  /**
   * Something failed that no call is waiting for. The channel goes on. Where a message of an earlier process was not accepted, or
   * nobody knows (`EXPIRED`, `TOO_LARGE`, `UNKNOWN_FATE`), `cause` is that message: `{ data, key }`, the key null if it had none.
   */
  warning: (error: SwitchoverError) => void;
  /** The channel has stopped by itself: `CREDENTIAL_REFUSED`, `SESSION_LOST`. */
  error: (error: SwitchoverError) => void;
}

/** A two-way flow of messages that outlives its connections, its servers and, with a store, this process. */
export interface Channel extends AsyncIterable<unknown> {
  /** How it stands now. */
  readonly state: ChannelState;
  /**
   * Sends a message, in order with the others.
   *
   * @param data A JSON value, as it is now; or bytes: an `ArrayBuffer` or a view of one.
   * @returns Resolves when a server has accepted the message durably.
   * @throws SwitchoverError as a rejection: `INVALID_MESSAGE`, `TOO_LARGE`, `OUTBOX_FULL`, `EXPIRED`; `UNKNOWN_FATE` where the session
   * was lost with the message on its way and without a key; `CLOSED`.
   */
  send(data: MessageData, options?: SendOptions): Promise<void>;
  /** Calls `listener` at each such event; the returned function ends it. Messages wait until somebody listens. */
  on<Name extends keyof ChannelEvents>(event: Name, listener: ChannelEvents[Name]): () => void;
  /** Connects now: after a stop, or before the wait for the next connection is over. */
  reconnect(): void;
  /**
   * Closes the channel. What is stored stays, and the next channel of that name goes on with it; where nothing is stored, or with
   * `end`, the session is over at the server, too. Sends that are not settled reject with `CLOSED`; or,
   * where the session is over, with `UNKNOWN_FATE` if they were on their way. A message whose listener is still at work was not
   * acknowledged, and comes again to the next channel of that name.
   *
   * @returns Resolves when the last state is stored and its ownership given up. Never rejects.
   */
  close(options?: { readonly end?: boolean }): Promise<void>;
  /**
   * The messages, in order: `for await (const message of channel)`. Every loop gets every message from its start on. A message
   * counts as delivered when the loop comes back for the next, or ends; the slowest consumer sets the pace for all. Ends when the channel is closed,
   * and throws when it stops by itself.
   */
  [Symbol.asyncIterator](): AsyncIterator<unknown, undefined>;
}
