import type { OutboxLimits } from './outbox.ts';

/** The numbers that a client's machine goes by. Times are in milliseconds. */
export interface ClientPolicy {
  /** Where no welcome has come on a connection after this, a second host is tried beside it. */
  readonly welcomeMs: number;
  /** How long that patience grows, doubled with each round: slow servers must not keep all their clients turning. */
  readonly welcomeCapMs: number;
  /**
   * How long a silent connection may owe an acknowledgement; at half of it, it is probed. With the first connection elsewhere that makes
   * 3 s, since a client draws up to a second of it away: see `heard`.
   */
  readonly unackedMs: number;
  /** What a connection has to answer in after a wake, a change of network or a suspended clock. */
  readonly probeMs: number;
  /** A tick that comes later than this finds that the device slept. */
  readonly lateMs: number;
  /** The first reconnect waits a draw from zero to this, unless the server gave a window. */
  readonly firstWaitMs: number;
  /** Later ones: a draw from zero to `baseMs` · 2^round, at most `capMs`. */
  readonly baseMs: number;
  readonly capMs: number;
  /** A longer window of a server is taken for this. */
  readonly windowCapMs: number;
  /** Only a connection that was open for this long proves that all is well. */
  readonly minUptimeMs: number;
  /** Acknowledgements are held back for this, or up to so many messages or bytes. */
  readonly ackMs: number;
  readonly ackCount: number;
  readonly ackBytes: number;
  /** Upper limit of a frame until a server says otherwise. */
  readonly maxBytes: number;
  readonly outbox: OutboxLimits;
  /** Nothing is stored: what would be is taken for stored at once. */
  readonly volatile: boolean;
}

export const CLIENT_POLICY: ClientPolicy = {
  welcomeMs: 2_000,
  welcomeCapMs: 8_000,
  unackedMs: 2_800,
  probeMs: 2_000,
  lateMs: 2_000,
  firstWaitMs: 1_000,
  baseMs: 500,
  capMs: 20_000,
  windowCapMs: 3_600_000,
  minUptimeMs: 5_000,
  ackMs: 250,
  ackCount: 32,
  ackBytes: 65_536,
  maxBytes: 262_144,
  outbox: { count: 1_000, bytes: 1_048_576, whenFull: 'wait' },
  volatile: false,
};
