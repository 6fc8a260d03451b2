import { EVENT_SOURCE_DEFAULTS } from '../../policy/defaults.ts';
import { SwitchoverError } from '../../policy/error.ts';
import { fill, invalidOption } from '../../policy/fill.ts';
import type { Fetch, MaybePromise } from '../../runtime/ports.ts';

/** The attempt that headers are wanted for. */
export interface StreamAttempt {
  /** Origin of the host that is going to be asked. */
  readonly host: string;
  /** True where the headers of the last attempt were refused with a 401: fresh ones get one more chance. */
  readonly refused: boolean;
}

/** What event streams are made with. Every one may be left out. */
export interface EventSourceOptions {
  /**
   * Headers of each attempt, or a function that gives them, called anew each time: what it throws is a failed attempt that no
   * host is blamed for. With any but `Authorization`, redirects are refused rather than followed with them. Default none.
   */
  readonly headers?: HeadersInit | ((attempt: StreamAttempt) => MaybePromise<HeadersInit>);
  /** Sends the requests. Its bodies must be streams. Default: the pool's. */
  readonly fetch?: Fetch;
  /**
   * A stream that has brought no byte for this long is opened again, and the silent one left once the new one is there, in
   * milliseconds; 0 for never. Any byte is a sign of life: have the servers send a comment (`:`) at least twice as often, and
   * make this shorter for a shorter outage. Default 45,000.
   */
  readonly stallMs?: number;
  /**
   * Upper end of the first wait before a stream is opened again, in milliseconds, doubled each time up to 20,000 and drawn
   * from zero. A server's `retry:` takes its place. Less than 100 is read as 100, more than 60,000 as that. Default 1,000.
   */
  readonly retryMs?: number;
  /**
   * Longest line or event's data, in characters. A longer one closes the stream with `EVENT_TOO_LARGE`: opened again, the
   * server would send it again. Default 1,048,576.
   */
  readonly maxEventChars?: number;
}

/** What one event stream is made with: the dictionary of the standard, and more. Unknown members are passed over, as there. */
export interface EventSourceInit extends EventSourceOptions {
  /** Send cookies to other origins, too, in a browser. Default false. */
  readonly withCredentials?: boolean;
}

/** Options with their defaults. */
export interface StreamSettings {
  readonly headers: NonNullable<EventSourceOptions['headers']>;
  readonly fetch: Fetch | undefined;
  readonly stallMs: number;
  readonly retryMs: number;
  readonly maxEventChars: number;
}

/**
 * Fills the defaults in.
 *
 * @throws SwitchoverError `INVALID_OPTION`.
 */
export function readOptions(options: EventSourceOptions, defaults: StreamSettings = plain()): StreamSettings {
  const { headers = defaults.headers, fetch = defaults.fetch, stallMs, retryMs, maxEventChars } = options;
  if (fetch !== undefined && typeof fetch !== 'function') {
    throw invalidOption('EventSource.fetch is not a function');
  }
  const { headers: _headers, fetch: _fetch, ...numbers } = defaults;
  const given = { stallMs, retryMs, maxEventChars } as Partial<typeof numbers>;
  const settings = { ...fill('EventSource', numbers, given), headers, fetch };
  if (typeof headers !== 'function') headersOf(headers);
  return settings;
}

/** @throws SwitchoverError `INVALID_OPTION` for headers that can't be sent. */
export function headersOf(given: HeadersInit): Headers {
  try {
    return new Headers(given);
  } catch (cause) {
    const remedy = 'Give names and values that `new Headers` takes.';
    throw new SwitchoverError('INVALID_OPTION', "The event stream's headers can't be sent.", { remedy, cause });
  }
}

function plain(): StreamSettings {
  const { stallMs, retryMs, maxEventChars } = EVENT_SOURCE_DEFAULTS;
  return { headers: {}, fetch: undefined, stallMs, retryMs, maxEventChars };
}
