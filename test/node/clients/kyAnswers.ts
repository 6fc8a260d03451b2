import type { KyInstance } from 'ky';
import { attempt, type KyCase } from './kyCase.ts';

const NO_JSON = { name: 'SyntaxError', isKys: false };
const NOT_FOUND = { name: 'HTTPError', status: 404, method: 'GET', path: '/no/such', data: 'no such path\n' };

/** What ky makes of answers. */
export const ANSWERS: readonly KyCase[] = [
  {
    name: 'json()',
    run: (http) => http.get('item/1').json(),
    gives: { id: '1', server: 'a', text: 'item 1' },
  },
  {
    name: 'text()',
    run: (http) => http.get('item/1').text(),
    gives: '{"id":"1","server":"a","text":"item 1"}\n',
  },
  {
    name: 'arrayBuffer(), blob() and bytes()',
    run: async (http) => [
      (await http.get('file?size=1000&seed=x').arrayBuffer()).byteLength,
      (await http.get('item/1').blob()).type,
      (await http.get('file?size=1000&seed=x').bytes()).length,
    ],
    gives: [1000, 'application/json', 1000],
  },
  {
    name: 'the response itself, and a clone of it',
    run: async (http) => {
      const response = await http('item/2');
      const clone = response.clone();
      return [response.ok, response.headers.get('content-type'), await response.json(), (await clone.text()).length];
    },
    gives: [true, 'application/json', { id: '2', server: 'a', text: 'item 2' }, 40],
  },
  {
    name: 'json() of an empty answer',
    run: (http) => attempt(() => http.get('file?size=0&seed=x').json()),
    gives: NO_JSON,
  },
  {
    name: 'json() and text() of a 204',
    mode: { kind: 'status', status: 204 },
    run: async (http) => [await attempt(() => http.get('item/1').json()), await http.get('item/1').text()],
    gives: [NO_JSON, ''],
  },
  { name: 'json() of what is no JSON', run: (http) => attempt(() => http.get('stream').json()), gives: NO_JSON },
  {
    name: 'an answer without a body',
    run: async (http) => {
      const { status, body } = await http.head('item/1');
      return [status, body];
    },
    gives: [200, null],
  },
  {
    name: 'a schema that holds, and one that does not',
    run: async (http) => [
      await http.get('item/1').json(schema(true)),
      await attempt(() => http.get('item/1').json(schema(false))),
    ],
    gives: ['validated', { name: 'SchemaValidationError', isKys: false }],
  },
  {
    name: 'parseJson',
    run: (http) => http.get('item/1', { parseJson: (text) => text.length }).json(),
    gives: 40,
  },
  {
    name: 'onDownloadProgress',
    run: downloadWithProgress,
    gives: { bytes: 50_000, grows: true, last: { percent: 1, transferredBytes: 50_000, totalBytes: 50_000 } },
  },
  {
    name: 'an HTTPError with the response, the request and the text of the answer',
    run: (http) => attempt(() => http.get('no/such').json()),
    gives: NOT_FOUND,
  },
  {
    name: 'an error page with status 500',
    mode: { kind: 'errorPage' },
    run: async (http) => {
      const error = (await attempt(() => http.post('work').json())) as { data: string };
      return { ...error, data: /^<!doctype html>/i.test(error.data) };
    },
    gives: { name: 'HTTPError', status: 500, method: 'POST', path: '/work', data: true },
  },
  {
    name: 'throwHttpErrors: false, and a function of the status',
    run: async (http) => [
      (await http.get('no/such', { throwHttpErrors: false })).status,
      (await http.get('no/such', { throwHttpErrors: (status) => status !== 404 })).status,
      await attempt(() => http.get('no/such', { throwHttpErrors: (status) => status === 404 })),
    ],
    gives: [404, 404, NOT_FOUND],
  },
];

async function downloadWithProgress(http: KyInstance): Promise<unknown> {
  const seen: { percent: number; transferredBytes: number; totalBytes: number }[] = [];
  const body = await http
    .get('file?size=50000&seed=x', { onDownloadProgress: (progress) => seen.push(progress) })
    .arrayBuffer();
  const grows = seen.every(({ percent }, index) => index === 0 || percent >= (seen[index - 1]?.percent ?? 2));
  return { bytes: body.byteLength, grows, last: seen.at(-1) };
}

function schema(holds: boolean) {
  const result = holds ? { value: 'validated' } : { issues: [{ message: 'never' }] };
  return { '~standard': { version: 1 as const, vendor: 'test', validate: () => result } };
}
