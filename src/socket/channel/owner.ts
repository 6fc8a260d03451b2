import type { MaybePromise, OwnerLock } from '../../runtime/ports.ts';
import { rememberedSlot, rememberSlot } from '../../runtime/tabSlot.ts';
import { CHANNEL_SLOTS, channelKey } from '../../site/names.ts';

/** A stored session that is ours, and nobody else's. */
export interface Claim {
  readonly key: string;
  readonly release: () => MaybePromise<void>;
}

/**
 * Takes the first of a name's sessions that nobody owns. So the first tab has the first one, a second tab one of its own; and a tab that
 * comes after another has closed goes on with what that one has left. A tab whose page is loaded anew tries its own first. Null where all
 * are taken.
 */
export async function claim(name: string, locks: OwnerLock): Promise<Claim | null> {
  for (const slot of slotsOf(name)) {
    const key = channelKey(name, slot);
    const release = await locks.acquire(key);
    if (release !== null) {
      rememberSlot(name, slot);
      return { key, release };
    }
  }
  return null;
}

function slotsOf(name: string): readonly number[] {
  const slots = Array.from({ length: CHANNEL_SLOTS }, (_, slot) => slot);
  const own = rememberedSlot(name);
  return own === null ? slots : [...slots.filter((slot) => slot === own), ...slots.filter((slot) => slot !== own)];
}
