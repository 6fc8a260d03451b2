import type { KeyValueStore } from '../../../src/index.browser.ts';

/** What outlives a page, and is shared by the tabs of its origin. */
export const localStore: KeyValueStore = {
  get: (key) => localStorage.getItem(key) ?? undefined,
  set: (key, value) => localStorage.setItem(key, value),
  delete: (key) => localStorage.removeItem(key),
};
