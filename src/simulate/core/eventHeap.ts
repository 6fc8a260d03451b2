/** Children of a node. Four make the heap half as deep as two, and lie in one cache line. */
const ARITY = 4;

/**
 * What is due when, for things that are numbers: each has one moment at most, which may be changed at any time. A binary heap of
 * objects would cost a million clients an allocation for each event; here everything lies in three typed arrays.
 *
 * Of things that are due at the same moment, the one with the smallest number comes first: the order depends on nothing else, so a run
 * can be repeated.
 */
export class EventHeap {
  /** Moments by thing. Infinity for none. */
  #atMs: Float64Array;
  /** Things in heap order. */
  #heap: Int32Array;
  /** Where each thing stands in the heap; -1 for nowhere. */
  #place: Int32Array;
  #size = 0;

  /** @param capacity How many things there may be, until {@link grow} is called: their numbers are below it. */
  constructor(capacity: number) {
    this.#atMs = new Float64Array(capacity).fill(Infinity);
    this.#heap = new Int32Array(capacity);
    this.#place = new Int32Array(capacity).fill(-1);
  }

  /** The numbers of things are below it. */
  get capacity(): number {
    return this.#place.length;
  }

  /** The soonest moment; Infinity if there is none. */
  get nextMs(): number {
    return this.#size === 0 ? Infinity : (this.#atMs[this.#heap[0] as number] as number);
  }

  /** Makes room for more things. */
  grow(capacity: number): void {
    const before = this.#place.length;
    if (capacity <= before) return;
    const atMs = new Float64Array(capacity).fill(Infinity);
    const heap = new Int32Array(capacity);
    const place = new Int32Array(capacity).fill(-1);
    atMs.set(this.#atMs);
    heap.set(this.#heap);
    place.set(this.#place);
    [this.#atMs, this.#heap, this.#place] = [atMs, heap, place];
  }

  /** Has a thing be due at a moment, instead of any other; Infinity takes it out. */
  set(thing: number, atMs: number): void {
    const place = this.#place[thing] as number;
    if (atMs === Infinity) {
      if (place >= 0) this.#remove(thing, place);
      return;
    }
    const before = this.#atMs[thing] as number;
    this.#atMs[thing] = atMs;
    if (place < 0) this.#rise(thing, this.#size++);
    else if (atMs < before) this.#rise(thing, place);
    else if (atMs > before) this.#sink(thing, place);
  }

  /** The thing that is due first, which stays where it is until it is {@link set} anew; -1 if there is none. */
  get first(): number {
    return this.#size === 0 ? -1 : (this.#heap[0] as number);
  }

  #remove(thing: number, place: number): void {
    this.#place[thing] = -1;
    this.#atMs[thing] = Infinity;
    const last = this.#heap[--this.#size] as number;
    if (last === thing) return;
    this.#sink(last, place);
    this.#rise(last, this.#place[last] as number);
  }

  /** Moves a thing from a place towards the root until its parent is due before it. */
  #rise(thing: number, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      const above = this.#heap[parent] as number;
      if (!this.#isBefore(thing, above)) break;
      this.#put(above, place);
      place = parent;
    }
    this.#put(thing, place);
  }

  /** Moves a thing from a place towards the leaves until it is due before its children. */
  #sink(thing: number, from: number): void {
    let place = from;
    for (;;) {
      const child = this.#soonestChild(place);
      if (child < 0) break;
      const below = this.#heap[child] as number;
      if (!this.#isBefore(below, thing)) break;
      this.#put(below, place);
      place = child;
    }
    this.#put(thing, place);
  }

  #soonestChild(place: number): number {
    const first = place * ARITY + 1;
    if (first >= this.#size) return -1;
    const end = Math.min(first + ARITY, this.#size);
    let soonest = first;
    for (let child = first + 1; child < end; child++) {
      if (this.#isBefore(this.#heap[child] as number, this.#heap[soonest] as number)) soonest = child;
    }
    return soonest;
  }

  #put(thing: number, place: number): void {
    this.#heap[place] = thing;
    this.#place[thing] = place;
  }

  #isBefore(one: number, other: number): boolean {
    const oneMs = this.#atMs[one] as number;
    const otherMs = this.#atMs[other] as number;
    return oneMs < otherMs || (oneMs === otherMs && one < other);
  }
}
