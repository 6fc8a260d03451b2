import axios, { isAxiosError } from 'axios';
import { createFetch as createOfetch, FetchError } from 'ofetch';
import createClient from 'openapi-fetch';
import wretch from 'wretch';
import abortAddon from 'wretch/addons/abort';
import type { RequestOptions } from '../../../src/index.node.ts';
import type { Fetch } from '../../../src/runtime/ports.ts';

/** One request, as all of these libraries can make it. */
export interface Call {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash. */
  readonly path: string;
  /** Sent as JSON. */
  readonly json?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Given the way the library has for it. */
  readonly timeoutMs?: number;
  readonly failover?: RequestOptions;
}

/** What a library threw, in plain data. */
export interface Told {
  readonly name: string;
  /** Of an answer with a bad status. */
  readonly status: number | undefined;
  readonly data: unknown;
  /** What `fetch` rejected with, where there was no answer. */
  readonly cause: unknown;
}

/** A library that takes a `fetch`. */
export interface Library {
  readonly name: string;
  /** A function that makes calls below a base URL, reads answers as JSON, and throws what the library throws. */
  over(fetch: Fetch, baseUrl: string): (call: Call) => Promise<unknown>;
  tell(error: unknown): Told;
  /** The name of its error for a request that was aborted. */
  readonly aborted: string;
  /** The same where the library's own time-out was over. */
  readonly timedOut: string;
}

/** ofetch would repeat a GET once by itself; the pool's own retries take the place of that. */
const ofetch: Library = {
  name: 'ofetch',
  over(fetch, baseURL) {
    const request = createOfetch({ fetch, defaults: { baseURL, retry: false } });
    return ({ path, json, timeoutMs: timeout, ...call }) =>
      request(path, { ...given({ timeout, body: json }), ...call });
  },
  tell: (error) => {
    if (!(error instanceof FetchError)) throw error;
    return { name: nameOf(error.cause ?? error), status: error.status, data: error.data, cause: error.cause };
  },
  aborted: 'AbortError',
  timedOut: 'TimeoutError',
};

const wretchLibrary: Library = {
  name: 'wretch',
  over: (fetch, baseUrl) => (call) => {
    const { path, json, timeoutMs, method, ...options } = call;
    const request = wretch(baseUrl + path, options)
      .addon(abortAddon())
      .fetchPolyfill(fetch);
    const chain = json === undefined ? request.fetch(method) : request.json(json).fetch(method);
    return (timeoutMs === undefined ? chain : chain.setTimeout(timeoutMs)).json();
  },
  tell: (error) => {
    const { status, response, message } = error as { status?: number; response?: Response; message: string };
    return { name: nameOf(error), status, data: response && parsed(message), cause: error };
  },
  aborted: 'AbortError',
  timedOut: 'AbortError',
};

const axiosLibrary: Library = {
  name: 'axios, fetch adapter',
  over(fetch, baseURL) {
    const client = axios.create({ adapter: 'fetch', env: { fetch }, baseURL });
    return async ({ path: url, json: data, timeoutMs: timeout, failover, ...call }) => {
      const answer = await client.request({ url, ...given({ data, timeout }), fetchOptions: { failover }, ...call });
      return answer.data;
    };
  },
  tell: (error) => {
    if (!axios.isCancel(error) && !isAxiosError(error)) throw error;
    const { code, response, cause } = error as {
      code?: string;
      response?: { status: number; data: unknown };
      cause?: unknown;
    };
    return { name: `${code}`, status: response?.status, data: response?.data, cause };
  },
  aborted: 'ERR_CANCELED',
  timedOut: 'ETIMEDOUT',
};

/** Does not throw for a bad status, so what it gives then is thrown here. Knows no time-out but a signal's. */
const openapiFetch: Library = {
  name: 'openapi-fetch',
  over(fetch, baseUrl) {
    const client = createClient<Record<string, Record<string, never>>>({ baseUrl, fetch });
    return async ({ method, path, json: body, timeoutMs, ...call }) => {
      const signal = timeoutMs === undefined ? call.signal : AbortSignal.timeout(timeoutMs);
      const init = { ...given({ body }), ...call, ...given({ signal }) };
      const { data, error, response } = await client.request(
        method.toLowerCase() as never,
        path as never,
        init as never,
      );
      if (!response.ok) throw { response, error };
      return data;
    };
  },
  tell: (error) => {
    const { response, error: data } = error as { response?: Response; error?: unknown };
    return { name: nameOf(error), status: response?.status, data, cause: error };
  },
  aborted: 'AbortError',
  timedOut: 'TimeoutError',
};

export const LIBRARIES: readonly Library[] = [ofetch, wretchLibrary, axiosLibrary, openapiFetch];

/** Without what is undefined: to some of them that is a value. */
function given<T extends object>(options: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'none';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
