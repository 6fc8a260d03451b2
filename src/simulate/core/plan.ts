/** How to make a value anew: as a copy of one that differs from it in its numbers alone. */
export interface Plan {
  readonly model: object;
  readonly copy: (model: object) => object;
  /** Where its own numbers belong, and its parts that have some. All other parts are shared. */
  readonly holes: readonly Hole[];
}

interface Hole {
  readonly key: string | number;
  readonly part: Plan | null;
}

/**
 * A copier for each depth. They say the same, but not at the same place: an engine learns for each place in a program which shapes come
 * by there, and is several times slower where there are more than a few.
 */
const COPIERS: readonly ((model: object) => object)[] = [
  (model) => ({ ...model }),
  (model) => ({ ...model }),
  (model) => ({ ...model }),
  (model) => ({ ...model }),
];
const copyList = (model: object): object => (model as readonly unknown[]).slice();

/**
 * The plan of a value; null where it has no numbers of its own.
 *
 * @param isOwn Tells which numbers are.
 */
export function planOf(model: object, isOwn: (value: unknown) => boolean, depth = 0): Plan | null {
  const isList = Array.isArray(model);
  const holes = Object.entries(model as Readonly<Record<string, unknown>>).flatMap(([name, value]): Hole[] => {
    const key = isList ? Number(name) : name;
    if (isOwn(value)) return [{ key, part: null }];
    const part = typeof value === 'object' && value !== null ? planOf(value, isOwn, depth + 1) : null;
    return part === null ? [] : [{ key, part }];
  });
  if (holes.length === 0) return null;
  return { model, copy: isList ? copyList : (COPIERS[Math.min(depth, COPIERS.length - 1)] as Plan['copy']), holes };
}

/** Makes values by their plans, from numbers that lie one after the other. */
export class Builder {
  #numbers: Float64Array = new Float64Array(0);
  #at = 0;

  build(plan: Plan, numbers: Float64Array, from: number): object {
    this.#numbers = numbers;
    this.#at = from;
    return this.#build(plan);
  }

  #build({ model, copy, holes }: Plan): object {
    const made = copy(model) as Record<string | number, unknown>;
    for (let at = 0; at < holes.length; at++) {
      const { key, part } = holes[at] as Hole;
      made[key] = part === null ? this.#numbers[this.#at++] : this.#build(part);
    }
    return made;
  }
}
