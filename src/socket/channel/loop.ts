import type { Arrival, Taker } from './inbox.ts';

/** One `for await` over what arrives. It counts from its first `next()` on. */
export class Loop implements AsyncIterator<unknown, undefined> {
  readonly #join: (taker: Taker) => () => void;
  readonly #ended: (loop: Loop) => void;
  readonly #asking: { resolve(result: IteratorResult<unknown, undefined>): void; reject(error: unknown): void }[] = [];
  #leave: (() => void) | null = null;
  /** Says that the last arrival is dealt with. */
  #giveBack: (() => void) | null = null;
  #over: { readonly error: unknown } | null = null;

  /** @param ended Called once, when nobody asks any more. */
  constructor(join: (taker: Taker) => () => void, ended: (loop: Loop) => void) {
    this.#join = join;
    this.#ended = ended;
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#over !== null) {
      const { error } = this.#over;
      this.#over = { error: undefined };
      return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#asking.push({ resolve, reject });
      this.#back();
      this.#leave ??= this.#join((arrival) => this.#take(arrival));
    });
  }

  return(): Promise<IteratorResult<unknown, undefined>> {
    this.end(undefined);
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the loop: with an error that it is thrown next, or without. */
  end(error: unknown): void {
    if (this.#over !== null) return;
    const [first, ...others] = this.#asking.splice(0);
    this.#over = { error: first === undefined ? error : undefined };
    this.#leave?.();
    this.#back();
    this.#ended(this);
    if (error === undefined) first?.resolve({ done: true, value: undefined });
    else first?.reject(error);
    for (const { resolve } of others) resolve({ done: true, value: undefined });
  }

  #take({ data }: Arrival): Promise<void> | undefined {
    const asking = this.#asking.shift();
    asking?.resolve({ done: false, value: data });
    // Whoever asks for two at once has no way to say that the first is dealt with.
    if (asking === undefined || this.#asking.length > 0) return undefined;
    return new Promise((resolve) => {
      this.#giveBack = resolve;
    });
  }

  #back(): void {
    this.#giveBack?.();
    this.#giveBack = null;
  }
}
