import type { Fetch } from '../../../src/runtime/ports.ts';

const TEXT = JSON.stringify({ id: 7, name: 'Ada', tags: ['a', 'b', 'c'], active: true });

/** What a server of today sends along. */
const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'content-length': String(TEXT.length),
  'cache-control': 'no-store',
  date: 'Thu, 01 Jan 2026 00:00:00 GMT',
  etag: '"5f2b1c"',
};

/**
 * Does what every `fetch` must and nothing more: it heeds a signal that is aborted already, answers later, and makes a new
 * `Response` with a body and headers. So what a library adds stands out as much as it can.
 */
export const mockFetch: Fetch = async (_input, init) => {
  init?.signal?.throwIfAborted();
  await undefined;
  return new Response(TEXT, { status: 200, headers: HEADERS });
};
