import type { MaybePromise, OwnerLock } from '../../runtime/ports.ts';
import { CHANNEL_SLOTS, channelKey } from '../../site/names.ts';

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
  for (let slot = 0; slot < CHANNEL_SLOTS; slot++) {
    const key = channelKey(name, slot);
    const release = await locks.acquire(key);
    if (release !== null) return { key, release };
  }
  return null;
}
