import type { SwitchoverError } from '../../policy/error.ts';
import type { SavedSession } from '../../session/clientState.ts';
import type { Entry } from '../../session/outbox.ts';
import { withBytes } from '../../session/payload.ts';
import { givenKey } from '../../session/storedSession.ts';
import { errorOf } from './refusals.ts';

/** What an earlier process had to say and could not settle. Its promises are gone with it; here is what they were about. */
export class Inherited {
  readonly #entries = new Map<number, Entry>();

  /** Takes over what waits in a stored session. Its messages get names that none of this process has: they count downwards. */
  take(saved: SavedSession): SavedSession {
    const entries = saved.outbox.entries.map((entry, at) => ({ ...entry, id: -1 - at }));
    for (const entry of entries) this.#entries.set(entry.id, entry);
    return { ...saved, outbox: { ...saved.outbox, entries } };
  }

  /** It was accepted. */
  settle(id: number): void {
    this.#entries.delete(id);
  }

  /** It was not, or nobody knows: the same error, about that message. Null where it is none of these. */
  forsake(id: number, { code, message, remedy }: SwitchoverError): SwitchoverError | null {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    this.#entries.delete(id);
    const { text, binary, key } = entry;
    return errorOf(code, message, remedy, {
      data: binary ? withBytes('', text) : JSON.parse(text),
      key: givenKey(key),
    });
  }
}
