/** A request's body, ready for an attempt. */
export interface SentBody {
  /** What `fetch` is given. */
  readonly body: BodyInit | null | undefined;
  /** False where it can be read once only: after an attempt that may have begun to read it, there is no other. */
  readonly replayable: boolean;
  /** What `fetch` must be told where the body is a stream. */
  readonly duplex?: 'half';
  /** Set when the caller's own stream failed while it was sent: no host is to blame for that. */
  sourceError?: unknown;
  /** True while nothing of a stream was read but what is held: then it can begin anew all the same. */
  readonly unread?: boolean;
  /** The body of the next attempt, for a stream that is {@link unread}. */
  again?(): BodyInit;
  /** Says that no attempt will follow, so that a source that nobody reads is ended. */
  end?(): void;
  /**
   * Ends a stream whose sending is over, and its source unless that is unread. Node's `fetch` does not: after an abort it reads on to the end and
   * drops what it reads.
   */
  stop?(reason: unknown): void;
}

/** Makes a request's body ready to be sent, as often as it can be. `init` is the caller's own: a body in it wins. */
export type BodyPart = (
  request: Request | null,
  init: RequestInit | undefined,
  signal: AbortSignal | undefined,
) => SentBody | Promise<SentBody>;
