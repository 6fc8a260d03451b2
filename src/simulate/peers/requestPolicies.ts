import type { PeerBudget, PeerDelay, PeerPolicy } from './peerPolicy.ts';

/** No delay at all, which is what it is to give up, or to go on at once. */
const AT_ONCE: PeerDelay = {
  steps: { kind: 'list', delaysMs: [0], beyond: 'repeat' },
  jitter: { kind: 'none' },
  clamp: 'before jitter',
  after: 'attempt',
};
const FULL_JITTER = { kind: 'times', from: 0, to: 1 } as const;
const EVERYTHING = { methods: 'all', statuses: [429, 500, 502, 503, 504], unreachable: true, timeouts: true } as const;

/** The yardstick: each request is one attempt at one host. */
const none: PeerPolicy = {
  title: 'no retries',
  about: 'each request is one attempt',
  kind: 'requests',
  attempts: 1,
  attemptMs: 'app',
  delay: AT_ONCE,
  budget: null,
  retries: EVERYTHING,
  retryAfter: 'ignored',
  hosts: { kind: 'one' },
};

/** Written by hand in most apps: three attempts, one after the other. */
const immediate: PeerPolicy = { ...none, title: '3 at once', about: 'three attempts without a wait', attempts: 3 };

/** The list of hosts from its beginning for each request: most of what apps have for failover. */
const walk: PeerPolicy = {
  ...none,
  title: 'stateless walk',
  about: 'each request tries its own host, then a standby',
  attempts: 2,
  hosts: { kind: 'walk', order: 'standbys first' },
};

/** The same without a word of which hosts stand by. */
const walkListed: PeerPolicy = {
  ...walk,
  title: 'walk, as listed',
  about: 'each request tries its own host, then the next one in the list',
  hosts: { kind: 'walk', order: 'as listed' },
};

/** What nginx (`fail_timeout`), typesense and Elastic's transport do, the latter with longer and longer times. */
const eject60: PeerPolicy = {
  ...walk,
  title: '60 s ejection',
  about: 'a host that failed is passed over for 60 s',
  hosts: { kind: 'eject', forMs: 60_000 },
};

/** Exponential backoff with full jitter, as it is advised, without a budget. */
const fullJitter: PeerPolicy = {
  ...none,
  title: 'full jitter, no budget',
  about: 'three attempts, full jitter from 100 ms',
  attempts: 3,
  delay: {
    ...AT_ONCE,
    steps: { kind: 'exponential', baseMs: 100, factor: 2, capMs: 20_000 },
    jitter: FULL_JITTER,
  },
};

const TEN_TOKENS: PeerBudget = {
  capacity: 10,
  charge: 'each retry',
  price: 1,
  throttledPrice: 1,
  floor: -1,
  refillPerSuccess: 0.1,
  refunds: false,
};

/** The same with the budget that is common on servers: ten percent of requests, ten at once. */
const bucket10: PeerPolicy = {
  ...fullJitter,
  title: 'bucket 10, +0.1',
  about: 'the same with a budget of ten tokens, a tenth back for each success',
  budget: TEN_TOKENS,
};

/**
 * ky 2.1 as it comes: `source/utils/normalize.ts` (limit 2, 0.3 s · 2ⁿ without jitter or limit, statuses, methods, `retryOnTimeout:
 * false`), `source/core/Ky.ts` (`Retry-After` waited out exactly, for 413, 429 and 503).
 */
const ky: PeerPolicy = {
  title: 'ky',
  about: 'two retries after 0.3 and 0.6 s; time-outs are not retried',
  kind: 'requests',
  attempts: 3,
  attemptMs: 'app',
  delay: {
    steps: { kind: 'exponential', baseMs: 300, factor: 2, capMs: null },
    jitter: { kind: 'none' },
    clamp: 'after jitter',
    after: 'attempt',
  },
  budget: null,
  retries: {
    methods: ['GET', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'],
    statuses: [408, 413, 429, 500, 502, 503, 504],
    unreachable: true,
    timeouts: false,
  },
  retryAfter: 'obeyed',
  hosts: { kind: 'one' },
};

/** ky with what its documentation offers (`retryOnTimeout`, `jitter: true`), and a `beforeRetry` hook that turns to the next host. */
const kyTuned: PeerPolicy = {
  ...ky,
  title: 'ky, tuned',
  about: 'ky with retryOnTimeout, jitter, and a hook that turns to the next host',
  delay: { ...ky.delay, jitter: FULL_JITTER },
  retries: { ...ky.retries, timeouts: true },
  hosts: { kind: 'walk', order: 'standbys first' },
};

/**
 * AWS SDKs since November 2026, mode `standard`: docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html. Full jitter of
 * min(20 s, 50 ms · 2ⁿ), or 1 s · 2ⁿ where the service asks to slow down; 500 tokens, a retry costs 14 (5 if throttled), which a success
 * gives back; else a success adds 1. `x-amz-retry-after` counts within 5 s above the computed delay. Time-outs are transient errors.
 */
const aws: PeerPolicy = {
  title: 'AWS 2026',
  about: 'two retries, full jitter from 50 ms, 500 tokens at 14 each',
  kind: 'requests',
  attempts: 3,
  attemptMs: 'app',
  delay: {
    steps: { kind: 'exponential', baseMs: 50, factor: 2, capMs: 20_000 },
    throttledBaseMs: 1_000,
    jitter: FULL_JITTER,
    clamp: 'before jitter',
    after: 'attempt',
  },
  budget: {
    capacity: 500,
    charge: 'each retry',
    price: 14,
    throttledPrice: 5,
    floor: -1,
    refillPerSuccess: 1,
    refunds: true,
  },
  retries: EVERYTHING,
  retryAfter: { overDelayMs: 5_000 },
  hosts: { kind: 'one' },
};

/**
 * gRPC: the policy that github.com/grpc/proposal/blob/master/A6-client-retries.md shows (4 attempts, 0.1 s · 2ⁿ up to 1 s, × U(0.8, 1.2)
 * since its change #452; 10 tokens, each failure takes 1, each success gives 0.1, none is sent again at half of them or fewer). It
 * retries UNAVAILABLE: nobody there, the connection broken, 502, 503, 504 and 429 (doc/http-grpc-status-mapping.md). A deadline is the
 * whole call's, so what timed out is not sent again. Hosts: `pick_first` stays where it is connected.
 */
const grpc: PeerPolicy = {
  title: 'gRPC A6',
  about: 'three retries, 0.1 to 1 s ± 20 %, none while half of 10 tokens is gone; time-outs are not retried',
  kind: 'requests',
  attempts: 4,
  attemptMs: 'app',
  delay: {
    steps: { kind: 'exponential', baseMs: 100, factor: 2, capMs: 1_000 },
    jitter: { kind: 'times', from: 0.8, to: 1.2 },
    clamp: 'before jitter',
    after: 'attempt',
  },
  budget: { ...TEN_TOKENS, charge: 'each failure', floor: 5 },
  retries: { methods: 'all', statuses: [429, 502, 503, 504], unreachable: true, timeouts: false },
  retryAfter: 'obeyed',
  hosts: { kind: 'stay', leaves: 'when unreachable' },
};

/** Policies of requests, by the name that the command line takes. */
export const REQUEST_POLICIES = {
  none,
  immediate,
  walk,
  'walk-listed': walkListed,
  'eject-60': eject60,
  'full-jitter': fullJitter,
  'bucket-10': bucket10,
  ky,
  'ky-tuned': kyTuned,
  aws,
  grpc,
} as const;
