import type { KeyValueStore, MaybePromise, OwnerLock } from '../../runtime/ports.ts';
import { type Head, unseal } from '../../session/storedSession.ts';
import { CHANNEL_SLOTS, channelKey } from '../../site/names.ts';

/** A channel's stored session: what says what it is, as a text and read, and the segments that lie beside it. */
export interface StoredSession {
  readonly head: Head;
  readonly text: string;
  readonly segments: readonly (readonly [number: number, text: string])[];
}

/** The places in a store where the sessions of one channel lie. Each that is changed is locked before. */
export class Places {
  readonly #storage: KeyValueStore;
  readonly #locks: OwnerLock;
  readonly #keys: readonly string[];
  readonly #taken = new Map<string, () => MaybePromise<void>>();

  constructor(storage: KeyValueStore, locks: OwnerLock, channel: string) {
    this.#storage = storage;
    this.#locks = locks;
    this.#keys = Array.from({ length: CHANNEL_SLOTS }, (_, slot) => channelKey(channel, slot));
  }

  /** The first session that fits; null where none does. */
  async find(
    fits: (stored: StoredSession) => boolean,
  ): Promise<{ readonly key: string; readonly stored: StoredSession } | null> {
    const used = new Set(await this.#storage.keys?.());
    for (const key of this.#keys.filter((each) => used.has(each))) {
      const stored = await this.#read(key);
      if (stored !== null && fits(stored)) return { key, stored };
    }
    return null;
  }

  /** Locks a place. False where a living tab has it. */
  async take(key: string): Promise<boolean> {
    if (this.#taken.has(key)) return true;
    const release = await this.#locks.acquire(key);
    if (release === null) return false;
    this.#taken.set(key, release);
    return true;
  }

  /** The place where this tab's channel looks first: the first that no living tab has. Null where there is none. */
  async firstFree(keys: readonly string[] = this.#keys): Promise<string | null> {
    for (const key of keys) if (await this.take(key)) return key;
    return null;
  }

  /** Gives what lies in a place the next one that is empty. */
  async clear(key: string): Promise<void> {
    const there = await this.#read(key);
    if (there === null) return;
    const used = new Set(await this.#storage.keys?.());
    const next = await this.firstFree(this.#keys.filter((each) => !used.has(each)));
    if (next === null) return;
    await this.put(next, there);
    await this.remove(key);
  }

  /** The head comes last: it alone says what holds. */
  async put(key: string, { segments, text }: StoredSession): Promise<void> {
    for (const [number, segment] of segments) await this.#storage.set(`${key}.${number}`, segment);
    await this.#storage.set(key, text);
  }

  async remove(key: string): Promise<void> {
    const there = headOf(await this.#storage.get(key));
    await this.#storage.delete(key);
    for (const number of [...(there?.segments ?? []), ...(there?.dead ?? [])]) {
      await this.#storage.delete(`${key}.${number}`);
    }
  }

  async release(): Promise<void> {
    for (const release of this.#taken.values()) await release();
    this.#taken.clear();
  }

  async #read(key: string): Promise<StoredSession | null> {
    const text = await this.#storage.get(key);
    const head = headOf(text);
    if (head === null || text === undefined) return null;
    const read = async (number: number) => [number, (await this.#storage.get(`${key}.${number}`)) ?? ''] as const;
    return { head, text, segments: await Promise.all(head.segments.map(read)) };
  }
}

/** What a text says of a session; null for what is no head of one, such as a segment, or is torn. */
export function headOf(text: string | undefined): Head | null {
  const value = unsealed(text ?? '') as Partial<Head> | null;
  const { sid, epoch, segments, dead } = value ?? {};
  const isList = (list: unknown) => Array.isArray(list) && list.every(Number.isSafeInteger);
  return typeof sid === 'string' && typeof epoch === 'number' && isList(segments) && isList(dead)
    ? (value as Head)
    : null;
}

function unsealed(text: string): unknown {
  try {
    return unseal(text);
  } catch {
    return null;
  }
}
