/** A request's arguments, taken apart so that they can be sent to any host. */
export interface RequestParts {
  /** As it was given: it may be relative. */
  readonly url: string;
  /** In upper case, to decide by. What is sent is `init.method`, as the caller wrote it. */
  readonly method: string;
  /** As they were given, or those of the `Request`. */
  readonly headers: HeadersInit | undefined;
  /** The caller's signal: `init.signal` where it is present (null means none), else the `Request`'s. */
  readonly signal: AbortSignal | undefined;
  /** The input, where it was a `Request`: it may hold the body. */
  readonly request: Request | null;
  /**
   * A fresh object with every field that the caller gave, also those that the standard does not know (`dispatcher`, `next`,
   * `cf`), except `failover`, `signal` and `body`. Whoever asked for the parts may write to it.
   */
  readonly init: RequestInit;
}

/**
 * The fields of a `Request` that `fetch(url, init)` takes, with their defaults. A default is left out: platforms that lack a
 * field (Workers, React Native) throw on it or give null.
 */
const REQUEST_FIELDS = {
  mode: 'cors',
  credentials: 'same-origin',
  cache: 'default',
  redirect: 'follow',
  referrer: 'about:client',
  referrerPolicy: '',
  integrity: '',
  keepalive: false,
} as const;

/** Takes the arguments of a `fetch` apart, as the Fetch standard reads them: what `init` says wins over the `Request`. */
export function readInit(input: string | URL | Request, init: RequestInit | undefined): RequestParts {
  const request = isRequest(input) ? input : null;
  const sent: RequestInit = request ? requestFields(request) : {};
  if (init) copyFields(sent, init);
  const { method = 'GET', headers } = sent;
  return {
    url: typeof input === 'string' ? input : request ? request.url : String(input),
    method: method.toUpperCase(),
    headers,
    signal: (init?.signal === undefined ? request?.signal : init.signal) ?? undefined,
    request,
    init: sent,
  };
}

/** By what it has, not by its class: a `Request` may come from a polyfill or another realm. */
function isRequest(input: string | URL | Request): input is Request {
  return typeof input === 'object' && 'url' in input;
}

/**
 * `new Request(url, request)` would do this at once, but turns the body chunked on Node, drops it on React Native,
 * and refuses what a navigation has.
 */
function requestFields(request: Request): RequestInit {
  const fields: Record<string, unknown> = { method: request.method, headers: request.headers };
  let name: keyof typeof REQUEST_FIELDS;
  for (name in REQUEST_FIELDS) {
    const value = request[name];
    // Only the browser itself may ask for the mode of a navigation.
    if (value != null && value !== REQUEST_FIELDS[name] && value !== 'navigate') fields[name] = value;
  }
  return fields;
}

/** Inherited fields count too, as they do for `fetch`: an init may be a `Request`, or an object made from defaults. */
function copyFields(target: RequestInit, init: RequestInit): void {
  const from = init as Record<string, unknown>;
  const to = target as Record<string, unknown>;
  for (const name in from) {
    if (name !== 'failover' && name !== 'signal' && name !== 'body' && from[name] !== undefined) to[name] = from[name];
  }
}

/** By this header a server knows a repetition (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY = 'idempotency-key';
