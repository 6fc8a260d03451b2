/** What a class of the web's shape needs of its platform: events and a target for them, also where there are none (React Native). */

type Listener = ((event: Event) => void) | { handleEvent(event: Event): void };

interface Registration {
  readonly type: string;
  readonly listener: Listener;
  readonly once: boolean;
}

/** Where a platform has no `EventTarget`: its least common measure. */
class PlainTarget {
  #registrations: readonly Registration[] = [];

  addEventListener(type: string, listener: Listener | null, options?: boolean | AddEventListenerOptions): void {
    const { once = false, signal } = typeof options === 'object' ? options : {};
    if (listener === null || signal?.aborted || this.#registrations.some(isOf(type, listener))) return;
    this.#registrations = [...this.#registrations, { type, listener, once }];
    signal?.addEventListener('abort', () => this.removeEventListener(type, listener));
  }

  removeEventListener(type: string, listener: Listener | null): void {
    const isThis = isOf(type, listener);
    this.#registrations = this.#registrations.filter((each) => !isThis(each));
  }

  dispatchEvent(event: Event): boolean {
    Object.defineProperty(event, 'target', { value: this, configurable: true });
    for (const each of this.#registrations) {
      if (each.type !== event.type || !this.#registrations.includes(each)) continue;
      if (each.once) this.removeEventListener(each.type, each.listener);
      tell(each.listener, event, this);
    }
    return true;
  }
}

const isOf =
  (type: string, listener: Listener | null) =>
  (each: Registration): boolean =>
    each.type === type && each.listener === listener;

/** A listener that throws must keep no other from hearing. */
function tell(listener: Listener, event: Event, target: unknown): void {
  try {
    if (typeof listener === 'function') listener.call(target, event);
    else listener.handleEvent(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

const platform = globalThis as unknown as Readonly<Record<string, (new (...args: never[]) => object) | undefined>>;

/** The platform's `EventTarget`, or what stands in for it. Looked up when it is needed: some apps bring one along. */
export const eventTargetClass = (): typeof EventTarget =>
  (platform['EventTarget'] ?? PlainTarget) as typeof EventTarget;

/**
 * An event of the platform's own class, where it has that; else a plain one with the same members.
 *
 * @param init What the event has beside its type.
 * @param more Members that the class does not know.
 */
export function makeEvent(
  className: 'Event' | 'MessageEvent' | 'CloseEvent' | 'CustomEvent',
  type: string,
  init: object = {},
  more?: object,
): Event {
  const Own = platform[className] as typeof Event | undefined;
  if (Own !== undefined) return Object.assign(new Own(type, init), more);
  const Plain = platform['Event'] as typeof Event | undefined;
  return Object.assign((Plain ? new Plain(type) : { type }) as Event, init, more);
}

/** Gives a class the attributes `onopen` … of the web's event handlers. Each keeps its place among the listeners. */
export function defineHandlers(prototype: EventTarget, types: readonly string[]): void {
  for (const type of types) {
    const handlers = new WeakMap<EventTarget, { handler: unknown }>();
    Object.defineProperty(prototype, `on${type}`, {
      configurable: true,
      enumerable: true,
      get(this: EventTarget) {
        return handlers.get(this)?.handler ?? null;
      },
      set(this: EventTarget, handler: unknown) {
        const own = typeof handler === 'function' ? handler : null;
        const known = handlers.get(this);
        if (known !== undefined) known.handler = own;
        if (known !== undefined || own === null) return;
        const slot = { handler: own as unknown };
        handlers.set(this, slot);
        this.addEventListener(type, (event) => {
          if (slot.handler !== null) (slot.handler as (event: Event) => void).call(this, event);
        });
      },
    });
  }
}

/** A `DOMException`, or an error that looks like one. */
export function domError(name: string, message: string): Error {
  const Own = platform['DOMException'] as typeof DOMException | undefined;
  return Own === undefined ? Object.assign(new Error(message), { name }) : new Own(message, name);
}
