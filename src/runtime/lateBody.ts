import type { AttemptTrace } from '../policy/error.ts';
import type { Clock } from './ports.ts';

/** The ways to read a body as a whole. */
export const WHOLE_READS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const;

/** The body of an answer whose head is here, and that comes in one piece: a `fetch` over XMLHttpRequest has no streams. */
export interface LateBody {
  /** The whole answer. Rejects where the body breaks off. */
  readonly whole: Promise<Response>;
  /** Called whenever something of it has come. */
  onProgress: () => void;
  /** Nobody wants the rest. */
  cancel(): void;
  /** Guards the response that has this body. It comes along with the body: where there are streams, nobody needs it. */
  guard(response: Response, options: LateOptions): Response;
}

/** What a late body is guarded with: as much as it can use of what a stream is. */
export interface LateOptions {
  /** Times the silence. */
  readonly clock: Clock;
  /** How long nothing of it may come, in milliseconds. 0, false, Infinity: for ever. */
  readonly stallMs: number | false;
  /** The caller's: once it is aborted, reading rejects with its reason and nobody is blamed. */
  readonly signal?: AbortSignal | undefined;
  /** Sends the request once more; null where that can't be done. Undefined where it may not be sent again. */
  readonly refetch?: ((context: LateContext) => Promise<Response | null>) | undefined;
  /** A body failed. */
  onBroken(fault: 'stalled' | 'broken-body', error: unknown, response: Response): void;
  /** Frees the connection of the first response. */
  abort(reason: unknown): void;
  /** A body came to its end. */
  onWhole?(): void;
  /** Called once, when the first body is over. */
  readonly onDone?: (() => void) | undefined;
  /** For the trace of an error. */
  attempts?(): readonly AttemptTrace[];
}

/** How a late body is asked for again: as a whole, from whichever host. */
export interface LateContext {
  readonly headers: Readonly<Record<string, string>>;
  readonly sameHost: boolean;
  readonly signal: AbortSignal;
}

/** Known to all copies of the library: one may have made what another one guards. */
const LATE = Symbol.for('switchover.late');

/** What is still to come of a response; undefined where that is none of our business. */
export const lateBodyOf = (response: Response): LateBody | undefined =>
  (response as Response & { readonly [LATE]?: LateBody })[LATE];

/** Gives a head its body, to be read by the usual methods. The same response. */
export function withLateBody(head: Response, body: LateBody): Response {
  // Nobody may ever ask for it.
  body.whole.catch(() => {});
  Object.defineProperty(head, LATE, { value: body });
  return readThrough(head, () => body.whole);
}

/** Has a response read what `whole` resolves to, which itself is never used up: clones read it as well. The same response. */
export function readThrough(response: Response, whole: () => Promise<Response>): Response {
  let used = false;
  const refuseUsed = () => {
    if (used) throw new TypeError('The response body was read already.');
  };
  const define = (name: string, property: PropertyDescriptor) =>
    Object.defineProperty(response, name, { configurable: true, ...property });
  for (const how of WHOLE_READS.filter((name) => name in response)) {
    const value = async (): Promise<unknown> => {
      refuseUsed();
      used = true;
      return (await whole()).clone()[how]();
    };
    define(how, { value });
  }
  define('bodyUsed', { get: () => used });
  const bare = (): Response => Object.getPrototypeOf(response).clone.call(response);
  const value = (): Response => {
    refuseUsed();
    return readThrough(bare(), whole);
  };
  define('clone', { value });
  return response;
}
