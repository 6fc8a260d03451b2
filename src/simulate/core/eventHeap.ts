/** Children of a node. Four make the heap half as deep as two, and their moments lie side by side in memory. */
const ARITY = 4;

/**
 * What is due when, for things that are numbers: each has one moment at most, which may be changed at any time. A heap of objects would
 * cost a million clients an allocation for each event; here everything lies in three typed arrays.
 *
 * Of things that are due at the same moment, the one with the smallest number comes first: the order depends on nothing else, so a run
 * can be repeated.
 */
export class EventHeap {
  /** Moments, in heap order: a comparison of neighbours must not go all over the memory, or a large heap is slow. */
  #atMs: Float64Array;
  /** Things, in the same order. */
  #things: Int32Array;
  /** Where each thing stands in that order; -1 for nowhere. */
  #places: Int32Array;
  #size = 0;

  /** @param capacity How many things there may be, until {@link grow} is called: their numbers are below it. */
  constructor(capacity: number) {
    this.#atMs = new Float64Array(capacity);
    this.#things = new Int32Array(capacity);
    this.#places = new Int32Array(capacity).fill(-1);
  }

  /** The numbers of things are below it. */
  get capacity(): number {
    return this.#places.length;
  }

  /** The soonest moment; Infinity if there is none. */
  get nextMs(): number {
    return this.#size === 0 ? Infinity : (this.#atMs[0] as number);
  }

  /** The thing that is due first, which stays where it is until it is {@link set} anew; -1 if there is none. */
  get first(): number {
    return this.#size === 0 ? -1 : (this.#things[0] as number);
  }

  /** Makes room for more things. */
  grow(capacity: number): void {
    if (capacity <= this.capacity) return;
    const atMs = new Float64Array(capacity);
    const things = new Int32Array(capacity);
    const places = new Int32Array(capacity).fill(-1);
    atMs.set(this.#atMs);
    things.set(this.#things);
    places.set(this.#places);
    this.#atMs = atMs;
    this.#things = things;
    this.#places = places;
  }

  /** Has a thing be due at a moment, instead of any other; Infinity takes it out. */
  set(thing: number, atMs: number): void {
    const place = this.#places[thing] as number;
    if (atMs === Infinity) {
      if (place >= 0) this.#remove(thing, place);
      return;
    }
    if (place < 0) {
      this.#rise(thing, atMs, this.#size++);
      return;
    }
    const before = this.#atMs[place] as number;
    if (atMs < before) this.#rise(thing, atMs, place);
    else if (atMs > before) this.#sink(thing, atMs, place);
  }

  /** Fills the gap with the thing that stands last. */
  #remove(thing: number, place: number): void {
    this.#places[thing] = -1;
    const end = --this.#size;
    if (place === end) return;
    const last = this.#things[end] as number;
    const lastMs = this.#atMs[end] as number;
    const parent = (place - 1) >> 2;
    if (place > 0 && this.#isBefore(lastMs, last, parent)) this.#rise(last, lastMs, place);
    else this.#sink(last, lastMs, place);
  }

  /** Moves a thing from a place towards the root until its parent is due before it. */
  #rise(thing: number, atMs: number, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      if (!this.#isBefore(atMs, thing, parent)) break;
      this.#put(this.#things[parent] as number, this.#atMs[parent] as number, place);
      place = parent;
    }
    this.#put(thing, atMs, place);
  }

  /** Moves a thing from a place towards the leaves until it is due before its children. */
  #sink(thing: number, atMs: number, from: number): void {
    let place = from;
    for (;;) {
      const child = this.#soonestChild(place);
      if (child < 0 || this.#isBefore(atMs, thing, child)) break;
      this.#put(this.#things[child] as number, this.#atMs[child] as number, place);
      place = child;
    }
    this.#put(thing, atMs, place);
  }

  #soonestChild(place: number): number {
    const first = place * ARITY + 1;
    if (first >= this.#size) return -1;
    const end = Math.min(first + ARITY, this.#size);
    let soonest = first;
    for (let child = first + 1; child < end; child++) {
      if (this.#isBefore(this.#atMs[child] as number, this.#things[child] as number, soonest)) soonest = child;
    }
    return soonest;
  }

  #put(thing: number, atMs: number, place: number): void {
    this.#atMs[place] = atMs;
    this.#things[place] = thing;
    this.#places[thing] = place;
  }

  /** True if a thing at a moment comes before the one that stands at a place. */
  #isBefore(atMs: number, thing: number, place: number): boolean {
    const otherMs = this.#atMs[place] as number;
    return atMs < otherMs || (atMs === otherMs && thing < (this.#things[place] as number));
  }
}
