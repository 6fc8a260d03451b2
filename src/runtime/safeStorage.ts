import { DEFAULTS } from '../policy/defaults.ts';
import { SwitchoverError } from '../policy/error.ts';
import type { HostPool } from './hostPool.ts';
import type { KeyValueStore, MaybePromise } from './ports.ts';
import { waitAtMost } from './wait.ts';

/** What is to be stored: a text, or what makes one of the text that is there; null where there is to be none. */
type Unsaved = string | null | ((stored: string | undefined) => string);

/** One key of a store that may be slow, full or broken: nobody waits long for it, and nothing fails with it. */
export class SafeStorage {
  readonly #pool: HostPool;
  readonly #key: string;
  readonly #store: KeyValueStore;
  /** What is to be written next; null: the key is to go; undefined: nothing. */
  #unsaved: Unsaved | undefined;
  #saving: Promise<void> | null = null;
  /** Once told, a store that takes nothing need not be told of with each change. */
  #refuses = false;

  constructor(pool: HostPool, key: string, store: KeyValueStore = pool.ports.storage) {
    this.#pool = pool;
    this.#key = `switchover:${key}`;
    this.#store = store;
  }

  /** Settles when there is all to read that will be. */
  get ready(): Promise<unknown> | undefined {
    return this.#store.ready;
  }

  /** What was stored; undefined where there is nothing, or it takes too long. Never rejects. */
  async read(limitMs: number = DEFAULTS.storage.loadTimeoutMs): Promise<string | undefined> {
    await this.ready;
    try {
      // A store that throws at once does so before anybody could listen: that is told of a moment later.
      const reading = async () => ({ text: await this.#store.get(this.#key) });
      const found = await waitAtMost(this.#pool.ports.clock, limitMs, reading());
      if (found === undefined) this.complain(`read within ${limitMs} ms`);
      return found?.text;
    } catch (cause) {
      this.complain('read', cause);
      return undefined;
    }
  }

  /**
   * Stores the text soon; null takes the key away. A function makes it of what is there, in one step, where the store can do that;
   * else it gets undefined. Of several texts meanwhile only the last is written. Resolves when nothing is left to write. Never
   * rejects.
   */
  write(what: Unsaved): Promise<void> {
    this.#unsaved = what;
    this.#saving ??= this.#drain();
    return this.#saving;
  }

  /** Tells the app that the store is no good. */
  complain(verb: string, cause?: unknown): void {
    const remedy = 'Check the storage; the pool goes on without it.';
    this.#pool.warn(new SwitchoverError('STORAGE_FAILED', `${this.#key} could not be ${verb}.`, { remedy, cause }));
  }

  async #drain(): Promise<void> {
    // Texts of the same step are one.
    await null;
    while (this.#unsaved !== undefined) {
      const what = this.#unsaved;
      this.#unsaved = undefined;
      try {
        await this.#put(what);
        this.#refuses = false;
      } catch (cause) {
        if (!this.#refuses) this.complain('written', cause);
        this.#refuses = true;
      }
    }
    this.#saving = null;
  }

  #put(what: Unsaved): MaybePromise<void> {
    if (what === null) return this.#store.delete(this.#key);
    if (typeof what === 'string') return this.#store.set(this.#key, what);
    const { update } = this.#store;
    return update === undefined
      ? this.#store.set(this.#key, what(undefined))
      : update.call(this.#store, this.#key, what);
  }
}
