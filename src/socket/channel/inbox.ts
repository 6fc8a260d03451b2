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
export type Consumer = (arrival: Arrival) => Promise<unknown> | undefined;

/**
 * Hands arrivals on, one at a time and in order: the next one comes when all consumers are done with the last. What waits is bounded
 * by the server's window, since what was not handed on is not acknowledged.
 */
export class Inbox {
  readonly #handed: (arrival: Arrival) => void;
  readonly #consumers = new Set<Consumer>();
  readonly #waiting: Arrival[] = [];
  #bytes = 0;
  #busy = false;

  constructor(handed: (arrival: Arrival) => void) {
    this.#handed = handed;
  }

  get count(): number {
    return this.#waiting.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(arrival: Arrival): void {
    this.#waiting.push(arrival);
    this.#bytes += arrival.bytes;
    this.#flow();
  }

  /** Adds a consumer; the returned function takes it away. While there is none, everything waits. */
  add(consumer: Consumer): () => void {
    this.#consumers.add(consumer);
    this.#flow();
    return () => void this.#consumers.delete(consumer);
  }

  #flow(): void {
    while (!this.#busy && this.#consumers.size > 0) {
      const arrival = this.#waiting.shift();
      if (arrival === undefined) return;
      this.#bytes -= arrival.bytes;
      this.#busy = true;
      const waits: Promise<unknown>[] = [];
      for (const consumer of [...this.#consumers]) {
        const wait = consumer(arrival);
        if (wait !== undefined) waits.push(wait);
      }
      const done = () => {
        this.#busy = false;
        this.#handed(arrival);
      };
      if (waits.length === 0) done();
      else
        void Promise.all(waits).then(() => {
          done();
          this.#flow();
        });
    }
  }
}
