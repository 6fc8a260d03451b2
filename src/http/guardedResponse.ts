import { lateBodyOf, WHOLE_READS } from '../runtime/lateBody.ts';
import { GuardedBody } from './guardedBody.ts';
import type { BodyFamily, GuardOptions } from './resumeBody.ts';

/** Turns a response of one class into a guarded one. */
type Adopt = (response: Response, family: BodyFamily) => void;

/** By prototype: one for the platform's `Response`, as good as always. */
const adopters = /* @__PURE__ */ new WeakMap<object, Adopt>();
const collected =
  typeof FinalizationRegistry === 'function' ? /* @__PURE__ */ new FinalizationRegistry<BodyFamily>(leave) : null;

/**
 * Guards a response: the same object, a native `Response` in every way, whose body is watched for stalls and carried on
 * where it breaks, once it is read. Until then it costs no more than a change of its prototype.
 *
 * A body that comes in one piece (React Native) brings a guard of its own. What has no body (204, HEAD) or is of no class (a
 * mock) comes back as it is.
 *
 * @param options Must not reference the response: it would never be collected.
 */
export function guard(response: Response, options: GuardOptions): Response {
  const { body } = response;
  if (!body) {
    const late = lateBodyOf(response);
    if (late !== undefined) return late.guard(response, options);
    options.onDone?.();
    return response;
  }
  const family: BodyFamily = { options, open: 0, broken: false };
  const native: object = Object.getPrototypeOf(response);
  if (typeof body.getReader !== 'function' || !('body' in native)) {
    join(response, family);
    return response;
  }
  let adopt = adopters.get(native);
  if (adopt === undefined) {
    adopt = adopterOf(native as Response);
    adopters.set(native, adopt);
  }
  adopt(response, family);
  return response;
}

/** Counts a body in, until it is over or collected. */
function join(response: Response, family: BodyFamily): void {
  family.open++;
  if (family.options.onDone) collected?.register(response, family, response);
}

function leave(family: BodyFamily): void {
  if (--family.open === 0) family.options.onDone?.();
}

/**
 * Makes the heir of a prototype that reads through the guard. Swapping the prototype keeps the object's native slots, so it may
 * go wherever a `Response` may (`caches.put`, `respondWith`), and costs a third of overriding each method on each response.
 */
function adopterOf(native: Response): Adopt {
  // Its own key for each heir: a response that another failover's fetch has guarded can be guarded once more.
  const key = Symbol('switchover.body');
  type Guarded = Response & { [key]: BodyFamily | GuardedBody };
  const heir = Object.create(native);

  const adopt: Adopt = (response, family) => {
    (response as Guarded)[key] = family;
    Object.setPrototypeOf(response, heir);
    join(response, family);
  };
  const bodyOf = (read: Response): GuardedBody => {
    const response = read as Guarded;
    const held = response[key];
    if (held instanceof GuardedBody) return held;
    const body = new GuardedBody(response, native, held, () => {
      collected?.unregister(response);
      leave(held);
    });
    response[key] = body;
    return body;
  };
  readThrough(heir, bodyOf, adopt);
  return adopt;
}

/** Overrides, on the heir of a prototype, whatever reads a body. */
function readThrough(heir: object, bodyOf: (response: Response) => GuardedBody, adopt: Adopt): void {
  const methods: Record<string, (this: Response) => unknown> = {
    clone() {
      const body = bodyOf(this);
      const copy = body.clone();
      adopt(copy, body.family);
      return copy;
    },
  };
  for (const how of WHOLE_READS) {
    if (how in heir) {
      methods[how] = function () {
        return bodyOf(this).read(how);
      };
    }
  }
  Object.assign(heir, methods);
  Object.defineProperty(heir, 'body', {
    get(this: Response) {
      return bodyOf(this).stream();
    },
    enumerable: true,
    configurable: true,
  });
}
