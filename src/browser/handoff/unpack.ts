import { rememberSlot } from '../../runtime/tabSlot.ts';
import type { Head } from '../../session/storedSession.ts';
import { movesAlong, type Parcel, type StoredEntry } from '../../site/handoff.ts';
import { CHANNEL_KEYS, sessionKey } from '../../site/names.ts';
import type { HandoffSettings } from './options.ts';
import { headOf, Places, type StoredSession } from './places.ts';

/**
 * Puts what came along into the store. A channel's session gets the place that this tab's channel will take; what lay there makes room.
 *
 * @param already The same user is signed in here: then this origin's token is good, and stays.
 */
export async function unpack(parcel: Parcel, already: boolean, settings: HandoffSettings): Promise<void> {
  const { name, storage, locks } = settings;
  const entries = parcel.entries.filter(([key]) => movesAlong(key, name));
  for (const [key, value] of entries) {
    if (key.startsWith(CHANNEL_KEYS) || (already && key === sessionKey(name))) continue;
    await storage.set(key, value);
  }
  for (const [channel, stored] of sessionsOf(entries)) {
    // What came along lies where a new tab looks.
    rememberSlot(channel, null);
    const places = new Places(storage, locks, channel);
    try {
      await settle(stored, places);
    } finally {
      await places.release();
    }
  }
}

/** The channels' sessions in a parcel, each with its channel's name. What is none is left out. */
function sessionsOf(entries: readonly StoredEntry[]): readonly (readonly [channel: string, stored: StoredSession])[] {
  const texts = new Map(entries);
  return entries.flatMap(([key, text]) => {
    const head = headOf(text);
    if (head === null || !key.startsWith(CHANNEL_KEYS)) return [];
    const segments = head.segments.map((number) => [number, texts.get(`${key}.${number}`) ?? ''] as const);
    const channel = key.slice(CHANNEL_KEYS.length).replace(/#([1-9]|[12]\d|3[01])$/, '');
    return [[channel, { head, text, segments }] as const];
  });
}

async function settle(coming: StoredSession, places: Places): Promise<void> {
  const twin = await places.find(({ head }) => isSame(head, coming.head));
  if (twin !== null) {
    // Another tab has brought it along before; or it was here before, and has gone on since: then its place is free.
    const isOlder = twin.stored.head.epoch < coming.head.epoch;
    if (!isOlder || !(await places.take(twin.key))) return;
    await places.remove(twin.key);
  }
  const key = await places.firstFree();
  if (key === null) return;
  await places.clear(key);
  await places.put(key, coming);
}

/** The same session, in another state of it; or what waits for one, which its seed names. */
function isSame(one: Head, other: Head): boolean {
  if (one.sid !== '' || other.sid !== '') return one.sid === other.sid;
  return one.seed !== undefined && one.seed === other.seed;
}
