import ky from 'ky';
import { beforeAll, describe, expect, test } from 'vitest';
import { createFailover, type Failover } from '../../../src/index.node.ts';
import type { Server } from '../../rig/cluster.ts';
import { useRig } from '../../rig/vitest.ts';
import { ANSWERS } from './kyAnswers.ts';
import type { Echo, KyCase } from './kyCase.ts';
import { COURSE } from './kyCourse.ts';
import { REQUESTS } from './kyRequests.ts';

/** Every case runs with ky alone, too: what is expected is what ky does, not what we think that it does. */
const rig = useRig({ for: 'all' });
let server: Server;
let failover: Failover;

/** ky without the two things that the pool does in its place. */
const plainKy = () => ky.create({ baseUrl: `${server.url}/`, retry: 0, timeout: false });

beforeAll(async () => {
  server = await rig.server({ name: 'a' });
  failover = createFailover({ hosts: [server.url] });
  rig.owns({ [Symbol.asyncDispose]: async () => failover.close() });
});

const SETS: readonly [string, readonly KyCase[]][] = [
  ['an answer', ANSWERS],
  ['a request', REQUESTS],
  ['the course of a request', COURSE],
];

describe.each(SETS)('failover.http does with %s what ky does', (_what, cases) => {
  test.each(cases)('$name', async ({ mode, run, gives }) => {
    const outcomes: unknown[] = [];
    for (const http of [plainKy(), failover.http]) {
      await server.mode(mode ?? { kind: 'ok' });
      outcomes.push(await run(http, server.url));
    }
    expect(outcomes).toEqual([gives, gives]);
  });
});

describe('failover.http', () => {
  test('sends the same bytes as ky: no header more, none less', async () => {
    await server.mode({ kind: 'ok' });
    const echoOf = async (http: typeof ky): Promise<Echo> =>
      http.post('echo?a=1', { json: { a: 1 }, headers: { authorization: 'Bearer x' } }).json<Echo>();
    const [plain, ours] = [await echoOf(plainKy()), await echoOf(failover.http)];
    expect(ours).toEqual(plain);
    expect(ours.headers['authorization']).toBe('Bearer x');
  });

  test('is called as ky is: http(…), http.get(…), http.create(…), http.extend(…), http.stop, http.retry', () => {
    expect(Object.keys(failover.http).sort()).toEqual(Object.keys(plainKy()).sort());
  });
});
