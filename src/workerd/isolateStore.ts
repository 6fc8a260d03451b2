import { memoryStore } from '../runtime/memoryStore.ts';
import type { KeyValueStore } from '../runtime/ports.ts';

/** So many pools' health is kept: a worker that serves many tenants may make pools of many lists. */
const MOST_POOLS = 1_000;

/** What the requests of one isolate know of hosts, by the pool's name. */
const health = new Map<string, string>();

/**
 * The store of a pool that lives as long as one request: what it learns of its hosts, the isolate's next requests know. Everything else
 * stays its own, since a session belongs to one user and an isolate serves many.
 */
export function isolateStore(): KeyValueStore {
  const own = memoryStore();
  const isShared = (key: string): boolean => key.endsWith(':health');
  return {
    volatile: true,
    get: (key) => (isShared(key) ? health.get(key) : own.get(key)),
    set(key, value) {
      if (!isShared(key)) return own.set(key, value);
      // Last written is last in line.
      health.delete(key);
      health.set(key, value);
      for (const oldest of health.keys()) {
        if (health.size <= MOST_POOLS) break;
        health.delete(oldest);
      }
    },
    delete(key) {
      if (!isShared(key)) return own.delete(key);
      health.delete(key);
    },
  };
}
