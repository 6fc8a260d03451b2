import type { Clock, KeyValueStore, Random } from '../../runtime/ports.ts';
import { waitAtMost } from '../../runtime/wait.ts';
import { type ClientState, type Mark, markOf, type SavedSession, savedOf } from '../../session/clientState.ts';
import type { Entry } from '../../session/outbox.ts';
import { drawSeed, type Head, keyed, seal, shifted, unseal } from '../../session/storedSession.ts';

/** How long a channel waits for its store, each time. */
const STORAGE_MS = 2_000;
/** Messages that wait are written with each change until they weigh so much, in characters: then they get a segment, and are left alone. */
const TAIL_CHARS = 8_192;

interface Segment {
  readonly number: number;
  readonly entries: readonly Entry[];
}

/** What came of a look into the store. */
export type Found =
  | { readonly kind: 'none' }
  | { readonly kind: 'session'; readonly saved: SavedSession }
  /** What is there is not ours, or torn. It will be written over. */
  | { readonly kind: 'broken' }
  /** The store does not answer: nothing will be written over what nobody has read. */
  | { readonly kind: 'failed'; readonly cause: unknown };

/** Keeps a session in a store. What a change costs does not depend on how much waits. */
export class Keeper {
  readonly #store: KeyValueStore;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #random: Random;
  #seed = '';
  #segments: readonly Segment[] = [];
  #next = 1;
  #dead: readonly number[] = [];
  /** A write under way. There is never a second one: it could come first. */
  #writing: Promise<void> | null = null;

  constructor(store: KeyValueStore, key: string, clock: Clock, random: Random) {
    this.#store = store;
    this.#key = key;
    this.#clock = clock;
    this.#random = random;
  }

  /** Reads what is stored. Never rejects. */
  async load(): Promise<Found> {
    try {
      const found = await waitAtMost(this.#clock, STORAGE_MS, this.#read());
      return found ?? { kind: 'failed', cause: undefined };
    } catch (cause) {
      return { kind: 'failed', cause };
    }
  }

  /**
   * Stores a state. `done` is called when it is stored, with its mark; or when that has failed or takes too long. A store that answers
   * at once has it called at once.
   */
  save(state: ClientState, done: (mark: Mark, error: unknown) => void): void {
    const mark = markOf(state);
    if (this.#writing !== null) {
      done(mark, HANGS);
      return;
    }
    const { writes, commit } = this.#plan(state);
    let over = false;
    const end = (error?: unknown) => {
      if (over) return;
      over = true;
      done(mark, error);
    };
    try {
      const writing = this.#write(writes);
      if (writing === undefined) {
        commit();
        end();
        return;
      }
      this.#writing = writing.then(commit);
      const settled = () => {
        this.#writing = null;
      };
      this.#writing.then(settled, settled);
      const cancel = this.#clock.setTimer(() => end(HANGS), STORAGE_MS);
      this.#writing.then(() => end(), end).finally(cancel);
    } catch (error) {
      end(error);
    }
  }

  /** Resolves when no write is under way; or soon, where one hangs. */
  async settled(): Promise<void> {
    if (this.#writing !== null)
      await waitAtMost(
        this.#clock,
        STORAGE_MS,
        this.#writing.catch(() => {}),
      );
  }

  async #read(): Promise<Found> {
    const text = await this.#store.get(this.#key);
    const head = unseal(text ?? '') as Head | null;
    if (head === null) {
      this.#dead = await this.#strays(1);
      return { kind: text === undefined ? 'none' : 'broken' };
    }
    const read = async (number: number) => unseal((await this.#store.get(this.#keyOf(number))) ?? '') as Entry[] | null;
    const segments = await Promise.all(head.segments.map(read));
    this.#next = head.next;
    this.#seed = head.seed ?? '';
    // None of this life holds a segment yet: all are written anew with the first state that is stored.
    this.#dead = [...head.dead, ...head.segments, ...(await this.#strays(head.next))];
    if (segments.includes(null)) return { kind: 'broken' };
    const { tail, tx, sent, txLow, sid, token, stream, epoch, rx, untold } = head;
    const all = [...segments.flat(), ...tail] as Entry[];
    const held = all.filter(({ seq }) => seq >= txLow).sort((a, b) => a.seq - b.seq);
    const entries = shifted(keyed(held, head), -dateShiftMs(this.#clock));
    const atMs = this.#clock.now();
    return { kind: 'session', saved: { sid, token, stream, epoch, rx, untold, outbox: { entries, tx, sent }, atMs } };
  }

  /** Segments that were written by a process that died before it could say so. */
  async #strays(from: number): Promise<readonly number[]> {
    const strays: number[] = [];
    while ((await this.#store.get(this.#keyOf(from + strays.length))) !== undefined) strays.push(from + strays.length);
    this.#next += strays.length;
    return strays;
  }

  /** What to write, in order: new segments, then the head that names them, then the end of those that it does not. */
  #plan(state: ClientState): { readonly writes: readonly [string, string | null][]; readonly commit: () => void } {
    const { outbox, atMs: _atMs, ...session } = savedOf(state, 0);
    const txLow = outbox.entries[0]?.seq ?? outbox.tx + 1;
    const held = new Set(outbox.entries);
    const live = ({ entries }: Segment) => entries.filter(({ seq }) => seq >= txLow);
    const kept = this.#segments.filter((one) => live(one).length > 0 && live(one).every((entry) => held.has(entry)));
    for (const entry of kept.flatMap(({ entries }) => entries)) held.delete(entry);
    const loose = [...held];
    const fresh = weightOf(loose) > TAIL_CHARS ? packed(loose, this.#next) : [];
    const segments = [...kept, ...fresh];
    const next = this.#next + fresh.length;
    const dead = [...this.#dead, ...this.#segments.filter((one) => !kept.includes(one)).map(({ number }) => number)];
    const shiftMs = dateShiftMs(this.#clock);
    this.#seed = session.sid === '' ? this.#seed || drawSeed(this.#random) : '';
    const head: Head = {
      ...session,
      ...(this.#seed === '' ? {} : { seed: this.#seed }),
      tx: outbox.tx,
      sent: outbox.sent,
      txLow,
      tail: shifted(fresh.length > 0 ? [] : loose, shiftMs),
      segments: segments.map(({ number }) => number),
      next,
      dead,
    };
    const writes: [string, string | null][] = fresh.map(({ number, entries }) => [
      this.#keyOf(number),
      seal(shifted(entries, shiftMs)),
    ]);
    writes.push([this.#key, seal(head)]);
    for (const number of dead) writes.push([this.#keyOf(number), null]);
    // A session that is over leaves nothing behind.
    if (head.sid === '' && outbox.entries.length === 0) writes.push([this.#key, null]);
    const commit = () => {
      this.#segments = segments;
      this.#next = next;
      this.#dead = [];
    };
    return { writes, commit };
  }

  /** Undefined where the store has done it all at once. */
  #write(writes: readonly [string, string | null][]): Promise<void> | undefined {
    for (const [at, [key, value]] of writes.entries()) {
      const wait = value === null ? this.#store.delete(key) : this.#store.set(key, value);
      if (wait !== undefined) return this.#after(wait, writes.slice(at + 1));
    }
    return undefined;
  }

  async #after(wait: Promise<void>, left: readonly [string, string | null][]): Promise<void> {
    await wait;
    for (const [key, value] of left) await (value === null ? this.#store.delete(key) : this.#store.set(key, value));
  }

  #keyOf(segment: number): string {
    return `${this.#key}.${segment}`;
  }
}

/** From this clock's time to dates. */
const dateShiftMs = (clock: Clock): number => Math.round(clock.wallTime() - clock.now());

const HANGS = 'It does not answer.';

const weightOf = (entries: readonly Entry[]): number => entries.reduce((sum, { text }) => sum + text.length, 0);

/** Segments of about four tails: small enough to be written anew where a message in their midst is given up. */
function packed(entries: readonly Entry[], first: number): readonly Segment[] {
  const segments: Entry[][] = [[]];
  let chars = 0;
  for (const entry of entries) {
    if (chars > 4 * TAIL_CHARS) {
      segments.push([]);
      chars = 0;
    }
    segments.at(-1)?.push(entry);
    chars += entry.text.length;
  }
  return segments.map((list, at) => ({ number: first + at, entries: list }));
}
