/**
 * One connection, as the session server needs it. Any transport will do that carries text and binary messages whole and in
 * order; {@link SessionServer.connect} is all that an adapter has to call.
 */
export interface Transport {
  /** Sends one message. Never waits; what can't go out at once is queued by the transport. */
  send(data: string | Uint8Array): void;
  /** Begins to close. The last message that was sent still goes out before. */
  close(code: number, reason: string): void;
  /** Drops the connection without a word: the other side is taken for dead. Default: `close`. */
  terminate?(): void;
  /** Bytes that were sent and have not left yet. Where a transport can't tell, readers that are too slow are found by their silence. */
  readonly bufferedAmount?: number;
}

/** What a transport tells the session server. */
export interface Wire {
  /** One message has come. */
  message(data: string | Uint8Array): void;
  /** The connection is closed, whoever closed it. To be called exactly once. */
  closed(): void;
}

/** The HTTP request that a connection began with, as far as the transport knows it. */
export interface ConnectRequest {
  /** As it was asked for: path and query. Credentials don't belong there. Default: it is not known. */
  readonly url?: string;
  /** Its headers. Default: none are known. */
  readonly headers?: Headers;
}
