import { DEFAULTS } from '../policy/defaults.ts';
import type { StoredToken } from '../policy/sessionState.ts';
import { reasonOf } from '../runtime/abortReason.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import { locksFor } from '../runtime/locks.ts';
import type { Clock, KeyValueStore, MaybePromise } from '../runtime/ports.ts';
import { SafeStorage } from '../runtime/safeStorage.ts';
import { nameOf } from '../runtime/storedHealth.ts';
import { waitAtMost } from '../runtime/wait.ts';
import { linkSignal } from './linkSignal.ts';

/** Where a session's token outlives the page or the process. Nobody waits long for it, and nothing fails with it. */
export class SessionStore {
  readonly #clock: Clock;
  readonly #storage: SafeStorage;
  readonly #turns: Turns | null;
  /** A store that was too slow once is not waited for again: else each change of host would take so much longer. */
  #patienceMs: number = DEFAULTS.session.storageTimeoutMs;
  /** A token that was taken away must not be read again on its way out. */
  #written: Promise<void> = Promise.resolve();

  constructor(pool: HostPool, key: string | undefined, store: KeyValueStore | undefined) {
    const name = `${key ?? nameOf(pool)}:session`;
    this.#clock = pool.ports.clock;
    this.#storage = new SafeStorage(pool, name, store);
    this.#turns = turnsOf(store ?? pool.ports.storage, `switchover:${name}`);
  }

  /**
   * Waits until no other tab or process that shares the store is renewing the session: who comes after it finds the new token there.
   * Resolves to what ends our turn; also where the others take too long, or can't be known. Rejects only with the signal's reason.
   */
  async turn(signal: AbortSignal): Promise<() => MaybePromise<void>> {
    if (this.#turns === null) return noTurn;
    const waiting = new AbortController();
    const unlink = linkSignal(signal, waiting);
    const taking = this.#turns(waiting.signal).catch(() => noTurn);
    const taken = await waitAtMost(this.#clock, DEFAULTS.session.renewalWaitMs, taking);
    unlink();
    if (taken !== undefined && !signal.aborted) return taken;
    waiting.abort();
    // It may have come at the last moment.
    void taking.then((end) => end());
    if (signal.aborted) throw reasonOf(signal);
    return noTurn;
  }

  /** The stored token; null where there is none that can be used. Never rejects. */
  async read(): Promise<StoredToken | null> {
    await this.#written;
    await this.#storage.ready;
    const text = await this.#timed(this.#storage.read(this.#patienceMs));
    if (text === undefined) return null;
    const token = parseToken(text);
    if (token === null) this.reject();
    return token;
  }

  /** Stores the token, or takes it away. Resolves when that is done, or takes too long. Never rejects. */
  write(token: StoredToken | null): Promise<void> {
    return this.#put(token === null ? null : textOf(token));
  }

  /**
   * Stores a token that a host has just granted. Where another page has stored one meanwhile, it gets a version above that one's, so
   * that all pages agree which is the newest. Resolves to the token as it is stored. Never rejects.
   */
  async add(token: StoredToken): Promise<StoredToken> {
    let added = token;
    await this.#put((text) => {
      const there = text === undefined ? null : parseToken(text);
      const isAhead = there !== null && there.version >= token.version && there.token !== token.token;
      added = isAhead ? { ...token, version: there.version + 1 } : token;
      return textOf(added);
    });
    return added;
  }

  #put(what: Parameters<SafeStorage['write']>[0]): Promise<void> {
    this.#written = this.#write(what);
    return this.#written;
  }

  async #write(what: Parameters<SafeStorage['write']>[0]): Promise<void> {
    const limitMs = this.#patienceMs;
    const written = this.#storage.write(what).then(() => true);
    const done = await this.#timed(waitAtMost(this.#clock, limitMs, written));
    if (done === undefined) this.#storage.complain(`written within ${limitMs} ms`);
  }

  /** Tells the app that what is stored is no token. Why is not said: an error of the parser would quote the text. */
  reject(): void {
    this.#storage.complain('understood');
  }

  async #timed<T>(work: Promise<T>): Promise<T> {
    const startedMs = this.#clock.now();
    const result = await work;
    if (this.#clock.now() - startedMs >= this.#patienceMs) this.#patienceMs = 0;
    return result;
  }
}

/** Waits for the one turn that there is. */
type Turns = (signal: AbortSignal) => Promise<() => MaybePromise<void>>;

const noTurn = (): void => {};

/** Null where nobody else can have the session: the store is this program's own, or knows of no others. */
function turnsOf(store: KeyValueStore, name: string): Turns | null {
  if (store.volatile) return null;
  const locks = locksFor(store);
  return locks.wait === undefined ? null : async (signal) => (await locks.wait?.(name, signal)) ?? noTurn;
}

const textOf = (token: StoredToken): string => JSON.stringify({ format: 1, ...token });

/** Null for everything that {@link SessionStore.write} has not written. */
function parseToken(text: string): StoredToken | null {
  try {
    const record = JSON.parse(text) as Partial<Record<'format' | keyof StoredToken, unknown>>;
    const { format, token, version, expiresAtMs, origins, host } = record;
    const isText = (value: unknown) => typeof value === 'string' && value !== '';
    const fits =
      format === 1 &&
      isText(token) &&
      isText(host) &&
      Number.isSafeInteger(version) &&
      (expiresAtMs === null || Number.isFinite(expiresAtMs)) &&
      Array.isArray(origins) &&
      origins.every(isText);
    return fits ? ({ token, version, expiresAtMs, origins, host } as StoredToken) : null;
  } catch {
    return null;
  }
}
