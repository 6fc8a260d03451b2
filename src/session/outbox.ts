import type { Payload } from './payload.ts';
import { NEVER } from './sessionEnv.ts';

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
  /**
   * The entries are those from `head` to before `end`. The versions of an outbox share the list, and each sees its own part: the newest
   * writes behind its end, where no older one looks; an older one that is changed takes a copy. So a message costs the same whatever waits.
   */
  readonly list: readonly Entry[];
  readonly head: number;
  readonly end: number;
  readonly bytes: number;
  /** The last number that was given. */
  readonly tx: number;
  /** The highest number that may have been accepted without our knowing. What is above it was surely not. */
  readonly sent: number;
  /** None becomes stale before. */
  readonly staleAtMs: number;
}

/** How much an outbox takes, and what happens then: the caller waits, is refused, or the oldest message that was never sent goes. */
export interface OutboxLimits {
  readonly count: number;
  readonly bytes: number;
  readonly whenFull: 'wait' | 'reject' | 'drop-oldest';
}

/** An outbox of these entries, which are in order. */
export function outboxOf(entries: readonly Entry[], tx: number, sent: number): Outbox {
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  return dated({ list: [...entries], head: 0, end: entries.length, bytes, tx, sent, staleAtMs: NEVER });
}

export const EMPTY_OUTBOX: Outbox = /* @__PURE__ */ outboxOf([], 0, 0);

export function entriesOf({ list, head, end }: Outbox): readonly Entry[] {
  return head === 0 && end === list.length ? list : list.slice(head, end);
}

/** Takes a message in, under the next number. `dropped` had to go for it; `outbox` is null if there is no room. */
export function put(
  outbox: Outbox,
  message: Omit<Entry, 'seq'>,
  limits: OutboxLimits,
): { readonly outbox: Outbox | null; readonly dropped: readonly Entry[] } {
  const fits = ({ head, end, bytes }: Outbox) => end - head < limits.count && bytes + message.bytes <= limits.bytes;
  if (fits(outbox)) return { outbox: append(outbox, message), dropped: NONE };
  const dropped: Entry[] = [];
  if (limits.whenFull === 'drop-oldest') {
    let { bytes } = outbox;
    let count = outbox.end - outbox.head;
    for (const entry of entriesOf(outbox)) {
      if (count < limits.count && bytes + message.bytes <= limits.bytes) break;
      if (entry.seq <= outbox.sent) continue;
      dropped.push(entry);
      count--;
      bytes -= entry.bytes;
    }
  }
  const left = without(outbox, dropped);
  return fits(left) ? { outbox: append(left, message), dropped } : { outbox: null, dropped: NONE };
}

const NONE: readonly Entry[] = [];

function append(outbox: Outbox, message: Omit<Entry, 'seq'>): Outbox {
  const tx = outbox.tx + 1;
  const entry = { ...message, seq: tx };
  const isNewest = outbox.end === outbox.list.length && outbox.list !== EMPTY_OUTBOX.list;
  const list = isNewest ? outbox.list : [...entriesOf(outbox)];
  const head = isNewest ? outbox.head : 0;
  (list as Entry[]).push(entry);
  const staleAtMs = Math.min(outbox.staleAtMs, entry.expiresAtMs ?? NEVER);
  return { ...outbox, list, head, end: list.length, bytes: outbox.bytes + entry.bytes, tx, staleAtMs };
}

/** Takes the oldest out, so many of so many bytes. */
export function withoutFirst(outbox: Outbox, count: number, bytes: number): Outbox {
  const left = { ...outbox, head: outbox.head + count, bytes: outbox.bytes - bytes };
  // What is gone is let go of before it is more than what is left, and some.
  return left.head * 2 < left.end + 64 ? left : { ...left, ...whole(entriesOf(left)) };
}

const whole = (list: readonly Entry[]) => ({ list: [...list], head: 0, end: list.length });

/** Takes entries out, wherever they are. The same reference where there are none. */
export function without(outbox: Outbox, gone: readonly Entry[]): Outbox {
  if (gone.length === 0) return outbox;
  const bytes = gone.reduce((sum, entry) => sum - entry.bytes, outbox.bytes);
  const out = new Set(gone);
  return { ...outbox, ...whole(entriesOf(outbox).filter((entry) => !out.has(entry))), bytes };
}

/** The entries up to a number. */
export function upTo(outbox: Outbox, seq: number): readonly Entry[] {
  const { list, head } = outbox;
  let { end } = outbox;
  for (let at = head; at < end; at++) if ((list[at]?.seq ?? 0) > seq) end = at;
  return list.slice(head, end);
}

/** Entries that are stale, and that were surely not accepted: the fate of the others is told by the next welcome. */
export function stale(outbox: Outbox, nowMs: number): readonly Entry[] {
  if (outbox.staleAtMs > nowMs) return NONE;
  return entriesOf(outbox).filter(
    ({ seq, expiresAtMs }) => seq > outbox.sent && expiresAtMs !== null && expiresAtMs <= nowMs,
  );
}

/** The same, and sure of when the first of those that may be given up becomes stale. */
export function dated(outbox: Outbox): Outbox {
  const soonest = (ms: number, { seq, expiresAtMs }: Entry) =>
    seq > outbox.sent ? Math.min(ms, expiresAtMs ?? ms) : ms;
  return { ...outbox, staleAtMs: entriesOf(outbox).reduce(soonest, NEVER) };
}

/** The lowest number that is still held. */
export function lowest({ list, head, end, tx }: Outbox): number {
  return (head < end ? list[head]?.seq : undefined) ?? tx + 1;
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
  const entries = entriesOf(outbox)
    .filter(({ seq, key }) => seq > outbox.sent || key !== null)
    .map((entry, at) => ({ ...entry, seq: base + 1 + at, doubt: entry.doubt || entry.seq <= outbox.sent }));
  return { outbox: outboxOf(entries, base + entries.length, base), unknown };
}
