import type { KeyValueStore, MaybePromise, OwnerLock } from './ports.ts';

/** The lock that fits a store: its own, the platform's, or at least one within this program. */
export function locksFor(storage: KeyValueStore): OwnerLock {
  return storage.locks ?? (globalThis.navigator?.locks === undefined ? localLocks(storage) : webLocks);
}

/**
 * Takes one of the Web Locks of a page's origin, which end with the tab that has them: a function that gives it up, or null where it
 * is to be had at once and is not.
 *
 * @param lost Called where another tab has taken it away (`steal`).
 */
export function takeWebLock(name: string, options: LockOptions, lost = () => {}): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    const hold = (lock: Lock | null): MaybePromise<void> =>
      lock === null ? resolve(null) : new Promise((release) => resolve(release));
    navigator.locks.request(name, options, hold).catch((error: unknown) => {
      reject(error);
      lost();
    });
  });
}

const webLocks: OwnerLock = {
  acquire: (name) => takeWebLock(name, { ifAvailable: true }),
  wait: (name, signal) => takeWebLock(name, { signal }) as Promise<() => void>,
};

const OWNED = /* @__PURE__ */ new WeakMap<KeyValueStore, Set<string>>();

function localLocks(storage: KeyValueStore): OwnerLock {
  return {
    acquire(name) {
      const owned = OWNED.get(storage) ?? new Set();
      OWNED.set(storage, owned);
      if (owned.has(name)) return null;
      owned.add(name);
      return () => void owned.delete(name);
    },
  };
}
