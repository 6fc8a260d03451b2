import type { MaybePromise } from '../runtime/ports.ts';
import type { Range } from '../session/frames.ts';

/** Who a client is, as the application knows it: what `authenticate` has answered. */
export interface Identity {
  /** Whose sessions these are: the user, the device, whatever may never be given another's session. Not empty. */
  readonly subject: string;
}

/** One message of a client, as its handler gets it. */
export interface SessionMessage {
  /** A JSON value; for bytes, a `Uint8Array`. */
  readonly data: unknown;
  /** Its number within the session, from 1. */
  readonly seq: number;
  /** The client's idempotency key; null if it gave none. Of one subject's messages with the same key only the first comes here. */
  readonly key: string | null;
  /** True where the client has sent bytes. */
  readonly binary: boolean;
}

/** A session that is connected to this server. */
export interface Session<I extends Identity = Identity> {
  /** Names the session, on all servers that share its store. */
  readonly sid: string;
  /** Whose session it is: {@link Identity.subject}. */
  readonly subject: string;
  /** What `authenticate` answered last: a fresh credential changes it. */
  readonly identity: I;
  /** False once this connection is gone. The session itself may live on, here or at another server: speak to it by its `sid`. */
  readonly connected: boolean;
  /** As {@link SessionServer.send}, to this session. */
  send(data: unknown): MaybePromise<boolean>;
  /** Ends the session for good: it is deleted, and the client is told so (4410). */
  end(): void;
  /**
   * Asks the client for a fresh credential. Where none has come that `authenticate` accepts within `withinMs`, the connection is
   * closed with 4401; the session stays.
   *
   * @throws SwitchoverError `INVALID_OPTION` where that is no time from 1 to 2^31 - 1.
   */
  renew(withinMs: number): void;
}

/** What became of the session that a client wanted to carry on. */
export interface Opening {
  /** `partial`: carried on, but some messages are lost. `new`: begun, since there was none before or it is gone. */
  readonly result: 'resumed' | 'partial' | 'new';
}

/** Someone showed a token that is not theirs to show. */
export interface TokenAlarm {
  /**
   * `reused`: it was replaced, and its owner has the replacement, so there are two of them; or a server that stood still reads a hello
   * late, whose client has gone on elsewhere since: that comes once, and nobody waits for the answer. `subject`: it is another
   * subject's session.
   */
  readonly why: 'reused' | 'unknown' | 'subject';
  /** The session whose token was shown. */
  readonly sid: string;
  /** Who showed it. */
  readonly subject: string;
}

/** What was lost of what a client sent: an exact range of numbers, or null for more than can be told. */
export type LostRange = Range | null;
