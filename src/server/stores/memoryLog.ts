import type { Payload } from '../../session/payload.ts';
import type { LogEntry } from '../../session/serverState.ts';

interface Weighed extends LogEntry {
  readonly bytes: number;
}

/** Messages with numbers in a row. Both ends move in constant time, over many steps. */
export class MemoryLog {
  #entries: (Weighed | undefined)[] = [];
  /** Entries at the front that are gone. */
  #gone = 0;

  push(seq: number, payload: Payload, bytes: number): void {
    this.#entries.push({ seq, payload, bytes });
  }

  /** Lets go of the messages up to a number. */
  cut(floor: number): void {
    while (this.#gone < this.#entries.length && (this.#entries[this.#gone]?.seq ?? 0) <= floor) {
      this.#entries[this.#gone] = undefined;
      this.#gone += 1;
    }
    // Moving the rest up costs less than the cuts since the last time.
    if (this.#gone * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#gone);
    this.#gone = 0;
  }

  weigh(from: number, to: number): number {
    let bytes = 0;
    for (let at = this.#at(from); at <= this.#at(to); at++) bytes += this.#entries[at]?.bytes ?? 0;
    return bytes;
  }

  /** Messages after a number. The first comes even where it is heavier than the room. */
  read(after: number, room: { readonly count: number; readonly bytes: number }): LogEntry[] {
    const found: LogEntry[] = [];
    let left = room.bytes;
    for (let at = Math.max(this.#gone, this.#at(after + 1)); at < this.#entries.length; at++) {
      const entry = this.#entries[at];
      left -= entry?.bytes ?? 0;
      if (entry === undefined || found.length >= room.count || (left < 0 && found.length > 0)) break;
      found.push({ seq: entry.seq, payload: entry.payload });
    }
    return found;
  }

  #at(seq: number): number {
    return seq - (this.#entries[this.#gone]?.seq ?? seq) + this.#gone;
  }
}
