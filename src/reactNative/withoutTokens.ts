import type { KeyValueStore } from '../runtime/ports.ts';
import { joinToken, lacksToken, partToken } from '../session/storedSession.ts';
import { CHANNEL_KEYS, tokenKey } from '../site/names.ts';

/**
 * Keeps the tokens of channels' sessions with the secrets. What a channel stores changes with each message, far too often for a key
 * store; its token changes with each connection only. A session whose token is gone begins anew, and its channel tells of that.
 */
export function withoutTokens(
  store: KeyValueStore,
  secrets: KeyValueStore,
): Pick<KeyValueStore, 'get' | 'set' | 'delete'> {
  const isChannels = (key: string) => key.startsWith(CHANNEL_KEYS);
  /** The tokens that lie with the secrets, by the key of their session. */
  const tokens = new Map<string, string>();

  async function joined(key: string): Promise<string | undefined> {
    const value = await store.get(key);
    if (value === undefined || !lacksToken(value)) return value;
    const token = await secrets.get(tokenKey(key));
    if (token === undefined) return value;
    tokens.set(key, token);
    return joinToken(value, token);
  }

  /** The token comes first. Until it is used the one before it is good as well, so it does no harm if nothing comes after it. */
  async function moved(key: string, head: string, token: string): Promise<void> {
    await secrets.set(tokenKey(key), token);
    tokens.set(key, token);
    await store.set(key, head);
  }

  async function removed(key: string): Promise<void> {
    tokens.delete(key);
    await store.delete(key);
    await secrets.delete(tokenKey(key));
  }

  return {
    get: (key) => (isChannels(key) ? joined(key) : store.get(key)),
    set(key, value) {
      const parts = isChannels(key) ? partToken(value) : null;
      if (parts === null) return store.set(key, value);
      const { head, token } = parts;
      // As quick as the store itself, as long as the token is the same.
      return tokens.get(key) === token ? store.set(key, head) : moved(key, head, token);
    },
    delete: (key) => (tokens.has(key) ? removed(key) : store.delete(key)),
  };
}
