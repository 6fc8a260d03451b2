import type { ChannelGap } from './types.ts';

/** What came from the server, in its place. `rx`: the application has got everything up to there once it has got this. */
export interface Arrival {
  readonly stream: string;
  /** Null for the loss of the session itself: the numbers begin anew. */
  readonly rx: number | null;
  readonly data: unknown;
  /** Where this is a loss, and no message. */
  readonly gap: ChannelGap | null;
  readonly bytes: number;
}

/** Somebody who takes what arrives, one by one. Returns a promise where it takes its time. Never throws, never rejects. */
export type Taker = (arrival: Arrival) => Promise<unknown> | undefined;

/** So much may wait. */
export interface InboxLimits {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Hands arrivals on, one at a time and in order: the next one comes when all takers are done with the last. What waits is bounded:
 * whoever fills it looks whether it is full, and takes nothing more from the server until it is not.
 */
export class Inbox {
  readonly #handed: (arrival: Arrival) => void;
  readonly #takers = { message: new Set<Taker>(), gap: new Set<Taker>() };
  readonly #waiting: Arrival[] = [];
  #bytes = 0;
  #busy = false;
  #closed = false;
  #full = false;

  constructor(handed: (arrival: Arrival) => void) {
    this.#handed = handed;
  }

  /** Whether more waits than may; once it does, until no more than half of that waits. */
  isFull({ count, bytes }: InboxLimits): boolean {
    const share = this.#full ? 0.5 : 1;
    this.#full = this.#waiting.length > share * count || this.#bytes > share * bytes;
    return this.#full;
  }

  push(arrival: Arrival): void {
    if (this.#closed) return;
    const last = this.#waiting.at(-1);
    const joined = last && joinedLoss(last, arrival);
    if (joined) this.#waiting[this.#waiting.length - 1] = joined;
    else this.#waiting.push(arrival);
    this.#bytes += arrival.bytes;
    this.#flow();
  }

  /** Adds a taker; the returned function takes it away. While nobody takes messages, everything waits. */
  add(what: 'message' | 'gap', taker: Taker): () => void {
    const takers = this.#takers[what];
    takers.add(taker);
    this.#flow();
    return () => void takers.delete(taker);
  }

  /** Offers an arrival to whom it concerns. A promise where somebody takes his time. */
  offer(arrival: Arrival): Promise<unknown> | undefined {
    const waits: Promise<unknown>[] = [];
    for (const taker of [...this.#takers[arrival.gap === null ? 'message' : 'gap']]) {
      const wait = taker(arrival);
      if (wait !== undefined) waits.push(wait);
    }
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  /** Hands nothing on any more: what is not acknowledged comes again to the next owner of the session. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = this.#bytes = 0;
  }

  #flow(): void {
    while (!this.#busy && !this.#closed && this.#takers.message.size > 0) {
      const arrival = this.#waiting.shift();
      if (arrival === undefined) return;
      this.#bytes -= arrival.bytes;
      this.#busy = true;
      const done = () => {
        this.#busy = false;
        this.#handed(arrival);
      };
      const wait = this.offer(arrival);
      if (wait === undefined) done();
      else
        void wait.then(() => {
          done();
          this.#flow();
        });
    }
  }
}

/** Two losses that follow each other are one: however long an application hangs, and its session goes on, it has one to hear of. */
function joinedLoss(last: Arrival, next: Arrival): Arrival | undefined {
  const { gap: before } = last;
  const { gap: after } = next;
  if (!before?.range || !after?.range || before.stream !== after.stream) return undefined;
  const [from, to] = before.range;
  return to + 1 === after.range[0] ? { ...next, gap: { ...after, range: [from, after.range[1]] } } : undefined;
}
