import type { KeyValueStore, MaybePromise, OwnerLock } from '../../runtime/ports.ts';

/** Sessions of one name that a store may hold at once: tabs, processes. */
const SLOTS = 32;

/** A stored session that is ours, and nobody else's. */
export interface Claim {
  readonly key: string;
  readonly release: () => MaybePromise<void>;
}

/**
 * Takes the first of a name's sessions that nobody owns. So the first tab has the first one, a second tab one of its own; and a tab that
 * comes after another has closed goes on with what that one has left. Null where all are taken.
 */
export async function claim(name: string, locks: OwnerLock): Promise<Claim | null> {
  for (let slot = 0; slot < SLOTS; slot++) {
    const key = `switchover:channel:${name}${slot === 0 ? '' : `#${slot}`}`;
    const release = await locks.acquire(key);
    if (release !== null) return { key, release };
  }
  return null;
}

/** The lock that fits a store: its own, the platform's, or at least one within this program. */
export function locksFor(storage: KeyValueStore): OwnerLock {
  return storage.locks ?? (globalThis.navigator?.locks === undefined ? localLocks(storage) : webLocks);
}

/** The Web Locks of a page's origin: they end with the tab that has them. */
const webLocks: OwnerLock = {
  acquire: (name) =>
    new Promise((resolve, reject) => {
      const hold = (lock: Lock | null): MaybePromise<void> =>
        lock === null ? resolve(null) : new Promise((release) => resolve(release));
      navigator.locks.request(name, { ifAvailable: true }, hold).catch(reject);
    }),
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
