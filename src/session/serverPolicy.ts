import type { ReplayLimits } from './sessionRecord.ts';

/** The numbers that a server's machine goes by. Times are in milliseconds. */
export interface ServerPolicy {
  /** How long a connection may take to say hello. */
  readonly helloMs: number;
  readonly heartbeatMs: number;
  /** How long a session outlives its connection. */
  readonly ttlMs: number;
  /** How long a client may take to acknowledge. */
  readonly unackedMs: number;
  /** Upper limit of one frame. */
  readonly maxBytes: number;
  /** Messages, and bytes of payload, that may be on the way, in each direction. */
  readonly window: readonly [count: number, bytes: number];
  /** What is kept for a client that does not acknowledge. */
  readonly replay: ReplayLimits;
  /** What clients are told to spread their reconnects over. */
  readonly retryWindowMs: number;
}

export const SERVER_POLICY: ServerPolicy = {
  helloMs: 5_000,
  heartbeatMs: 4_000,
  ttlMs: 120_000,
  unackedMs: 60_000,
  maxBytes: 262_144,
  window: [256, 1_048_576],
  replay: { count: 1_000, bytes: 4_194_304 },
  retryWindowMs: 1_000,
};
