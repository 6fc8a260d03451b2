import { Builder } from './plan.ts';
import { Structures } from './structures.ts';

/** Numbers of a page. What belongs to one value lies on one page. */
const PAGE = 1 << 20;

/**
 * Plain data for each of many things, in a few bytes each: which structure a value has, and its numbers. A million objects would each
 * cost an engine's garbage collector a look again and again; here they are four typed arrays, and objects live as long as one event.
 *
 * What comes out equals what went in, and shares parts without numbers with others: it must not be changed.
 */
export class Packed<Value extends object> {
  readonly #structures: Structures;
  readonly #builder = new Builder();
  /** Structure of each value. */
  readonly #kinds: Int32Array;
  /** Where its numbers begin, counted over all pages; -1 where it has no room for any. */
  readonly #places: Int32Array;
  readonly #pages: Float64Array[] = [];
  #used = PAGE;
  /** Room that is free again, by its size: the first one of each, whose first number leads to the next. */
  readonly #free: number[] = [];
  /** The value that was asked for or put in last. */
  #last: Value | null = null;
  #lastThing = -1;

  /** @param constants Numbers that many values have, beside counts: to be kept once. */
  constructor(things: number, constants: readonly number[] = []) {
    this.#structures = new Structures(constants);
    this.#kinds = new Int32Array(things);
    this.#places = new Int32Array(things).fill(-1);
  }

  /** How many structures there are. */
  get structures(): number {
    return this.#structures.size;
  }

  /** How many pages of numbers there are. */
  get pages(): number {
    return this.#pages.length;
  }

  /** The value of a thing that has one. */
  get(thing: number): Value {
    if (thing === this.#lastThing && this.#last !== null) return this.#last;
    const { plan, model } = this.#structures.at(this.#kinds[thing] as number);
    // All models came in by `set`, and plans copy them.
    if (plan === null) return model as Value;
    const place = this.#places[thing] as number;
    const value = this.#builder.build(plan, this.#pageOf(place), place % PAGE) as Value;
    this.#lastThing = thing;
    this.#last = value;
    return value;
  }

  set(thing: number, value: Value): void {
    const structures = this.#structures;
    const before = structures.at(this.#kinds[thing] as number)?.size ?? 0;
    const { id, size, plan, model } = structures.structureOf(value);
    if (size !== before || (this.#places[thing] as number) < 0) this.#resize(thing, before, size);
    this.#kinds[thing] = id;
    if (size > 0) {
      const place = this.#places[thing] as number;
      const page = this.#pageOf(place);
      for (let at = 0; at < size; at++) page[(place % PAGE) + at] = structures.numbers[at] as number;
    }
    this.#lastThing = thing;
    // So that its parts are the shared ones, and are known again at once.
    this.#last = plan === null ? (model as Value) : value;
  }

  #pageOf(place: number): Float64Array {
    return this.#pages[Math.floor(place / PAGE)] as Float64Array;
  }

  #resize(thing: number, before: number, size: number): void {
    const old = this.#places[thing] as number;
    if (old >= 0) this.#giveBack(old, before);
    this.#places[thing] = size === 0 ? -1 : this.#take(size);
  }

  #take(size: number): number {
    const free = this.#free[size] ?? -1;
    if (free >= 0) {
      this.#free[size] = this.#pageOf(free)[free % PAGE] as number;
      return free;
    }
    if (this.#used + size > PAGE) {
      this.#pages.push(new Float64Array(PAGE));
      this.#used = 0;
    }
    const place = (this.#pages.length - 1) * PAGE + this.#used;
    this.#used += size;
    return place;
  }

  #giveBack(place: number, size: number): void {
    this.#pageOf(place)[place % PAGE] = this.#free[size] ?? -1;
    this.#free[size] = place;
  }
}
