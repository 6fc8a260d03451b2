import { DEFAULTS } from '../policy/defaults.ts';
import type { StoredToken } from '../policy/sessionState.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import type { Clock, KeyValueStore } from '../runtime/ports.ts';
import { SafeStorage } from '../runtime/safeStorage.ts';
import { nameOf } from '../runtime/storedHealth.ts';
import { waitAtMost } from '../runtime/wait.ts';

/** Where a session's token outlives the page or the process. Nobody waits long for it, and nothing fails with it. */
export class SessionStore {
  readonly #clock: Clock;
  readonly #storage: SafeStorage;
  /** A store that was too slow once is not waited for again: else each change of host would take so much longer. */
  #patienceMs: number = DEFAULTS.session.storageTimeoutMs;
  /** A token that was taken away must not be read again on its way out. */
  #written: Promise<void> = Promise.resolve();

  constructor(pool: HostPool, key: string | undefined, store: KeyValueStore | undefined) {
    this.#clock = pool.ports.clock;
    this.#storage = new SafeStorage(pool, `${key ?? nameOf(pool)}:session`, store);
  }

  /** The stored token; null where there is none that can be used. Never rejects. */
  async read(): Promise<StoredToken | null> {
    await this.#written;
    const text = await this.#timed(this.#storage.read(this.#patienceMs));
    if (text === undefined) return null;
    const token = parseToken(text);
    if (token === null) this.reject();
    return token;
  }

  /** Stores the token, or takes it away. Resolves when that is done, or takes too long. Never rejects. */
  write(token: StoredToken | null): Promise<void> {
    this.#written = this.#write(token);
    return this.#written;
  }

  async #write(token: StoredToken | null): Promise<void> {
    const limitMs = this.#patienceMs;
    const text = token === null ? null : JSON.stringify({ format: 1, ...token });
    const written = this.#storage.write(text).then(() => true);
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
