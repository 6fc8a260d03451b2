/** The arguments of an event's listeners. */
export type EventArgs<Events, Name extends keyof Events> = Events[Name] extends (...args: infer Args) => void
  ? Args
  : never;

/** Lets an error surface by itself, as an uncaught one of the app's own. */
function surface(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/**
 * Listeners of named events. They are called in the order in which they came; one that throws does not keep the others from
 * being called.
 */
export class Emitter<Events> {
  /** Never changed in place: who listens or leaves while listeners are called changes the next event, not this one. */
  readonly #listeners = new Map<keyof Events, readonly Events[keyof Events][]>();
  readonly #onError: (error: unknown, name: keyof Events) => void;

  /** @param onError Takes what a listener throws, or rejects with. Default: it surfaces by itself. @internal */
  constructor(onError: (error: unknown, name: keyof Events) => void = surface) {
    this.#onError = onError;
  }

  /** Calls `listener` at each such event from now on. */
  on<Name extends keyof Events>(name: Name, listener: Events[Name]): void {
    this.#listeners.set(name, [...this.#of(name), listener]);
  }

  /** Ends what {@link Emitter.on} began. A listener that is not there is let be. */
  off<Name extends keyof Events>(name: Name, listener: Events[Name]): void {
    this.#listeners.set(
      name,
      this.#of(name).filter((each) => each !== listener),
    );
  }

  /** Calls the listeners. @internal */
  emit<Name extends keyof Events>(name: Name, ...args: EventArgs<Events, Name>): void {
    for (const listener of this.#of(name)) {
      try {
        const result = (listener as (...args: EventArgs<Events, Name>) => unknown)(...args);
        if (result instanceof Promise) result.catch((error) => this.#onError(error, name));
      } catch (error) {
        this.#onError(error, name);
      }
    }
  }

  #of(name: keyof Events): readonly Events[keyof Events][] {
    return this.#listeners.get(name) ?? [];
  }
}
