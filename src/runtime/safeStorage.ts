import { DEFAULTS } from '../policy/defaults.ts';
import { SwitchoverError } from '../policy/error.ts';
import type { HostPool } from './hostPool.ts';
import { waitAtMost } from './wait.ts';

/** One key of a store that may be slow, full or broken: nobody waits long for it, and nothing fails with it. */
export class SafeStorage {
  readonly #pool: HostPool;
  readonly #key: string;
  #unsaved: string | null = null;
  #saving = false;

  constructor(pool: HostPool, key: string) {
    this.#pool = pool;
    this.#key = `switchover:${key}`;
  }

  /** What was stored; undefined where there is nothing, or it takes too long. Never rejects. */
  async read(): Promise<string | undefined> {
    const { storage, clock } = this.#pool.ports;
    try {
      return await waitAtMost(clock, DEFAULTS.storage.loadTimeoutMs, Promise.resolve(storage.get(this.#key)));
    } catch (cause) {
      this.complain('read', cause);
      return undefined;
    }
  }

  /** Stores the text soon; of several texts meanwhile only the last is written. Never throws. */
  write(text: string): void {
    this.#unsaved = text;
    if (!this.#saving) void this.#drain();
  }

  /** Tells the app that the store is no good. */
  complain(verb: string, cause: unknown): void {
    const remedy = 'Check the storage; the pool goes on without it.';
    this.#pool.warn(new SwitchoverError('STORAGE_FAILED', `${this.#key} could not be ${verb}.`, { remedy, cause }));
  }

  async #drain(): Promise<void> {
    this.#saving = true;
    while (this.#unsaved !== null) {
      const text = this.#unsaved;
      this.#unsaved = null;
      try {
        await this.#pool.ports.storage.set(this.#key, text);
      } catch (cause) {
        this.complain('written', cause);
      }
    }
    this.#saving = false;
  }
}
