import type { HostList } from '../policy/hostList.ts';

/** A value, or a promise of it: ports may answer at once where they can. */
export type MaybePromise<T> = T | Promise<T>;

/** Time, as the library sees it. */
export interface Clock {
  /**
   * Monotonic milliseconds: only differences mean anything.
   *
   * @throws SwitchoverError `OUTSIDE_REQUEST` in workerd, where the clock is that of another request.
   */
  now(): number;
  /** Milliseconds since 1970, for what is stored and for HTTP dates. May jump. */
  wallTime(): number;
  /**
   * Calls `callback` once after `delayMs`; the returned function cancels it. A `background` timer does not keep a
   * process alive: nobody waits for it.
   */
  setTimer(callback: () => void, delayMs: number, background?: boolean): () => void;
}

/** A uniform random number in [0, 1). */
export type Random = () => number;

/**
 * Where state outlives a page or a process. Values are strings; a missing key is `undefined`. Where users are moved to another hostname,
 * it is the `storage` of `handoff` (`switchover/browser`), which waits for what comes along.
 *
 * A call that could not be done rejects, or throws; the stores of this library with `STORAGE_FAILED`. Whoever uses it goes on without.
 */
export interface KeyValueStore {
  /** Gives the value of a key. */
  get(key: string): MaybePromise<string | undefined>;
  /** Stores a value, in place of the one that is there. */
  set(key: string, value: string): MaybePromise<void>;
  /** Takes a key away. One that is not there is let be. */
  delete(key: string): MaybePromise<void>;
  /**
   * Changes a value in one step, so that no change of another tab or process comes in between. `change` gets what is there, and
   * returns what is to be, undefined for nothing; it may be called more than once. Default: the last of two writers wins.
   */
  update?(key: string, change: (value: string | undefined) => string | undefined): MaybePromise<void>;
  /** The keys of all that is stored, for what moves to another origin. Default: nothing moves. */
  keys?(): MaybePromise<readonly string[]>;
  /**
   * Settles when what is stored is whole: a page that comes from another origin has to fetch it first. Whoever reads waits for it,
   * without a limit of his own. It does not reject. Default: it is whole.
   */
  readonly ready?: Promise<unknown>;
  /** What is kept ends with the process: what matters only after that need not be written. Default false. */
  readonly volatile?: boolean;
  /** Tells the processes apart that share the store. Default: nobody does, or the platform's own locks do. */
  readonly locks?: OwnerLock;
}

/** Sees to it that what is stored has one owner at a time, over all tabs or processes that share the store. */
export interface OwnerLock {
  /** Takes a name at once: a function that gives it up, or null where somebody else has it. An owner that dies gives up what it has. */
  acquire(name: string): MaybePromise<(() => MaybePromise<void>) | null>;
  /**
   * Waits for a name, in the order of those who wait for it; gives a function that gives it up. Default: nobody waits.
   *
   * @param signal Ends the wait: rejects with the signal's reason.
   */
  wait?(name: string, signal: AbortSignal): Promise<() => MaybePromise<void>>;
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
  /** Calls `listener` before the app may be frozen or gone: hidden, in the background. Default: nobody is told. */
  onLeave?(listener: () => void): () => void;
  /**
   * True where an app that comes back stood still meanwhile, and its connections may be dead without a word: a phone's. One that can't be
   * asked whether it lives is then replaced. Default false.
   */
  readonly suspends?: boolean;
}

/** The platform's `fetch`, or any function of its shape. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Everything of the outside world that the library touches. Each part may be replaced. */
export interface Ports {
  /**
   * Sends requests. Default: the platform's `fetch`; with `createFailover` on Node, one with a connect time-out (`nodeFetch` of
   * `switchover/node`).
   */
  readonly fetch: Fetch;
  /** Time. Default: the system's, monotonic. */
  readonly clock: Clock;
  /** Chance. Default `Math.random`. */
  readonly random: Random;
  /** Where what is known outlives the page or the process. Default: memory; with `createFailover` in a browser, IndexedDB. */
  readonly storage: KeyValueStore;
  /**
   * What the platform believes about the network. Default: nobody tells, so always online; with `createFailover`, `navigator.onLine` and
   * its events, where there are such.
   */
  readonly connectivity: Connectivity;
  /** When the app is seen again. Default: nobody tells; with `createFailover` in a page, when it is shown again. */
  readonly lifecycle: Lifecycle;
}

/** A list of hosts, as a source found it. */
export interface FoundHosts {
  /** The list, as in {@link HostList}. */
  readonly hosts: HostList;
  /** Grows with each change of the list: the pool drops what is not above the last one that it took. Default: always taken. */
  readonly generation?: number;
}

/** Where a pool's list of hosts comes from, other than its options: service records, a document. */
export interface HostSource {
  /**
   * Loads the list; `null` where it is as it was.
   *
   * Rejects with `DISCOVERY_REFUSED` when what came may not be used; the list in hand then stays.
   *
   * @param signal Ends the look: the pool was closed, or its time is over. Rejects with the signal's reason.
   * @param ask Asks the listed hosts for a path, best host first: for sources that the hosts themselves serve.
   */
  load(signal: AbortSignal, ask: (path: string) => Promise<Response>): Promise<FoundHosts | null>;
  /** Between two looks, in milliseconds. The pool spreads it, so that clients do not ask together. */
  readonly refreshMs: number;
}
