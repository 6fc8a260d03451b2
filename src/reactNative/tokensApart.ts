import type { KeyValueStore, MaybePromise } from '../runtime/ports.ts';
import { joinToken, lacksToken, partToken } from '../session/storedSession.ts';
import { CHANNEL_KEYS, tokenKey } from '../site/names.ts';

const isChannels = (key: string): boolean => key.startsWith(CHANNEL_KEYS);

/**
 * Keeps the tokens of channels' sessions with the secrets, all else in the store. What a channel stores changes with each message, far too
 * often for a key store; its token changes with each connection only. A session whose token is gone begins anew, and its channel says so.
 */
export class TokensApart implements Pick<KeyValueStore, 'get' | 'set' | 'delete'> {
  readonly #store: KeyValueStore;
  readonly #secrets: KeyValueStore;
  /** What lies with the secrets, by the key of its session. */
  readonly #tokens = new Map<string, string>();

  constructor(store: KeyValueStore, secrets: KeyValueStore) {
    this.#store = store;
    this.#secrets = secrets;
  }

  get(key: string): MaybePromise<string | undefined> {
    return isChannels(key) ? this.#joined(key) : this.#store.get(key);
  }

  set(key: string, value: string): MaybePromise<void> {
    const parts = isChannels(key) ? partToken(value) : null;
    if (parts === null) return this.#store.set(key, value);
    const { head, token } = parts;
    // As quick as the store itself, as long as the token is the same.
    return this.#tokens.get(key) === token ? this.#store.set(key, head) : this.#move(key, head, token);
  }

  delete(key: string): MaybePromise<void> {
    return this.#tokens.has(key) ? this.#remove(key) : this.#store.delete(key);
  }

  async #joined(key: string): Promise<string | undefined> {
    const value = await this.#store.get(key);
    if (value === undefined || !lacksToken(value)) return value;
    const token = await this.#secrets.get(tokenKey(key));
    if (token === undefined) return value;
    this.#tokens.set(key, token);
    return joinToken(value, token);
  }

  /** The token comes first. Until it is used the one before it is good as well, so it does no harm if nothing comes after it. */
  async #move(key: string, head: string, token: string): Promise<void> {
    await this.#secrets.set(tokenKey(key), token);
    this.#tokens.set(key, token);
    await this.#store.set(key, head);
  }

  async #remove(key: string): Promise<void> {
    this.#tokens.delete(key);
    await this.#store.delete(key);
    await this.#secrets.delete(tokenKey(key));
  }
}
