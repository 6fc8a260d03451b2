import ky, { isForceRetryError, isHTTPError, type KyInstance } from 'ky';
import { attempt, type Echo, type KyCase, told } from './kyCase.ts';

/** How long nothing that is waited for may take, and how long what is not waited for takes. */
const SHORT_MS = 150;
const SLOW = `slow?ms=${SHORT_MS * 40}`;

const TIMED_OUT = { name: 'TimeoutError', isKys: true };

/** What ky does in the course of a request: hooks, retries of its own, time-outs, aborts. */
export const COURSE: readonly KyCase[] = [
  {
    name: 'hooks, in their order',
    run: async (http) => {
      const order: string[] = [];
      const note = (name: string) => void order.push(name);
      const error = await attempt(() =>
        http
          .get('no/such', {
            hooks: {
              init: [() => note('init')],
              beforeRequest: [() => note('beforeRequest 1'), () => note('beforeRequest 2')],
              afterResponse: [({ response }) => note(`afterResponse ${response.status}`)],
              beforeRetry: [() => note('beforeRetry')],
              beforeError: [
                ({ error }) => {
                  note(`beforeError ${error.name}`);
                  return Object.assign(error, { data: 'own' });
                },
              ],
            },
          })
          .json(),
      );
      return { order, error };
    },
    gives: {
      order: ['init', 'beforeRequest 1', 'beforeRequest 2', 'afterResponse 404', 'beforeError HTTPError'],
      error: { name: 'HTTPError', status: 404, method: 'GET', path: '/no/such', data: 'own' },
    },
  },
  {
    name: 'a beforeRequest hook that adds a header',
    run: async (http) => {
      const own = http.extend({ hooks: { beforeRequest: [({ request }) => request.headers.set('x-own', 'yes')] } });
      return (await own.post('echo', { json: {} }).json<Echo>()).headers['x-own'];
    },
    gives: 'yes',
  },
  {
    name: 'a beforeRequest hook that sends another request',
    run: async (http) => {
      const hook = ({ request }: { request: Request }) => new Request(new URL('/echo?other', request.url), request);
      const { path, headers } = await http
        .get('item/1', { headers: { 'x-kept': 'yes' }, hooks: { beforeRequest: [hook] } })
        .json<Echo>();
      return [path, headers['x-kept']];
    },
    gives: ['/echo?other', 'yes'],
  },
  {
    name: 'a beforeRequest hook that answers',
    run: (http) => http.get('no/such', { hooks: { beforeRequest: [() => Response.json('from the hook')] } }).json(),
    gives: 'from the hook',
  },
  {
    name: 'an afterResponse hook that reads the answer, which can still be read',
    run: async (http) => {
      const seen: unknown[] = [];
      const read = async ({ response }: { response: Response }) => void seen.push(await response.json());
      return [await http.get('item/1', { hooks: { afterResponse: [read] } }).text(), seen];
    },
    gives: ['{"id":"1","server":"a","text":"item 1"}\n', [{ id: '1', server: 'a', text: 'item 1' }]],
  },
  {
    name: 'an afterResponse hook that gives another answer',
    run: (http) => http.get('no/such', { hooks: { afterResponse: [() => Response.json({ own: true })] } }).json(),
    gives: { own: true },
  },
  {
    name: 'an afterResponse hook that asks once more',
    run: async (http) => {
      let answers = 0;
      const again = () => (++answers === 1 ? ky.retry({ code: 'AGAIN', delay: 1 }) : undefined);
      const causes: unknown[] = [];
      const own = http.extend({
        retry: 1,
        hooks: {
          afterResponse: [again],
          beforeRetry: [({ error }) => void causes.push(isForceRetryError(error) && error.code)],
        },
      });
      return [await own.get('item/1').json(), answers, causes];
    },
    gives: [{ id: '1', server: 'a', text: 'item 1' }, 2, ['AGAIN']],
  },
  {
    name: "a user's own retry",
    mode: { kind: 'status', status: 408, times: 1 },
    run: async (http) => {
      const errors: unknown[] = [];
      const answer = await http
        .get('item/1', {
          retry: { limit: 2, delay: () => 1 },
          hooks: { beforeRetry: [({ error, retryCount }) => void errors.push([retryCount, statusOf(error)])] },
        })
        .json();
      return [answer, errors];
    },
    gives: [{ id: '1', server: 'a', text: 'item 1' }, [[1, 408]]],
  },
  {
    name: "a user's own retry that a hook stops",
    mode: { kind: 'status', status: 408 },
    run: (http) =>
      attempt(() =>
        http.get('item/1', { retry: { limit: 2, delay: () => 1 }, hooks: { beforeRetry: [() => ky.stop] } }),
      ),
    gives: undefined,
  },
  { name: 'no retry that nobody asked for', mode: { kind: 'status', status: 408 }, run: countAnswers, gives: 1 },
  {
    name: 'timeout',
    run: (http) => timed(() => http.get(SLOW, { timeout: SHORT_MS }).json()),
    gives: { inTime: true, error: TIMED_OUT },
  },
  {
    name: 'totalTimeout',
    run: (http) => timed(() => http.get(SLOW, { totalTimeout: SHORT_MS }).json()),
    gives: { inTime: true, error: TIMED_OUT },
  },
  {
    name: 'timeout while a body is read',
    run: (http) => timed(() => http.get(`stream?chunks=9&everyMs=${SHORT_MS * 10}`, { timeout: SHORT_MS }).text()),
    gives: { inTime: true, error: TIMED_OUT },
  },
  {
    name: 'an abort before it began',
    run: (http) => attempt(() => http.get('item/1', { signal: AbortSignal.abort() }).json()),
    gives: { name: 'AbortError', isKys: false },
  },
  {
    name: 'an abort while it waits for its answer',
    run: (http) => timed(() => http.get(SLOW, { signal: soon() }).json()),
    gives: { inTime: true, error: { name: 'AbortError', isKys: false } },
  },
];

/** Aborted when a request is well under way. */
function soon(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), SHORT_MS);
  return controller.signal;
}

async function timed(work: () => Promise<unknown>): Promise<unknown> {
  const startedMs = performance.now();
  const error = await attempt(work);
  return { inTime: performance.now() - startedMs < SHORT_MS * 30, error };
}

async function countAnswers(http: KyInstance): Promise<number> {
  let answers = 0;
  const count = () => void answers++;
  await attempt(() => http.get('item/1', { hooks: { afterResponse: [count] } }));
  return answers;
}

function statusOf(error: Error): unknown {
  return isHTTPError(error) ? error.response.status : told(error);
}
