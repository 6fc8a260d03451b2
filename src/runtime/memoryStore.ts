import type { KeyValueStore } from './ports.ts';

/** A store that lasts as long as the object. */
export function memoryStore(): KeyValueStore {
  const values = new Map<string, string>();
  return {
    volatile: true,
    get: (key) => values.get(key),
    set: (key, value) => {
      values.set(key, value);
    },
    delete: (key) => {
      values.delete(key);
    },
  };
}
