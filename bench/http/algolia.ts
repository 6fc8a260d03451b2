import {
  createAlgoliaAgent,
  createMemoryCache,
  createNullCache,
  createNullLogger,
  createTransporter,
  type Transporter,
} from '@algolia/client-common';
import { createFetchRequester } from '@algolia/requester-fetch';

/** algoliasearch's transporter over two hosts of one's own, made as its clients make it. Its requester uses the global `fetch`. */
export function algoliaTransporter(origins: readonly string[], timeoutMs: number): Transporter {
  return createTransporter({
    hosts: origins.map((origin) => {
      const { host, protocol } = new URL(origin);
      return { url: host, accept: 'readWrite' as const, protocol: protocol === 'https:' ? 'https' : 'http' };
    }),
    hostsCache: createMemoryCache(),
    requestsCache: createNullCache(),
    responsesCache: createNullCache(),
    baseHeaders: {},
    baseQueryParameters: {},
    algoliaAgent: createAlgoliaAgent('5.64.0'),
    logger: createNullLogger(),
    timeouts: { connect: timeoutMs, read: timeoutMs, write: timeoutMs },
    requester: createFetchRequester(),
  });
}

/** A GET, as its generated methods describe one. */
export function algoliaGet(pathAndQuery: string) {
  const [path = '', query] = pathAndQuery.split('?');
  return { method: 'GET', path, queryParameters: Object.fromEntries(new URLSearchParams(query)), headers: {} } as const;
}
