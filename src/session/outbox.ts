import type { Payload } from './payload.ts';

/** A message that the other side has not accepted yet. */
export interface Entry extends Payload {
  /** The caller's own name for it; it outlives renumbering. */
  readonly id: number;
  readonly seq: number;
  readonly key: string | null;
  /** Not sent (again) from then on; null: never stale. */
  readonly expiresAtMs: number | null;
  readonly bytes: number;
  /** A session that was lost may have accepted it. */
  readonly doubt: boolean;
}

/** What a client has to say, in order. A number that is missing between two entries was given up. */
export interface Outbox {
  readonly entries: readonly Entry[];
  readonly bytes: number;
  /** The last number that was given. */
  readonly tx: number;
  /** The highest number that may have been accepted without our knowing. What is above it was surely not. */
  readonly sent: number;
}

/** How much an outbox takes, and what happens then: the caller waits, is refused, or the oldest message that was never sent goes. */
export interface OutboxLimits {
  readonly count: number;
  readonly bytes: number;
  readonly whenFull: 'wait' | 'reject' | 'drop-oldest';
}

export const EMPTY_OUTBOX: Outbox = { entries: [], bytes: 0, tx: 0, sent: 0 };

/** Takes a message in, under the next number. `dropped` had to go for it; `outbox` is null if there is no room. */
export function put(
  outbox: Outbox,
  message: Omit<Entry, 'seq'>,
  limits: OutboxLimits,
): { readonly outbox: Outbox | null; readonly dropped: readonly Entry[] } {
  const dropped: Entry[] = [];
  if (limits.whenFull === 'drop-oldest' && message.bytes <= limits.bytes) {
    let { length: count } = outbox.entries;
    let { bytes } = outbox;
    for (const entry of outbox.entries) {
      if (count < limits.count && bytes + message.bytes <= limits.bytes) break;
      if (entry.seq <= outbox.sent) continue;
      dropped.push(entry);
      count--;
      bytes -= entry.bytes;
    }
  }
  const left = without(outbox, dropped);
  if (left.entries.length >= limits.count || left.bytes + message.bytes > limits.bytes)
    return { outbox: null, dropped: [] };
  const tx = left.tx + 1;
  const entries = [...left.entries, { ...message, seq: tx }];
  return { outbox: { ...left, entries, bytes: left.bytes + message.bytes, tx }, dropped };
}

/** Takes entries out. The same reference where there are none. */
export function without(outbox: Outbox, gone: readonly Entry[]): Outbox {
  if (gone.length === 0) return outbox;
  const bytes = gone.reduce((sum, entry) => sum - entry.bytes, outbox.bytes);
  return { ...outbox, entries: outbox.entries.filter((entry) => !gone.includes(entry)), bytes };
}

/** The entries up to a number. */
export function upTo(outbox: Outbox, seq: number): readonly Entry[] {
  const end = outbox.entries.findIndex((entry) => entry.seq > seq);
  return end < 0 ? outbox.entries : outbox.entries.slice(0, end);
}

/** Entries that are stale, and that were surely not accepted: the fate of the others is told by the next welcome. */
export function stale(outbox: Outbox, nowMs: number): readonly Entry[] {
  return outbox.entries.filter(
    ({ seq, expiresAtMs }) => seq > outbox.sent && expiresAtMs !== null && expiresAtMs <= nowMs,
  );
}

/** The lowest number that is still held. */
export function lowest(outbox: Outbox): number {
  return outbox.entries[0]?.seq ?? outbox.tx + 1;
}

/**
 * After a session is lost: whatever may have been accepted there is of unknown fate, and stays only if a key lets the server
 * tell it from its double. The rest takes new numbers after `base`.
 */
export function renumber(
  outbox: Outbox,
  base: number,
): { readonly outbox: Outbox; readonly unknown: readonly Entry[] } {
  const unknown = upTo(outbox, outbox.sent);
  const left = without(
    outbox,
    unknown.filter(({ key }) => key === null),
  );
  const entries = left.entries.map((entry, at) => ({
    ...entry,
    seq: base + 1 + at,
    doubt: entry.doubt || unknown.includes(entry),
  }));
  return { outbox: { ...left, entries, tx: base + entries.length, sent: base }, unknown };
}
