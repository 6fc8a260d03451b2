/** One attempt of a request, as it stands in an error's trace. */
export interface AttemptTrace {
  /** Origin of the host that was asked. */
  readonly host: string;
  /** How the attempt ended: a fault's name, or `http 503`. */
  readonly cause: string;
  /** How long it took, in milliseconds. */
  readonly tookMs: number;
}

/**
 * Stable names of what can go wrong. Programs compare these; messages may be reworded at any time.
 */
export type SwitchoverErrorCode =
  /** The list of hosts is empty, and nothing else will provide one. */
  | 'NO_HOSTS'
  /** A host can't be parsed, carries userinfo, a query or a fragment, or has a scheme that is not http(s). */
  | 'INVALID_HOST'
  /** Two hosts have the same origin. */
  | 'DUPLICATE_HOST'
  /** A host is not https, not local, and `allowInsecure` is off. */
  | 'INSECURE_HOST'
  /** A host was named that is not in the pool's list. */
  | 'UNLISTED_HOST'
  /** An option has an unknown name or a value out of its range. */
  | 'INVALID_OPTION'
  /** The arguments of a request can't be sent by any host: a bad header, a body that was already read. */
  | 'INVALID_REQUEST'
  /** The pool, or the whole failover object, was closed. */
  | 'CLOSED'
  /** In workerd: a pool was made where no request is being handled, or was used in another request than its own. */
  | 'OUTSIDE_REQUEST'
  /** What was called is for another runtime: `nodeFetch` in Deno or Bun. */
  | 'WRONG_RUNTIME'
  /** Every host that may be asked has failed. */
  | 'HOSTS_FAILED'
  /** The attempt failed, and sending the request again might do its work twice. */
  | 'NOT_REPLAYABLE'
  /** The request's total time is over. */
  | 'TIMEOUT'
  /** A retry was due, but the retry budget is empty. */
  | 'BUDGET_EMPTY'
  /** A response body stalled or broke, and could not be resumed without risk of wrong bytes. */
  | 'BODY_BROKEN'
  /** A session's token may not be sent to that host. */
  | 'TOKEN_REFUSED'
  /** The session could not be opened. */
  | 'SESSION_OPEN_FAILED'
  /** The server does not know the session any more, and it could not be resumed; or the app has ended it. */
  | 'SESSION_LOST'
  /** What an app does on each server that its session lands on (`onReady`) failed. The work goes on without it. */
  | 'READY_FAILED'
  /** A hosts document or a service record was refused as a whole. */
  | 'DISCOVERY_REFUSED'
  /** Stored state could not be read or written. The work goes on without it. */
  | 'STORAGE_FAILED'
  /** What is stored was to be encrypted, on a page that has no WebCrypto: it is no secure context. */
  | 'CRYPTO_MISSING'
  /** The service worker could not be registered, updated or taken away. The page goes on with what it has. */
  | 'WORKER_FAILED'
  /** A message has no JSON form, is nested too deep, or is larger than a frame may be. */
  | 'INVALID_MESSAGE'
  /** A message is larger than a frame, or than the outbox. */
  | 'TOO_LARGE'
  /** There was no room for a message among those that wait to be accepted, or it made room for a newer one. */
  | 'OUTBOX_FULL'
  /** A message was given up: it was not on its way when its time was over. */
  | 'EXPIRED'
  /** The session was lost while a message was on its way: nobody knows whether it was accepted. */
  | 'UNKNOWN_FATE'
  /** The server did not accept a channel's credential, nor a fresh one. */
  | 'CREDENTIAL_REFUSED'
  /** The store of a session server could not do a step, or nobody knows whether it did. */
  | 'STORE_FAILED'
  /** A session store is at its limit, and every session in it is alive. Nothing was done. */
  | 'STORE_FULL'
  /** A session store can't be opened: no engine, no file, a file of another kind or version. */
  | 'STORE_UNUSABLE'
  /** A store's transaction was used after its end, or its database after a wait. */
  | 'TRANSACTION_OVER'
  /** A lease was lost, or can't be known to be held, while work under it went on. */
  | 'LEASE_LOST'
  /** A function that the application gave to a channel or to the session server has thrown. The work goes on. */
  | 'HANDLER_FAILED'
  /** An event stream broke, or a host did not give it. It is being tried again. */
  | 'STREAM_BROKEN'
  /** A server has no event stream for this client, and said so for good. */
  | 'STREAM_REFUSED'
  /** A server said with 204 that an event stream is over. */
  | 'STREAM_ENDED'
  /** A server sent an event that is longer than may be. */
  | 'EVENT_TOO_LARGE'
  /** The page could not be moved to another host with its session: there is no token for it, or the host did not take it. */
  | 'HANDOFF_FAILED'
  /** A page came from another host with a code that this one did not accept. Nobody was signed in. */
  | 'HANDOFF_REFUSED'
  /** A folder that files are to be written into is not there. */
  | 'NO_FOLDER'
  /** Where a file is to be written there is one that Switchover did not write, or that was edited since. */
  | 'FILE_IN_THE_WAY'
  /** A file could not be read. */
  | 'READ_FAILED'
  /** A file could not be written. */
  | 'WRITE_FAILED'
  /** A hook or a component of `switchover/react` has no `FailoverProvider` above it. */
  | 'NO_PROVIDER'
  /** What a `FailoverProvider` makes by itself was used before it was mounted: in a render, or on a server. */
  | 'NOT_MOUNTED'
  /** A session was asked for where none was configured. */
  | 'NO_SESSION';

/** What an error tells beside its code and its message. */
export interface SwitchoverErrorDetails {
  /** What the reader can do about it, in one sentence. */
  readonly remedy: string;
  /** What brought it about: another error, most often. Becomes `error.cause`. Default: none. */
  readonly cause?: unknown;
  /** The attempts of the request that failed, oldest first. Default: none. */
  readonly attempts?: readonly AttemptTrace[];
}

const BRAND = Symbol.for('switchover.error');

/**
 * The one class of error that this library throws, apart from a caller's own abort reason.
 *
 * Test for it with {@link SwitchoverError.is}, which also holds where a program has loaded two copies of the library.
 */
export class SwitchoverError extends Error {
  /** Always `SwitchoverError`. */
  override readonly name = 'SwitchoverError';
  /** What went wrong, by its stable name: what programs compare. */
  readonly code: SwitchoverErrorCode;
  /** What the reader can do about it, in one sentence. */
  readonly remedy: string;
  /** The attempts of the request that failed, oldest first. Empty where no request was made. */
  readonly attempts: readonly AttemptTrace[];

  /**
   * For parts of one's own that are to fail as the library does: a `HostSource` rejects with `DISCOVERY_REFUSED`.
   *
   * @param message What happened, in one sentence.
   */
  constructor(code: SwitchoverErrorCode, message: string, details: SwitchoverErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
    this.attempts = details.attempts ?? [];
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** True for an error of this class, from whichever copy of the library it came. */
  static is(value: unknown): value is SwitchoverError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
