/** A value, or a promise of it: ports may answer at once where they can. */
export type MaybePromise<T> = T | Promise<T>;

/** Time, as the library sees it. */
export interface Clock {
  /** Monotonic milliseconds: only differences mean anything. */
  now(): number;
  /** Milliseconds since 1970, for what is stored and for HTTP dates. May jump. */
  wallTime(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels it. Must not keep a process alive by itself. */
  setTimer(callback: () => void, delayMs: number): () => void;
}

/** A uniform random number in [0, 1). */
export type Random = () => number;

/** Where state outlives a page or a process. Values are strings; a missing key is `undefined`. */
export interface KeyValueStore {
  get(key: string): MaybePromise<string | undefined>;
  set(key: string, value: string): MaybePromise<void>;
  delete(key: string): MaybePromise<void>;
}

/** What the platform believes about the network. Its word shortens waits and stops blame; it never blocks attempts for good. */
export interface Connectivity {
  /** False when the platform says there is no network at all. */
  isOnline(): boolean;
  /** Calls `listener` at each change; the returned function ends it. */
  subscribe(listener: (online: boolean) => void): () => void;
}

/** When an app is seen again: a page becomes visible, a phone app active, a machine wakes. */
export interface Lifecycle {
  /** Calls `listener` each time the app comes back; the returned function ends it. */
  subscribe(listener: () => void): () => void;
}

/** The platform's `fetch`, or any function of its shape. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Everything of the outside world that the library touches. Each part may be replaced. */
export interface Ports {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: KeyValueStore;
  readonly connectivity: Connectivity;
  readonly lifecycle: Lifecycle;
}
