import type { Range } from '../../session/frames.ts';
import type { Entry } from '../../session/outbox.ts';
import { broken } from './brokenPromise.ts';
import { numberIn } from './messages.ts';
import type { Effect } from './plainStore.ts';

/** Why it may not be known of a client whose numbers its numbers are: its session has two owners, or its disk brought back an older self. */
export interface Doubt {
  readonly copied: boolean;
  readonly setBack: boolean;
}

/** Messages of the clients: what is called accepted took effect once and in order; what is called refused did not, and never will. */
export class Upward {
  readonly #done = new Set<number>();
  readonly #refused = new Set<number>();
  /** What any client has given up: with copies, another may have it sent all the same. */
  readonly #dropped = new Set<number>();
  /** Numbers of streams, by stream: accepted, the last of them, and given up as far as servers were told. */
  readonly #accepted = new Set<string>();
  readonly #last = new Map<string, number>();
  readonly #givenUp = new Set<string>();
  /** By client, the messages that it has stored and that have had no end since. */
  readonly #owed = new Map<string, Set<number>>();
  readonly #ended = new Set<number>();
  /** What took effect in a store that was set back since. */
  readonly #undone = new Set<number>();
  /** What a client that was set back may have sent before it had a session, and not know of. */
  readonly #repeatable = new Set<number>();

  get count(): number {
    return this.#done.size;
  }

  tookEffect({ stream, seq, data }: Effect): void {
    const number = numberIn(data);
    const name = `${stream}:${seq}`;
    if (this.#done.has(number) && !this.#repeatable.has(number)) broken(`message ${number} took effect twice`);
    if (this.#refused.has(number)) broken(`message ${number} was refused, and took effect`);
    if (this.#givenUp.has(name)) broken(`${name} was called lost, and took effect`);
    if (seq <= (this.#last.get(stream) ?? 0)) broken(`${name} took effect out of order`);
    this.#done.add(number);
    this.#accepted.add(name);
    this.#last.set(stream, seq);
  }

  /** A client tells its application how a message has ended. */
  ended(id: number, how: 'accepted' | 'refused' | 'unknown', { copied, setBack }: Doubt): void {
    this.#ended.add(id);
    if (how === 'accepted' && !this.#done.has(id) && !this.#undone.has(id)) {
      // Of a number that one copy has given up the other believes that it was accepted; and a client that its disk has set back twice
      // that a number of its first life stands for a message of the second.
      if (!setBack && (!copied || !this.#dropped.has(id))) broken(`message ${id} is called accepted, and was not`);
    }
    if (how !== 'refused') return;
    this.#dropped.add(id);
    if (copied || setBack) return;
    if (this.#done.has(id)) broken(`message ${id} is called refused, and was accepted`);
    this.#refused.add(id);
  }

  /** A server, or a client, hears that numbers of a client will not come. */
  lost(stream: string, range: Range): void {
    for (let seq = range[0]; seq <= range[1]; seq++) {
      if (this.#accepted.has(`${stream}:${seq}`))
        broken(`${stream}:${seq} of the client is called lost, and was accepted`);
    }
  }

  givenUp(stream: string, range: Range): void {
    this.lost(stream, range);
    for (let seq = range[0]; seq <= range[1]; seq++) this.#givenUp.add(`${stream}:${seq}`);
  }

  /** These are on a client's disk now: each has to have an end. */
  owes(client: string, entries: readonly Entry[]): void {
    const owed = this.#owed.get(client) ?? new Set();
    for (const { id } of entries) owed.add(id);
    this.#owed.set(client, owed);
  }

  /** A process has begun. What its last one took off the disk had its end, though that one may have died with the news. */
  restored(client: string, entries: readonly Entry[]): void {
    this.#owed.set(client, new Set(entries.map(({ id }) => id)));
  }

  /**
   * A client goes on from what it was before: what it had refused since, it has not. What it had sent before it had a session bears no
   * number that a server could know it by, if it bears no key.
   */
  setBack(entries: readonly Entry[], inSession: boolean): void {
    for (const { id } of entries) {
      this.#refused.delete(id);
      this.#dropped.add(id);
      if (!inSession) this.#repeatable.add(id);
    }
  }

  /** The effects of a store as they were: those that came since are undone. */
  undo(effects: readonly Effect[]): void {
    this.#accepted.clear();
    this.#last.clear();
    for (const { stream, seq } of effects) {
      this.#accepted.add(`${stream}:${seq}`);
      this.#last.set(stream, seq);
    }
    const left = new Set(effects.map(({ data }) => numberIn(data)));
    for (const number of this.#done) {
      if (left.has(number)) continue;
      this.#undone.add(number);
      this.#done.delete(number);
    }
  }

  /** With the faults over, no message is without an end. */
  settled(client: string): void {
    for (const id of this.#owed.get(client) ?? []) {
      if (!this.#ended.has(id)) broken(`${client} was never told how message ${id} ended`);
    }
  }
}
