import { SwitchoverError } from '../../policy/error.ts';
import { refuseUnknown } from '../../policy/fill.ts';
import { pathOn } from '../../policy/target.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import { defineHandlers, eventTargetClass } from '../eventTarget.ts';
import { type EventSourceInit, type EventSourceOptions, readOptions } from './options.ts';
import { Subscription } from './subscription.ts';

/** What `error` events carry beside what they have on the web. */
export interface EventSourceErrorEvent extends Event {
  /** `STREAM_BROKEN` while the stream is being sought; anything else closes it. */
  readonly error: SwitchoverError;
  /** That error's message. */
  readonly message: string;
}

/** The events of an event stream, beside those that its server names. */
export interface FailoverEventSourceEventMap {
  /** The stream flows: for the first time, or from another host. */
  open: Event;
  /** An event without a name of its own. `lastEventId` is that of its server. */
  message: MessageEvent<string>;
  /** The stream broke and is sought again, or is closed: `readyState` tells which. */
  error: EventSourceErrorEvent;
}

/** An `EventSource` that fails over. Its `error` events are {@link EventSourceErrorEvent}s, for `onerror`, too. */
export interface FailoverEventSource extends EventSource {
  /** Listens to the events that every stream has. */
  addEventListener<Type extends keyof FailoverEventSourceEventMap>(
    type: Type,
    listener: (this: EventSource, event: FailoverEventSourceEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Listens to the events that the server names. */
  addEventListener(
    type: string,
    listener: (this: EventSource, event: MessageEvent<string>) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Listens as on the web, by a function or an object with `handleEvent`. */
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** The class that {@link createEventSource} makes. */
export interface FailoverEventSourceConstructor {
  /**
   * Opens a stream.
   *
   * @param url A path, or the whole URL of a listed host; any other URL goes where it says, without failover.
   * @throws SwitchoverError `INVALID_REQUEST` for a URL that is none, `INVALID_OPTION`.
   */
  new (url: string | URL, init?: EventSourceInit): FailoverEventSource;
  /** As on the web: for `instanceof`. */
  readonly prototype: FailoverEventSource;
  /** As on the web: the stream is sought. */
  readonly CONNECTING: 0;
  /** As on the web: the stream flows. */
  readonly OPEN: 1;
  /** As on the web: it is over for good. */
  readonly CLOSED: 2;
}

const KNOWN: ReadonlySet<string> = new Set('headers fetch stallMs retryMs maxEventChars'.split(' '));
const STATES = { CONNECTING: 0, OPEN: 1, CLOSED: 2 } as const;

/**
 * Makes a class of the shape of `EventSource` whose streams fail over: give it to whatever takes such a class.
 *
 * A relative URL, or one whose origin is listed, is opened at the pool's current host; the last event ID goes along to the next
 * one. A stream that breaks moves to another host that is well at once, else it is tried again with full jitter. Where the pool
 * moves (a drain, a failback), the new stream is opened before the old one is left, and an event that comes by both is handed
 * out once, if it has an ID. A 204, a redirect that is not followed and any 4xx but 401 (once more, if `headers` is a
 * function), 408, 421, 425 and 429 close it for good. A 5xx, `Retry-After`, or an answer that is no event stream do not.
 *
 * Any other URL goes where it says, and is opened again there, without the `headers` that are given here.
 *
 * @param options For all streams of the class; each may be changed in the constructor, beside `withCredentials`.
 * @throws SwitchoverError `INVALID_OPTION`; the class also `INVALID_REQUEST` for a URL that is none.
 */
export function createEventSource(pool: HostPool, options: EventSourceOptions = {}): FailoverEventSourceConstructor {
  refuseUnknown(options, KNOWN);
  const defaults = readOptions(options);
  const Target = eventTargetClass();

  class FailoverEventSource extends Target {
    readonly withCredentials: boolean;
    readonly #subscription: Subscription;

    constructor(url: string | URL, init: EventSourceInit = {}) {
      super();
      const text = String(url);
      const path = pathOn(text, pool.hosts);
      if (path === null && !isUrl(text)) throw invalidUrl(text);
      const settings = readOptions(init, path === null ? { ...defaults, headers: {} } : defaults);
      this.withCredentials = Boolean(init.withCredentials);
      const target = { url: text, path, withCredentials: this.withCredentials };
      this.#subscription = new Subscription(pool, target, settings, (event) => this.dispatchEvent(event));
    }

    get readyState(): number {
      return this.#subscription.readyState;
    }

    /** Where the stream comes from now, or where it was asked for last. */
    get url(): string {
      return this.#subscription.url;
    }

    /** Ends the stream for good. Nothing is told after it. */
    close(): void {
      this.#subscription.close();
    }
  }

  for (const object of [FailoverEventSource, FailoverEventSource.prototype]) Object.assign(object, STATES);
  defineHandlers(FailoverEventSource.prototype, ['open', 'message', 'error']);
  return FailoverEventSource as unknown as FailoverEventSourceConstructor;
}

/** A whole URL that a stream can come from. */
function isUrl(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}

function invalidUrl(url: string): SwitchoverError {
  return new SwitchoverError('INVALID_REQUEST', `Not a URL of an event stream: ${JSON.stringify(url.slice(0, 99))}.`, {
    remedy: 'Give a path on the hosts, or a whole http or https URL.',
  });
}
