/**
 * Every default of the library, in one place. A test holds the documentation to it.
 * Times are in milliseconds. Why each number is what it is stands in ARCHITECTURE.md, "Defaults".
 */

/** What every pool has. The sections are those of its options. */
export const POOL_DEFAULTS = {
  retry: {
    /** Attempts of one request that a server may have worked on. */
    attempts: 3,
    /** How many of those may go to one host. */
    attemptsPerHost: 2,
    backoffBaseMs: 100,
    backoffCapMs: 20_000,
  },
  budget: {
    /** Tokens of a client in a browser or on a phone: there are many of them. */
    capacity: 1,
    refillPerSuccess: 0.1,
  },
  timeout: {
    /** Until the first byte of an attempt's answer. */
    attemptMs: 5_000,
    /** The same on a host that timed out within `waryForMs`. */
    waryAttemptMs: 2_000,
    waryForMs: 30_000,
    /** Until a request's answer begins, over all its attempts and waits. */
    totalMs: 30_000,
  },
  ejection: {
    connectFailures: 2,
    serverErrors: 3,
    coolDownMs: 5_000,
    coolDownCapMs: 60_000,
    /** The cool-down is multiplied by a draw from [1 - spread, 1 + spread). */
    coolDownSpread: 0.5,
  },
  probe: {
    path: '/healthz/ready',
    /** Between two probes of a host that is being proven. */
    periodMs: 2_000,
    timeoutMs: 2_000,
    successThreshold: 2,
  },
  failback: {
    /** A host that is proven again waits a draw from [0, holdMs) before clients return to it. */
    holdMs: 60_000,
  },
} as const;

export const RETRY_AFTER = {
  /** A longer `Retry-After` is read as this. */
  capMs: 3_600_000,
} as const;

/** How hosts are asked for a sign of life. */
export const SIGN_OF_LIFE = {
  /** What a host was found to be when it was asked, alive or silent, counts for this long. */
  goodForMs: 5_000,
  /** How soon an attempt that is late looks again for a host that it may be given up for. */
  lookAgainMs: 100,
} as const;

/** How long a client that makes no requests puts a probe off. */
export const SPARING = {
  /** So many times its cool-down or pause. */
  pauses: 32,
  /** And at most so many times the longest cool-down. */
  coolDownCaps: 4,
} as const;

/** Stored health that is older than this means nothing any more. */
const STORED_FOR_MS = 600_000;

/** What a site's worker has beside the options of the site. */
export const NAVIGATION_DEFAULTS = {
  /** How often one URL may be sent to another host within the dwell. */
  moves: 2,
  /** A shorter dwell counts as this when moves are counted. */
  guardLeastMs: 10_000,
  /** Good looks in a row that prove a host. */
  goodLooks: 2,
  /** Between two looks at a host that failed. */
  lookPeriodMs: 2_000,
  /** How long a navigation waits for what is stored. */
  loadMs: 250,
  /** What is stored of moves and hosts is dropped when it is older. */
  maxAgeMs: STORED_FOR_MS,
} as const;

/** What a socket has. */
export const SOCKET_DEFAULTS = {
  /** A second host is asked beside the first when that has not opened after this. */
  staggerMs: 2_000,
  /** Until a link must be open; doubled with each round that failed. */
  openMs: 5_000,
  maxQueuedBytes: 1_048_576,
  intervalMs: 4_000,
  /** With it, a host that freezes costs 8 s at most: what it takes to reach the next one is to fit in, too. */
  deadMs: 7_500,
  reconnect: {
    firstWaitMs: 1_000,
    backoffBaseMs: 500,
    backoffCapMs: 20_000,
    minUptimeMs: 5_000,
  },
} as const;

/** Of event streams. */
export const EVENT_SOURCE_DEFAULTS = {
  /** Upper end of the first wait before an event stream is opened again, until the server names another. */
  retryMs: 1_000,
  /** A shorter wish of the server is read as this. */
  retryLeastMs: 100,
  /** A longer one as this. */
  retryMostMs: 60_000,
  /** Upper end of the longest such wait. */
  backoffCapMs: 20_000,
  /** A stream that has stayed open for this long proves its host: waits begin anew. */
  provenMs: 5_000,
  /** A stream without a byte for this long is opened again, beside the silent one. */
  stallMs: 45_000,
  /** Longest event. */
  maxEventChars: 1_048_576,
} as const;

/** What belongs to a rule or a part. */
const MORE_DEFAULTS = {
  retryAfter: RETRY_AFTER,
  budget: {
    /** Tokens of a server process: there are few, each with much traffic. */
    serverCapacity: 10,
  },
  timeout: {
    /** Between two chunks of a response's body. */
    stallMs: 10_000,
    /** Until a connection is up (Node). */
    connectMs: 2_000,
    /** How long a connection without requests is kept (Node). */
    keepAliveMs: 4_000,
  },
  ejection: {
    /** All hosts failing within this time is taken for a fault on this side. */
    localFaultWindowMs: 10_000,
  },
  probe: {
    /** Between two looks at a host that is alive but not active. */
    inactivePeriodMs: 15_000,
    failureThreshold: 1,
    /** A client that is well served elsewhere probes once in so many requests. */
    requestsPerProbe: 4,
    /** Until the first probe of a new host, where hosts in service are probed, too. */
    initialDelayMs: 0,
    /** Probe hosts that are in service too. */
    always: false,
  },
  failback: {
    /** What proves a host: `probe`, or one live `request` at a time. */
    proof: 'probe',
  },
  signOfLife: SIGN_OF_LIFE,
  sparing: SPARING,
  fence: {
    /** How long a lower epoch of the same cluster is refused. */
    forMs: 600_000,
  },
  body: {
    /** A request stream up to this size is buffered so that it can be sent again. */
    bufferCapBytes: 1_048_576,
  },
  hedging: {
    minDelayMs: 100,
    maxDelayMs: 2_000,
    /** Share of requests that may be hedged. */
    maxShare: 0.05,
  },
  storage: {
    /** How long a first request waits for remembered health. */
    loadTimeoutMs: 250,
    /** Remembered health older than this is dropped. */
    maxAgeMs: STORED_FOR_MS,
  },
  tabs: {
    /** What another tab says of hosts is dropped when it is older than this. */
    newsAgeMs: 10_000,
    /** And when it is longer than this, in characters. */
    newsCapChars: 65_536,
  },
  answer: {
    /** A health answer or a hosts document is read up to here. */
    capBytes: 65_536,
  },
  session: {
    /** How long a session waits for its store. */
    storageTimeoutMs: 2_000,
    /** How long it waits for another tab or process that is renewing the same session: no longer than that may take at one host. */
    renewalWaitMs: 5_000,
    /** A token that was renewed because of a 401 is not renewed for another 401 within this time. */
    renewGapMs: 5_000,
    /** Longest pause before a host that failed to open or resume the session is asked again for that. */
    pauseCapMs: 2_000,
  },
  discovery: {
    /** Where listed hosts serve the list of hosts. */
    path: '/.well-known/switchover.json',
    refreshMs: 300_000,
    timeoutMs: 5_000,
    /** Upper end of the pause after a look that failed, doubled with each one in a row. */
    retryBaseMs: 1_000,
  },
  eventSource: EVENT_SOURCE_DEFAULTS,
  socket: SOCKET_DEFAULTS,
} as const;

/** All of them. Bundlers drop it where only {@link POOL_DEFAULTS} is needed. */
export const DEFAULTS = /* @__PURE__ */ layered(POOL_DEFAULTS, MORE_DEFAULTS);

/** Two layers of sections as one: in each section, the second layer's values over the first one's. */
export function layered<A extends object, B extends object>(below: A, above: B): A & B {
  const sections = Object.entries(above).map(([name, section]) => [name, { ...below[name as keyof A], ...section }]);
  return { ...below, ...Object.fromEntries(sections) };
}
