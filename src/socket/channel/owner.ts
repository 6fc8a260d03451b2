import type { MaybePromise, OwnerLock } from '../../runtime/ports.ts';

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
