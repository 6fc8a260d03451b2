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
}

const bodies = /* @__PURE__ */ new WeakMap<Response, LateBody>();

/** Gives a head its body, to be read by the usual methods. The same response. */
export function withLateBody(head: Response, body: LateBody): Response {
  // Nobody may ever ask for it.
  body.whole.catch(() => {});
  bodies.set(head, body);
  return readThrough(head, () => body.whole);
}

/** What is still to come of a response; undefined where that is none of our business. */
export const lateBodyOf = (response: Response): LateBody | undefined => bodies.get(response);

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
