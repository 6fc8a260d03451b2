import { FIRST_ATTEMPT, type RetryState } from '../../policy/retry.ts';
import type { Fate } from './fleetServer.ts';

/** What a flight is doing. */
export const DOING = { nothing: 0, attempt: 1, wait: 2, probe: 3 } as const;

/**
 * All requests and probes that are under way: columns instead of an object for each, and a place that is free again is used again, so
 * millions of requests cost no more memory than those that are under way at once.
 */
export class Flights {
  doing = new Uint8Array(0);
  client = new Int32Array(0);
  /** Which host it is with. */
  host = new Uint8Array(0);
  /** Of a request: how often it was sent so far. */
  sent = new Uint16Array(0);
  /** Of a wait: 1 if better times may end it early. */
  mayEndEarly = new Uint8Array(0);
  begunMs = new Float64Array(0);
  /** When the attempt that is under way began. */
  startedMs = new Float64Array(0);
  /** When its time is over. */
  limitMs = new Float64Array(0);
  deadlineMs = new Float64Array(0);
  /** 1 if the client had no network when the request began. */
  offline = new Uint8Array(0);
  readonly fate: (Fate | null)[] = [];
  readonly retry: RetryState[] = [];
  #free = new Int32Array(0);
  #freeCount = 0;

  /** Places, used or not. */
  get capacity(): number {
    return this.doing.length;
  }

  /** A place for one more. */
  take(client: number, nowMs: number): number {
    if (this.#freeCount === 0) this.#grow();
    const flight = this.#free[--this.#freeCount] as number;
    this.client[flight] = client;
    this.begunMs[flight] = nowMs;
    this.sent[flight] = 0;
    this.offline[flight] = 0;
    this.retry[flight] = FIRST_ATTEMPT;
    return flight;
  }

  /** Gives a place back. */
  release(flight: number): void {
    this.doing[flight] = DOING.nothing;
    this.fate[flight] = null;
    this.retry[flight] = FIRST_ATTEMPT;
    this.#free[this.#freeCount++] = flight;
  }

  #grow(): void {
    const before = this.capacity;
    const capacity = Math.max(1024, before * 2);
    const wider = <Column extends Uint8Array | Uint16Array | Int32Array | Float64Array>(
      column: ArrayLike<number>,
      next: Column,
    ): Column => {
      next.set(column);
      return next;
    };
    this.doing = wider(this.doing, new Uint8Array(capacity));
    this.client = wider(this.client, new Int32Array(capacity));
    this.host = wider(this.host, new Uint8Array(capacity));
    this.sent = wider(this.sent, new Uint16Array(capacity));
    this.mayEndEarly = wider(this.mayEndEarly, new Uint8Array(capacity));
    this.offline = wider(this.offline, new Uint8Array(capacity));
    this.begunMs = wider(this.begunMs, new Float64Array(capacity));
    this.startedMs = wider(this.startedMs, new Float64Array(capacity));
    this.limitMs = wider(this.limitMs, new Float64Array(capacity));
    this.deadlineMs = wider(this.deadlineMs, new Float64Array(capacity));
    this.#free = wider(this.#free, new Int32Array(capacity));
    // So that the lowest is taken first.
    for (let flight = capacity - 1; flight >= before; flight--) {
      this.#free[this.#freeCount++] = flight;
      this.fate[flight] = null;
      this.retry[flight] = FIRST_ATTEMPT;
    }
  }
}
