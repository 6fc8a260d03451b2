import { type Plan, planOf } from './plan.ts';

/** All that values have in common which differ in their numbers alone. */
export interface Structure {
  readonly id: number;
  /** How many numbers a value of it has. */
  readonly size: number;
  /** How to make one anew; null where all are the same. */
  readonly plan: Plan | null;
  /** The first of them. */
  readonly model: object;
}

/** A place on the way through a value. */
interface Place {
  /** The sign that was met here last, and where it led: nearly always it is met again. */
  sign: unknown;
  next: Place | null;
  readonly ways: Map<unknown, Place>;
  /** A part without numbers that was met here, and the place behind it: values that share it need not be walked through. */
  part: object | null;
  behind: Place | null;
  structure: Structure | null;
}

const OPEN = Symbol('open');
const OPEN_LIST = Symbol('open list');
const CLOSE = Symbol('close');
const NUMBER = Symbol('number');

/** Whole numbers below this are counts, not moments: they are few, and belong to the structure. */
const COUNTS = 256;
/** So do fractions of one that someone has written down, in thousandths; a draw is never one of them. */
const PARTS = 1_000;

/**
 * Takes plain data apart into a structure, which many values share, and numbers of its own. Nothing is known of what the data means, and
 * nothing is lost. A structure is found by walking through the value, as a word is found in a tree of letters.
 */
export class Structures {
  /** The numbers of the value that was looked at last. */
  numbers = new Float64Array(64);
  readonly #all: Structure[] = [];
  readonly #root = placeOf();
  readonly #constants: ReadonlySet<number>;
  #count = 0;

  /** @param constants Numbers that many values have, beside counts. */
  constructor(constants: readonly number[]) {
    this.#constants = new Set(constants);
  }

  structureOf(value: object): Structure {
    this.#count = 0;
    const end = this.#through(this.#root, value);
    end.structure ??= this.#learn(value);
    return end.structure;
  }

  /** How many there are. */
  get size(): number {
    return this.#all.length;
  }

  at(id: number): Structure {
    return this.#all[id] as Structure;
  }

  #learn(model: object): Structure {
    const structure = { id: this.#all.length, size: this.#count, plan: planOf(model, this.#isOwn), model };
    this.#all.push(structure);
    return structure;
  }

  #through(from: Place, value: object): Place {
    if (from.part === value && from.behind !== null) return from.behind;
    const before = this.#count;
    const end = Array.isArray(value) ? this.#throughList(from, value) : this.#throughFields(from, value);
    if (this.#count === before && from.part === null) {
      from.part = value;
      from.behind = end;
    }
    return end;
  }

  #throughList(from: Place, values: readonly unknown[]): Place {
    let place = step(from, OPEN_LIST);
    for (let at = 0; at < values.length; at++) place = this.#past(place, values[at]);
    return step(place, CLOSE);
  }

  #throughFields(from: Place, value: object): Place {
    let place = step(from, OPEN);
    for (const key in value) place = this.#past(step(place, key), value[key as keyof typeof value]);
    return step(place, CLOSE);
  }

  /** True for a number that a value does not share with others of its structure. */
  readonly #isOwn = (value: unknown): value is number => {
    if (typeof value !== 'number') return false;
    if (value >= 0 && value < 1) return value * PARTS !== Math.round(value * PARTS);
    return !(value > 0 && value < COUNTS && value === (value | 0)) && !this.#constants.has(value);
  };

  #past(place: Place, value: unknown): Place {
    if (typeof value === 'object' && value !== null) return this.#through(place, value);
    if (!this.#isOwn(value)) return step(place, value);
    if (this.#count === this.numbers.length) this.numbers = wider(this.numbers);
    this.numbers[this.#count++] = value;
    return step(place, NUMBER);
  }
}

function placeOf(): Place {
  return { sign: undefined, next: null, ways: new Map(), part: null, behind: null, structure: null };
}

function step(place: Place, sign: unknown): Place {
  if (place.sign === sign && place.next !== null) return place.next;
  let next = place.ways.get(sign);
  if (next === undefined) {
    next = placeOf();
    place.ways.set(sign, next);
  }
  place.sign = sign;
  place.next = next;
  return next;
}

function wider(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const next = new Float64Array(numbers.length * 2);
  next.set(numbers);
  return next;
}
