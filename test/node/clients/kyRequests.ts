import type { KyInstance, Options } from 'ky';
import { attempt, type Echo, type KyCase } from './kyCase.ts';

/** What ky sends. */
export const REQUESTS: readonly KyCase[] = [
  {
    name: 'JSON with its type and its length',
    run: (http) => sent(http, { method: 'post', json: { name: 'Ä' } }),
    gives: { method: 'POST', type: 'application/json', bytes: 13, framing: 'content-length', contentLength: 13 },
  },
  {
    name: 'forms, texts and buffers with their length',
    run: async (http) => [
      await sent(http, { method: 'put', body: new URLSearchParams({ a: '1' }) }),
      await sent(http, { method: 'patch', body: 'text' }),
      await sent(http, { method: 'delete', body: new Uint8Array(70_000) }),
    ],
    gives: [
      {
        method: 'PUT',
        type: 'application/x-www-form-urlencoded;charset=UTF-8',
        bytes: 3,
        framing: 'content-length',
        contentLength: 3,
      },
      { method: 'PATCH', type: 'text/plain;charset=UTF-8', bytes: 4, framing: 'content-length', contentLength: 4 },
      { method: 'DELETE', type: undefined, bytes: 70_000, framing: 'content-length', contentLength: 70_000 },
    ],
  },
  {
    name: 'a form with a file, whose boundary fits its type',
    run: async (http) => {
      const form = new FormData();
      form.set('file', new Blob(['12345']), 'a.txt');
      const { headers, body } = await http.post('echo', { body: form }).json<Echo>();
      const boundary = /boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1] ?? '';
      return { hasBoundary: boundary.length > 10, framing: body.framing };
    },
    gives: { hasBoundary: true, framing: 'content-length' },
  },
  {
    name: 'searchParams, added to those in the address',
    run: async (http) => [
      (await http.get('echo?a=1', { searchParams: { b: 'ä & ö', c: undefined, d: 2 } }).json<Echo>()).path,
      (await http.get('echo', { searchParams: 'a=1&a=2' }).json<Echo>()).path,
      (
        await http
          .extend({ searchParams: { a: 1 } })
          .get('echo', { searchParams: [['b', 2]] })
          .json<Echo>()
      ).path,
    ],
    gives: ['/echo?a=1&b=%C3%A4+%26+%C3%B6&d=2', '/echo?a=1&a=2', '/echo?a=1&b=2'],
  },
  {
    name: 'addresses: relative, with a slash, absolute, a URL, a Request',
    run: async (http, url) => [
      (await http.get('echo').json<Echo>()).path,
      (await http.get('/echo').json<Echo>()).path,
      (await http.get(`${url}/echo?x#y`).json<Echo>()).path,
      (await http.get(new URL('/echo', url)).json<Echo>()).path,
      (await http(new Request(`${url}/echo`, { method: 'PUT', body: 'text' })).json<Echo>()).method,
    ],
    gives: ['/echo', '/echo', '/echo?x', '/echo', 'PUT'],
  },
  {
    name: 'a Request with a body',
    run: async (http, url) =>
      sizeOf(await http(new Request(`${url}/echo`, { method: 'POST', body: 'text' })).json<Echo>()),
    gives: 4,
  },
  {
    name: 'what extend() adds, and takes away again',
    run: async (http) => {
      const parent = http.extend({ headers: { 'x-one': '1', 'x-two': '2' }, prefix: 'item' });
      const child = parent.extend({ headers: { 'x-two': undefined, 'x-three': '3' }, prefix: '' });
      const { headers } = await child.get('echo').json<Echo>();
      return [await parent.get('/7').json<{ id: string }>(), headers['x-one'], headers['x-two'], headers['x-three']];
    },
    gives: [{ id: '7', server: 'a', text: 'item 7' }, '1', undefined, '3'],
  },
  {
    name: 'what a function given to extend() makes of its parent',
    run: (http) =>
      http
        .extend((options) => ({ baseUrl: `${options.baseUrl}item/` }))
        .get('8')
        .json(),
    gives: { id: '8', server: 'a', text: 'item 8' },
  },
  {
    name: 'stringifyJson',
    run: (http) => sent(http, { method: 'post', json: {}, stringifyJson: () => 'own' }),
    gives: { method: 'POST', type: 'application/json', bytes: 3, framing: 'content-length', contentLength: 3 },
  },
  {
    name: 'onUploadProgress',
    run: async (http) => {
      const seen: number[] = [];
      const body = new Uint8Array(30_000);
      const answer = await http
        .post('echo', { body, onUploadProgress: ({ percent }) => seen.push(percent) })
        .json<Echo>();
      return [sizeOf(answer), seen.at(-1)];
    },
    gives: [30_000, 1],
  },
  {
    name: 'what it accepts, as each way of reading has it',
    run: async (http) => [
      (await http.get('echo').json<Echo>()).headers['accept'],
      (JSON.parse(await http.get('echo').text()) as Echo).headers['accept'],
      (await http.get('echo', { headers: { accept: 'own' } }).json<Echo>()).headers['accept'],
    ],
    gives: ['application/json', 'text/*', 'own'],
  },
  {
    name: 'nothing, where its options make no sense',
    run: async (http) => [
      await attempt(() => http.get('echo', { timeout: 2 ** 31 }).json()),
      await attempt(() => http.get('echo', { body: 'text' }).json()),
    ],
    gives: [
      { name: 'RangeError', isKys: false },
      { name: 'TypeError', isKys: false },
    ],
  },
];

const sizeOf = (echo: Echo): number => echo.body.bytes;

/** What arrived of it. */
async function sent(http: KyInstance, options: Options): Promise<unknown> {
  const { method, headers, body } = await http('echo', options).json<Echo>();
  const { bytes, framing, contentLength } = body;
  return { method, type: headers['content-type'], bytes, framing, contentLength };
}
