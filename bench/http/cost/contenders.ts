import axios from 'axios';
import axiosRetry from 'axios-retry';
import {
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry as retryPolicy,
  wrap,
} from 'cockatiel';
import ky from 'ky';
import { createFetch as createOfetch } from 'ofetch';
import pRetry from 'p-retry';
import wretch from 'wretch';
import { retry as wretchRetry } from 'wretch/middlewares/retry';
import { createFetch, createPool } from '../../../src/index.fetch.ts';
import { createFailover } from '../../../src/index.node.ts';
import type { Fetch } from '../../../src/runtime/ports.ts';
import { algoliaGet, algoliaTransporter } from '../algolia.ts';

/** One way to make the same request. */
export interface Contender {
  readonly name: string;
  /** Until there is an answer whose status is known. Missing where a library reads the body in any case. */
  readonly answer?: () => Promise<unknown>;
  /** The same, and its body read and parsed. */
  readonly json: () => Promise<unknown>;
}

const A = 'https://a.example.com';
const HOSTS = [A, 'https://b.example.com'];
const PATH = '/items/7';
const URL_A = `${A}${PATH}`;

const readJson = async (answer: Promise<Response>): Promise<unknown> => (await answer).json();

const overFetch = (name: string, answer: () => Promise<Response>): Contender => ({
  name,
  answer,
  json: () => readJson(answer()),
});

/** Each with what it has for retries switched on, as a user has it who wants to outlive a server. The first is the measure. */
export function contenders(fetch: Fetch): readonly Contender[] {
  return [overFetch('bare fetch', () => fetch(URL_A)), ...ours(fetch), ...kys(fetch), ...peers(fetch)];
}

function ours(fetch: Fetch): Contender[] {
  const failover = createFailover({ hosts: HOSTS, fetch });
  const small = createFetch(createPool(HOSTS, { fetch }));
  return [
    overFetch('failover.fetch', () => failover.fetch(PATH)),
    overFetch('switchover/fetch', () => small(PATH)),
    {
      name: 'failover.http',
      answer: () => failover.http.get('items/7'),
      json: () => failover.http.get('items/7').json(),
    },
  ];
}

function kys(fetch: Fetch): Contender[] {
  const own = ky.create({ fetch, baseUrl: A });
  const bare = own.extend({ retry: 0, timeout: false });
  return [
    { name: 'ky', answer: () => own.get('items/7'), json: () => own.get('items/7').json() },
    { name: 'ky, retry: 0, timeout: false', answer: () => bare.get('items/7'), json: () => bare.get('items/7').json() },
  ];
}

function peers(fetch: Fetch): Contender[] {
  const ofetch = createOfetch({ fetch });
  const wretched = wretch(URL_A)
    .fetchPolyfill(fetch)
    .middlewares([wretchRetry({ retryOnNetworkError: true })]);
  const client = axios.create({ adapter: 'fetch', env: { fetch } });
  axiosRetry(client, { retries: 3 });
  const policy = wrap(
    retryPolicy(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
    circuitBreaker(handleAll, { halfOpenAfter: 5_000, breaker: new ConsecutiveBreaker(5) }),
  );
  return [
    {
      name: 'ofetch',
      answer: () => ofetch.raw(URL_A, { responseType: 'stream' }),
      json: () => ofetch(URL_A),
    },
    { name: 'wretch + retry', answer: () => wretched.get().res(), json: () => wretched.get().json() },
    {
      name: 'axios (fetch) + axios-retry',
      answer: () => client.get(URL_A, { responseType: 'stream' }),
      json: () => client.get(URL_A),
    },
    overFetch('cockatiel retry + breaker', () => policy.execute(({ signal }) => fetch(URL_A, { signal }))),
    overFetch('p-retry', () => pRetry(() => fetch(URL_A))),
    algolia(),
  ];
}

/** It always reads the body. */
function algolia(): Contender {
  const transporter = algoliaTransporter(HOSTS, 5_000);
  const request = algoliaGet(PATH);
  return { name: 'algolia transporter', json: () => transporter.request(request) };
}
