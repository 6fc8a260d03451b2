/**
 * How a library sends again, or connects again: plain data, from its documentation and its sources. Delays are in milliseconds.
 *
 * One interpreter runs them all ({@link PeerFleet}), so what is compared is the policy, not how it is written.
 */
export interface PeerPolicy {
  /** As it is called in tables. */
  readonly title: string;
  /** What it does, in a few words. */
  readonly about: string;
  /** `requests`: one after the other. `connections`: one that is to stand for good, so a broken one is replaced. */
  readonly kind: 'requests' | 'connections';
  /** Attempts of one request, the first included; null for no limit. */
  readonly attempts: number | null;
  /** Attempts at one host, where that is limited too. */
  readonly attemptsPerHost?: number;
  /** Time of one attempt. `app`: what the app says, which is the scenario's `timeout.attemptMs`. */
  readonly attemptMs: number | 'app';
  /** Of connections: how long a silent one is taken for well. It is a draw from [least, most), as heartbeats are not in step. */
  readonly silenceMs?: readonly [least: number, most: number];
  readonly delay: PeerDelay;
  readonly budget: PeerBudget | null;
  readonly retries: PeerRetries;
  /** `obeyed`: exactly so long. A number: no shorter than the computed delay, and no longer than that and so much more. */
  readonly retryAfter: 'ignored' | 'obeyed' | { readonly overDelayMs: number };
  readonly hosts: PeerHosts;
}

/** Which failures are followed by another attempt. */
export interface PeerRetries {
  readonly methods: 'all' | readonly string[];
  readonly statuses: 'all' | readonly number[];
  /** Nobody listens, the connection breaks, there is no network. */
  readonly unreachable: boolean;
  readonly timeouts: boolean;
}

/** How long is waited before the next attempt. */
export interface PeerDelay {
  readonly steps:
    | { readonly kind: 'exponential'; readonly baseMs: number; readonly factor: number; readonly capMs: number | null }
    /** After the last one: it is used again, or that was all. */
    | { readonly kind: 'list'; readonly delaysMs: readonly number[]; readonly beyond: 'repeat' | 'give up' };
  /** Base of the steps after an answer that asks to slow down, where that has its own. */
  readonly throttledBaseMs?: number;
  readonly jitter:
    | { readonly kind: 'none' }
    /** The delay is multiplied by a draw from [from, to). */
    | { readonly kind: 'times'; readonly from: number; readonly to: number }
    /** A draw from [0, mostMs) is added. */
    | { readonly kind: 'plus'; readonly mostMs: number };
  /** Whether the longest delay is cut off before the jitter, or after it: then late rounds of all clients fall into one instant. */
  readonly clamp: 'before jitter' | 'after jitter';
  /** `attempt`: after each. `round`: after all hosts were tried once, at once. */
  readonly after: 'attempt' | 'round';
  /** Waited before the first attempt of all, where a connection is replaced. */
  readonly first?: 'as a retry' | 'at once';
}

/** What keeps a client from sending again too often. Tokens; one bucket for each client. */
export interface PeerBudget {
  readonly capacity: number;
  /** Retries are allowed while more than this is left after the charge; of AWS: while the price can be paid. */
  readonly charge: 'each retry' | 'each failure';
  readonly price: number;
  /** Price after an answer that asks to slow down. */
  readonly throttledPrice: number;
  /** Nothing is sent again at this many tokens or fewer. -1 where a price that can be paid is enough. */
  readonly floor: number;
  readonly refillPerSuccess: number;
  /** A retry that succeeds gives its price back, instead of the refill. */
  readonly refunds: boolean;
}

/** Whether and how a second host is used. */
export type PeerHosts =
  /** One address, of the client's own host. */
  | { readonly kind: 'one' }
  /** One address behind which, from the first moment on, a load balancer leads to a host that serves: as well as it can be for one. */
  | { readonly kind: 'balanced' }
  /**
   * Each request begins at the client's own host, each retry goes to the next one: nothing is remembered. The order is that of the
   * product's clients, standbys before other active hosts, or the list's from the own host on.
   */
  | { readonly kind: 'walk'; readonly order: 'standbys first' | 'as listed' }
  /** A host that failed is passed over for some time, by all requests of the client. */
  | { readonly kind: 'eject'; readonly forMs: number }
  /**
   * The host that answered last is used until it can't be reached, or until it fails in any way; then the next one. A connection that is
   * lost is replaced at the same host first, or at the next one.
   */
  | {
      readonly kind: 'stay';
      readonly leaves: 'when unreachable' | 'at any failure';
      readonly afterLoss?: 'same' | 'next';
    };
