import { createStore, get, update } from 'idb-keyval';
import { NAVIGATION_DEFAULTS } from '../../policy/defaults.ts';
import { DATABASE } from '../../site/names.ts';
import { inTime } from './time.ts';

/** What outlives the worker, and what pages share with it. It may be slow, full, blocked or broken: nothing fails with it. */
export interface Records {
  /** What is stored; undefined where there is nothing, or where it takes too long. Never rejects. */
  read(key: string): Promise<unknown>;
  /** Stores what `change` makes of what is stored, in one step. Resolves to that; to undefined where there is no store. Never rejects. */
  change(key: string, change: (stored: unknown) => string): Promise<string | undefined>;
}

export function openRecords(): Records {
  let store = createStore(DATABASE.name, DATABASE.store);
  /** Browsers close connections at will, and tell so only at the next use. */
  const again = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch {
      store = createStore(DATABASE.name, DATABASE.store);
      return work();
    }
  };
  return {
    read: (key) =>
      inTime(
        again(() => get<unknown>(key, store)),
        NAVIGATION_DEFAULTS.loadMs,
      ).catch(() => undefined),
    async change(key, change) {
      let text: string | undefined;
      const apply = (stored: unknown): string => {
        text = change(stored);
        return text;
      };
      await again(() => update(key, apply, store)).catch(() => {});
      return text;
    },
  };
}
