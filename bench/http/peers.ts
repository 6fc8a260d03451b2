import axios from 'axios';
import axiosRetry from 'axios-retry';
import {
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker,
  handleAll,
  retry as retryPolicy,
  TimeoutStrategy,
  timeout as timeoutPolicy,
  wrap,
} from 'cockatiel';
import ky from 'ky';
import { createFetch as createOfetch } from 'ofetch';
import pRetry from 'p-retry';
import wretch from 'wretch';
import { retry as wretchRetry } from 'wretch/middlewares/retry';
import { createFetch, createPool } from '../../src/index.fetch.ts';
import { createFailover } from '../../src/index.node.ts';
import { algoliaGet, algoliaTransporter } from './algolia.ts';

/** A client of two hosts: reads JSON, and rejects where it gave up. */
export interface TwoHostClient {
  get(path: string): Promise<unknown>;
  close?(): void;
}

export interface TwoHostSettings {
  /** The first is wanted. */
  readonly hosts: readonly [string, string];
  /** How long one attempt may take to bring an answer: the same for all. */
  readonly attemptMs: number;
}

/** A library, and what its users write so that it has a second host. */
export interface Peer {
  readonly name: string;
  /** How it comes to the second host, and what it has of a memory. */
  readonly how: string;
  over(settings: TwoHostSettings): TwoHostClient;
}

/** All retry once, at once: what a user chooses who has a second host. */
const RETRIES = 1;

const failoverPeer: Peer = {
  name: 'createFailover',
  how: '`createFailover({ hosts })`: over connections of its own, with probes.',
  over: (settings) => {
    const failover = createFailover(ourOptions(settings));
    return { get: async (path) => (await failover.fetch(path)).json(), close: () => failover.close() };
  },
};

const failoverHttp: Peer = {
  name: 'failover.http',
  how: 'The same through ky: `createFailover({ hosts }).http`.',
  over: (settings) => {
    const failover = createFailover(ourOptions(settings));
    return { get: (path) => failover.http.get(path).json(), close: () => failover.close() };
  },
};

const smallFetch: Peer = {
  name: 'switchover/fetch',
  how: '`createFetch(createPool(hosts))`: over the global `fetch`, with probes.',
  over: (settings) => {
    const { hosts, ...options } = ourOptions(settings);
    const pool = createPool(hosts, options);
    const fetch = createFetch(pool);
    return { get: async (path) => (await fetch(path)).json(), close: () => pool.close() };
  },
};

const algolia: Peer = {
  name: 'algolia transporter',
  how: 'Knows two hosts by itself; its hosts cache in memory is to remember failures for 2 minutes.',
  over: ({ hosts, attemptMs }) => {
    const transporter = algoliaTransporter(hosts, attemptMs);
    return { get: (path) => transporter.request(algoliaGet(path)) };
  },
};

const kyPeer: Peer = {
  name: 'ky',
  how: 'A `beforeRetry` hook returns `new Request(request.url.replace(a, b), request)`; `retry: { limit: 1, delay: () => 0, retryOnTimeout: true }`, `timeout`.',
  over: ({ hosts: [a, b], attemptMs }) => {
    const client = ky.create({
      baseUrl: a,
      timeout: attemptMs,
      retry: { limit: RETRIES, delay: () => 0, retryOnTimeout: true },
      hooks: { beforeRetry: [({ request }) => new Request(request.url.replace(a, b), request)] },
    });
    return { get: (path) => client.get(path).json() };
  },
};

const ofetchPeer: Peer = {
  name: 'ofetch',
  how: 'An `onRequest` hook puts the second host into `context.request` once `options.retry` has gone down; `retry: 1`, `timeout`. After a time-out its retry begins with the spent signal of the first attempt.',
  over: ({ hosts: [a, b], attemptMs }) => {
    const client = createOfetch({
      defaults: {
        baseURL: a,
        retry: RETRIES,
        timeout: attemptMs,
        onRequest: (context) => {
          if (context.options.retry !== RETRIES) context.request = String(context.request).replace(a, b);
        },
      },
    });
    return { get: (path) => client(path) };
  },
};

const axiosPeer: Peer = {
  name: 'axios + axios-retry',
  how: 'Fetch adapter; `onRetry` sets `config.baseURL`; `retries: 1`, `shouldResetTimeout`, and a `retryCondition` that takes time-outs too.',
  over: ({ hosts: [a, b], attemptMs }) => {
    const client = axios.create({ adapter: 'fetch', baseURL: a, timeout: attemptMs });
    axiosRetry(client, {
      retries: RETRIES,
      shouldResetTimeout: true,
      retryCondition: (error) =>
        axiosRetry.isNetworkOrIdempotentRequestError(error) ||
        error.code === 'ECONNABORTED' ||
        error.code === 'ETIMEDOUT',
      onRetry: (_count, _error, config) => {
        config.baseURL = b;
      },
    });
    return { get: async (path) => (await client.get(path)).data };
  },
};

const wretchPeer: Peer = {
  name: 'wretch + retry',
  how: "The retry middleware's `onRetry` returns `{ url: url.replace(a, b) }`; a second middleware adds `AbortSignal.timeout` to each attempt.",
  over: ({ hosts: [a, b], attemptMs }) => {
    const client = wretch(a).middlewares([
      wretchRetry({
        maxAttempts: RETRIES,
        delayTimer: 0,
        retryOnNetworkError: true,
        onRetry: ({ url }) => ({ url: url.replace(a, b) }),
      }),
      (next) => (url, options) => next(url, { ...options, signal: AbortSignal.timeout(attemptMs) }),
    ]);
    return { get: (path) => client.get(path).json() };
  },
};

const pRetryPeer: Peer = {
  name: 'p-retry',
  how: '`pRetry((attempt) => fetch(hosts[attempt - 1] + path, { signal: AbortSignal.timeout(…) }), { retries: 1, minTimeout: 0 })`; a 5xx is thrown.',
  over: ({ hosts, attemptMs }) => ({
    get: (path) =>
      pRetry(
        async (attempt) => checked(await fetch(hosts[attempt - 1] + path, { signal: AbortSignal.timeout(attemptMs) })),
        {
          retries: RETRIES,
          minTimeout: 0,
        },
      ),
  }),
};

const cockatielPeer: Peer = {
  name: 'cockatiel',
  how: '`retry` picks `hosts[attempt]`; around each host a `timeout` in a `circuitBreaker` of its own, which opens after 2 failures in a row for 5 s. That is its memory.',
  over: ({ hosts, attemptMs }) => {
    const retries = retryPolicy(handleAll, { maxAttempts: RETRIES, backoff: new ConstantBackoff(0) });
    const guards = hosts.map(() =>
      wrap(
        circuitBreaker(handleAll, { halfOpenAfter: 5_000, breaker: new ConsecutiveBreaker(2) }),
        timeoutPolicy(attemptMs, TimeoutStrategy.Aggressive),
      ),
    );
    return {
      get: (path) =>
        retries.execute(({ attempt }) =>
          guards[attempt]?.execute(async ({ signal }) => checked(await fetch(hosts[attempt] + path, { signal }))),
        ),
    };
  },
};

/** Ours first. */
export const PEERS: readonly Peer[] = [
  failoverPeer,
  failoverHttp,
  smallFetch,
  algolia,
  kyPeer,
  ofetchPeer,
  axiosPeer,
  wretchPeer,
  pRetryPeer,
  cockatielPeer,
];

export const OURS = PEERS.slice(0, 3).map(({ name }) => name);

function ourOptions({ hosts, attemptMs }: TwoHostSettings) {
  const timeout = { attemptMs, waryAttemptMs: attemptMs };
  // The addresses of network namespaces are not local.
  return { hosts, timeout, allowInsecure: true };
}

/** What users of bare `fetch` write. */
async function checked(response: Response): Promise<unknown> {
  if (response.status >= 500) throw new Error(`status ${response.status}`);
  return response.json();
}
