import { scanHost } from '../policy/host.ts';
import { reasonOf } from '../runtime/abortReason.ts';
import { guardLate } from '../runtime/lateAnswer.ts';
import { type LateBody, withLateBody } from '../runtime/lateBody.ts';
import type { Fetch } from '../runtime/ports.ts';

/** What React Native's `Request` (whatwg-fetch) keeps of its init. */
interface GivenBody {
  readonly _bodyInit?: XMLHttpRequestBodyInit | null;
}

/**
 * A `fetch` over React Native's XMLHttpRequest, as its own is, but one that answers when the head of an answer has come instead of all
 * of it: so a slow download is no silent host, and one that stalls is found out. Bodies come in one piece.
 *
 * Of what React Native's own `fetch` drops, it heeds `cache` (as headers, never as `?_=…` in the URL) and `redirect`, as far as can be
 * known: the phone has followed already, so `error` and `manual` refuse what came from another origin, and nothing stops what the
 * request carried there. `integrity`, `keepalive`, `mode` and streams as bodies are not for it. An abort frees the connection at once.
 *
 * @throws TypeError (as a rejection) where the network fails; the signal's reason for an abort.
 */
export const reactNativeFetch: Fetch = (input, init) =>
  new Promise((resolve, reject) => {
    const { cache, ...rest } = init ?? {};
    const request = new Request(input, rest);
    new Exchange(request, init, resolve, reject).send(cache);
  });

/** One request and its answer. */
class Exchange {
  readonly #xhr = new XMLHttpRequest();
  readonly #request: Request & GivenBody;
  readonly #init: RequestInit | undefined;
  readonly #signal: AbortSignal | null | undefined;
  readonly #resolve: (head: Response) => void;
  readonly #reject: (error: unknown) => void;
  #answered = false;
  #over = false;
  #endWhole: { readonly resolve: (whole: Response) => void; readonly reject: (error: unknown) => void } | null = null;
  #onProgress: () => void = () => {};

  constructor(
    request: Request,
    init: RequestInit | undefined,
    resolve: (head: Response) => void,
    reject: (error: unknown) => void,
  ) {
    this.#request = request;
    this.#init = init;
    // Absent means that of a Request, null that there is none.
    this.#signal = init?.signal === undefined ? request.signal : init.signal;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  send(cache: RequestCache | undefined): void {
    const xhr = this.#xhr;
    if (this.#signal?.aborted) {
      this.#fail(reasonOf(this.#signal));
      return;
    }
    this.#signal?.addEventListener('abort', this.#abort);
    xhr.open(this.#request.method, this.#request.url, true);
    const { credentials } = this.#request;
    if (credentials === 'include' || credentials === 'omit') xhr.withCredentials = credentials === 'include';
    // What is neither is read as text: a phone without its Blob module.
    if (typeof Blob === 'function' && typeof FileReader === 'function') xhr.responseType = 'blob';
    this.#request.headers.forEach((value, name) => {
      xhr.setRequestHeader(name, value);
    });
    for (const [name, value] of cacheHeaders(cache, this.#request.headers)) xhr.setRequestHeader(name, value);
    this.#listen();
    xhr.send(bodyOf(this.#request, this.#init));
  }

  #listen(): void {
    const xhr = this.#xhr;
    xhr.onreadystatechange = () => {
      // React Native learns of the URL a moment after this.
      if (xhr.readyState === 2) void Promise.resolve().then(() => this.#answer());
    };
    xhr.onprogress = () => this.#onProgress();
    xhr.onload = () => {
      this.#answer();
      if (this.#end()) this.#endWhole?.resolve(this.#response(xhr.response));
    };
    xhr.onerror = () => this.#fail(new TypeError('Network request failed'));
    xhr.ontimeout = () => this.#fail(new TypeError('Network request timed out'));
    xhr.onabort = () => this.#fail(new TypeError('Network request was ended by the phone'));
  }

  /** The head is here. */
  #answer(): void {
    if (this.#answered || this.#over) return;
    this.#answered = true;
    const { status } = this.#xhr;
    const { redirect } = this.#init ?? {};
    if (status < 200 || status > 599) this.#cut(new TypeError(`Network answer of status ${status}`));
    else if ((redirect === 'error' || redirect === 'manual') && this.#hasMoved()) this.#redirected(redirect);
    else this.#begin();
  }

  #begin(): void {
    const whole = new Promise<Response>((resolve, reject) => {
      this.#endWhole = { resolve, reject };
    });
    const body: LateBody = {
      whole,
      onProgress: () => {},
      guard: (response, options) => guardLate(response, body, options),
      cancel: () => this.#cut(new TypeError('Network answer was left')),
    };
    this.#onProgress = () => body.onProgress();
    this.#resolve(withLateBody(this.#response(null), body));
  }

  /** The phone has followed a redirect to somewhere else. */
  #hasMoved(): boolean {
    const { responseURL } = this.#xhr;
    return Boolean(responseURL) && originOf(responseURL) !== originOf(this.#request.url);
  }

  #redirected(how: 'error' | 'manual'): void {
    if (how === 'manual') {
      const opaque = new Response(null, { status: 302 });
      Object.defineProperty(opaque, 'type', { value: 'opaqueredirect' });
      this.#resolve(opaque);
    }
    this.#cut(new TypeError('Network request was redirected to another origin'));
  }

  #response(body: XMLHttpRequestBodyInit | null): Response {
    const { status, statusText, responseURL } = this.#xhr;
    const headers = readHeaders(this.#xhr.getAllResponseHeaders());
    // React Native's takes the URL here; in others it is read-only.
    const init = { status, statusText: statusText ?? '', headers, url: responseURL ?? this.#request.url };
    return new Response(status === 204 || status === 205 || status === 304 ? null : body, init);
  }

  readonly #abort = (): void => this.#cut(reasonOf(this.#signal as AbortSignal));

  /** Ends it, and frees its connection. */
  #cut(error: unknown): void {
    this.#fail(error);
    this.#xhr.abort();
  }

  #fail(error: unknown): void {
    if (!this.#end()) return;
    this.#reject(error);
    this.#endWhole?.reject(error);
  }

  /** False where it was over already. */
  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#signal?.removeEventListener('abort', this.#abort);
    return true;
  }
}

function bodyOf(request: GivenBody, init: RequestInit | undefined): XMLHttpRequestBodyInit | null {
  const body = (init?.body ?? request._bodyInit ?? null) as XMLHttpRequestBodyInit | null;
  // The phone's own side knows no such thing.
  return typeof URLSearchParams === 'function' && body instanceof URLSearchParams ? String(body) : body;
}

/** What a browser sends for these (Fetch standard, section 4.6). */
function cacheHeaders(cache: RequestCache | undefined, headers: Headers): readonly [string, string][] {
  if (headers.has('cache-control')) return [];
  if (cache === 'no-cache') return [['cache-control', 'max-age=0']];
  return cache === 'no-store' || cache === 'reload'
    ? [
        ['cache-control', 'no-cache'],
        ['pragma', 'no-cache'],
      ]
    : [];
}

function readHeaders(text: string | null): Headers {
  const headers = new Headers();
  for (const line of (text ?? '').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim();
    if (colon < 1 || !/^[\w!#$%&'*+.^`|~-]+$/.test(name)) continue;
    headers.append(name, line.slice(colon + 1).trim());
  }
  return headers;
}

/** Null for what has none: two of these are never the same. */
const originOf = (url: string): string | undefined => scanHost(/^[^:]+:\/\/[^/?#]*/.exec(url)?.[0] ?? '')?.origin;
