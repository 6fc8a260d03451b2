import type { PeerPolicy } from './peerPolicy.ts';

/** They connect again whatever has happened, charge nothing for it, and are told no time. */
const CONNECTIONS = {
  kind: 'connections',
  budget: null,
  retries: { methods: 'all', statuses: 'all', unreachable: true, timeouts: true },
  retryAfter: 'ignored',
} as const;

/**
 * socket.io-client 4.8: `lib/manager.ts` (`reconnectionDelay` 1 s, `reconnectionDelayMax` 5 s, `randomizationFactor` 0.5, no end,
 * `timeout` 20 s) and `lib/contrib/backo2.ts` (`Math.min` after the deviation). One URL. The server pings each 25 s, and the client
 * waits 20 s longer (socket.io/docs/v4/server-options: `pingInterval`, `pingTimeout`).
 */
const socketIo: PeerPolicy = {
  title: 'socket.io',
  about: '1 s · 2ⁿ ± 50 %, cut off at 5 s after the jitter, for ever',
  ...CONNECTIONS,
  attempts: null,
  attemptMs: 20_000,
  silenceMs: [20_000, 45_000],
  delay: {
    steps: { kind: 'exponential', baseMs: 1_000, factor: 2, capMs: 5_000 },
    jitter: { kind: 'times', from: 0.5, to: 1.5 },
    clamp: 'after jitter',
    after: 'attempt',
    first: 'as a retry',
  },
  hosts: { kind: 'balanced' },
};

/**
 * @nats-io/nats-core 3.4: `options.ts` (`reconnectTimeWait` 2 s, `reconnectJitter` 100 ms, `maxReconnectAttempts` 10 for each server) and
 * `protocol.ts` (`dodialLoop`: a server that was not dialled within that time is dialled at once, so the first round knows no wait; a
 * dial takes 20 s at most). `pingInterval` 2 min, and the connection is stale at the third ping that stays unanswered (`maxPingOut` 2).
 */
const nats: PeerPolicy = {
  title: 'nats',
  about: 'all servers at once, then every 2 s + U(0, 0.1 s), ten times each',
  ...CONNECTIONS,
  attempts: null,
  attemptsPerHost: 10,
  attemptMs: 20_000,
  silenceMs: [240_000, 360_000],
  delay: {
    steps: { kind: 'list', delaysMs: [2_000], beyond: 'repeat' },
    jitter: { kind: 'plus', mostMs: 100 },
    clamp: 'before jitter',
    after: 'round',
    first: 'at once',
  },
  hosts: { kind: 'stay', leaves: 'at any failure', afterLoss: 'next' },
};

/**
 * @microsoft/signalr with `withAutomaticReconnect()`: `DefaultReconnectPolicy.ts` (0, 2, 10 and 30 s, then it stops) and `HttpConnection.ts`
 * (`timeout` 100 s). One URL. `serverTimeoutInMilliseconds` is 30 s, and the server says something every 15 s.
 */
const signalR: PeerPolicy = {
  title: 'SignalR',
  about: 'after 0, 2, 10 and 30 s without jitter, then it stops',
  ...CONNECTIONS,
  attempts: 4,
  attemptMs: 100_000,
  silenceMs: [15_000, 30_000],
  delay: {
    steps: { kind: 'list', delaysMs: [0, 2_000, 10_000, 30_000], beyond: 'give up' },
    jitter: { kind: 'none' },
    clamp: 'before jitter',
    after: 'attempt',
    first: 'as a retry',
  },
  hosts: { kind: 'balanced' },
};

/**
 * ably-js 2 and the features specification: RTN15a (at once when a connection breaks), RTN17 (fallback hosts in the same round), RTB1
 * (`disconnectedRetryTimeout` 15 s × min((n + 2) / 3, 2) × U(0.8, 1)), `src/common/lib/util/defaults.ts` (10 s for an attempt). The server's
 * heartbeats come every 15 s, and are missed after 10 s more (RTN23a).
 */
const ably: PeerPolicy = {
  title: 'Ably',
  about: 'all hosts at once, then after 15 to 30 s × U(0.8, 1)',
  ...CONNECTIONS,
  attempts: null,
  attemptMs: 10_000,
  silenceMs: [10_000, 25_000],
  delay: {
    steps: { kind: 'list', delaysMs: [15_000, 20_000, 25_000, 30_000], beyond: 'repeat' },
    jitter: { kind: 'times', from: 0.8, to: 1 },
    clamp: 'before jitter',
    after: 'round',
    first: 'at once',
  },
  hosts: { kind: 'stay', leaves: 'at any failure', afterLoss: 'same' },
};

/** Policies of connections, by the name that the command line takes. */
export const CONNECTION_POLICIES = { 'socket.io': socketIo, nats, signalr: signalR, ably } as const;
