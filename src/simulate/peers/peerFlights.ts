import type { EventHeap } from '../core/eventHeap.ts';
import type { Fate } from '../fleet/fleetServer.ts';

/** A request that is under way. */
export interface PeerFlight {
  /** Its place in the heap. */
  readonly thing: number;
  client: number;
  begunMs: number;
  host: number;
  sent: number;
  /** What the last retry has cost. */
  paid: number;
  limitMs: number;
  /** True if its client had no network when it began. */
  offline: boolean;
  /** What will become of the attempt that is under way; null while it waits. */
  fate: Fate | null;
}

/** All requests that are under way. A place that is free again is used again. */
export class PeerFlights {
  readonly #heap: EventHeap;
  /** Things below this are clients. */
  readonly #clients: number;
  readonly #all: PeerFlight[] = [];
  readonly #free: PeerFlight[] = [];

  constructor(clients: number, heap: EventHeap) {
    this.#clients = clients;
    this.#heap = heap;
  }

  take(client: number, begunMs: number, offline: boolean): PeerFlight {
    const flight = this.#free.pop() ?? this.#make();
    return Object.assign(flight, { client, begunMs, offline, host: 0, sent: 0, paid: 0, limitMs: 0, fate: null });
  }

  /** The one that a thing of the heap is. */
  at(thing: number): PeerFlight {
    return this.#all[thing - this.#clients] as PeerFlight;
  }

  /** Has a flight be looked at again at a moment. */
  schedule({ thing }: PeerFlight, atMs: number): void {
    this.#heap.set(thing, atMs);
  }

  /** Gives a place back. */
  release(flight: PeerFlight): void {
    this.#heap.set(flight.thing, Infinity);
    flight.fate = null;
    this.#free.push(flight);
  }

  #make(): PeerFlight {
    const thing = this.#clients + this.#all.length;
    if (thing >= this.#heap.capacity) this.#heap.grow(this.#clients + Math.max(1024, this.#all.length * 2));
    const flight: PeerFlight = {
      ...{ thing, client: 0, begunMs: 0, host: 0, sent: 0, paid: 0, limitMs: 0, offline: false, fate: null },
    };
    this.#all.push(flight);
    return flight;
  }
}
