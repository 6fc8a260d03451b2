import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Options } from 'ky';
import { describe, expect, test } from 'vitest';
import { SwitchoverError } from '../../../src/index.node.ts';
import type { Server } from '../../rig/cluster.ts';
import type { Mode } from '../../rig/protocol.ts';
import { useRig } from '../../rig/vitest.ts';
import { sleep } from '../../rig/wait.ts';
import { eventually, failureOf, stateOf, useClients } from '../matrix/clients.ts';
import { attempt, type Echo, told } from './kyCase.ts';

const rig = useRig();
const client = useClients();

const BUSY: Mode = { kind: 'status', status: 503 };

async function pair(): Promise<[Server, Server]> {
  return Promise.all([rig.server({ name: 'a' }), rig.server({ name: 'b' })]);
}

const over = (hosts: readonly Server[], ky?: Options) =>
  client({ hosts: hosts.map(({ url }) => url), ...(ky === undefined ? {} : { ky }) });

/** Has nothing left that is not held. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

const itemsAt = (server: Server): number => server.counts().work;

describe('failover.http on its way to another host', () => {
  test('sends the same JSON, with its length, and runs its hooks once', async () => {
    const [a, b] = await pair();
    await a.mode({ kind: 'refused' });
    const hooks: string[] = [];
    const answer = await over([a, b])
      .http.post('echo', {
        json: { name: 'Ä' },
        hooks: {
          beforeRequest: [({ request }) => request.headers.set('x-own', String(hooks.push('before')))],
          afterResponse: [({ response }) => void hooks.push(`after ${response.status}`)],
        },
      })
      .json<Echo & { server: string }>();
    expect(answer.server).toBe('b');
    expect(answer.body).toMatchObject({ bytes: 13, contentLength: 13, framing: 'content-length' });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-own': '1' });
    expect(hooks).toEqual(['before', 'after 200']);
  });

  test('gives the last answer to ky, where all are bad, which makes its HTTPError of it', async () => {
    const [a, b] = await pair();
    await Promise.all([a.mode(BUSY), b.mode(BUSY)]);
    const error = await attempt(() => over([a, b]).http.get('item/1').json());
    expect(error).toMatchObject({ name: 'HTTPError', status: 503, method: 'GET', path: '/item/1' });
    expect(itemsAt(a) + itemsAt(b)).toBeGreaterThan(1);
  });

  test('takes a bad answer for an answer where the caller asked for that', async () => {
    const [a, b] = await pair();
    await a.mode(BUSY);
    const response = await over([a, b]).http.get('item/1', { throwHttpErrors: false });
    expect([response.status, await response.json()]).toEqual([200, { id: '1', server: 'b', text: 'item 1' }]);
  });

  test('rejects with its own error, with the trace, where no host answered; beforeError hooks see it', async () => {
    const [a, b] = await pair();
    await Promise.all([a.mode({ kind: 'refused' }), b.mode({ kind: 'refused' })]);
    const seen: unknown[] = [];
    const beforeError = ({ error }: { error: Error }) => {
      seen.push(error);
      return error;
    };
    const failover = over([a, b], { hooks: { beforeError: [beforeError] } });
    const error = await failureOf(failover.http.get('item/1', { failover: { timeout: { totalMs: 500 } } }));
    expect(seen).toEqual([error]);
    expect(SwitchoverError.is(error) && error.code).toBe('TIMEOUT');
    const hosts = SwitchoverError.is(error) ? error.attempts.map(({ host, cause }) => [host, cause]) : [];
    expect(hosts.slice(0, 2)).toEqual([
      [a.url, 'refused'],
      [b.url, 'refused'],
    ]);
  });

  test("ends at ky's timeout, whatever its hosts do, and blames none of them", async () => {
    const [a, b] = await pair();
    await Promise.all([a.mode({ kind: 'mute' }), b.mode({ kind: 'mute' })]);
    const failover = over([a, b]);
    const error = await failureOf(failover.http.get('work?id=1', { timeout: 200 }).json());
    expect(told(error)).toEqual({ name: 'TimeoutError', isKys: true });
    expect([stateOf(failover, a.url), stateOf(failover, b.url)]).toEqual(['up', 'up']);
  });

  test('frees the socket of a request that was aborted, or timed out', async () => {
    const a = await rig.server({ name: 'a', mode: { kind: 'mute' } });
    const proxy = await rig.tcpProxy({ to: a.url });
    const failover = client({ hosts: [proxy.url] });
    const controller = new AbortController();
    const aborted = failureOf(failover.http.get('work?id=1', { signal: controller.signal }).json());
    const timedOut = failureOf(failover.http.get('work?id=2', { timeout: 200 }).json());
    await eventually('both arrive', () => a.counts().work === 2);
    controller.abort(new Error('enough'));
    expect(await aborted).toMatchObject({ message: 'enough' });
    expect(told(await timedOut)).toMatchObject({ name: 'TimeoutError' });
    await eventually('no socket is open', () => proxy.counts().open === 0);
  });

  test('heeds an abort while a body is read, also after a garbage collection, at which ky alone forgets it', async () => {
    const server = await rig.server({ name: 'a' });
    const proxy = await rig.tcpProxy({ to: server.url });
    const controller = new AbortController();
    const { signal } = controller;
    const failure = failureOf(
      client({ hosts: [proxy.url] })
        .http.get('stream?everyMs=60000', { signal })
        .text(),
    );
    await eventually('an answer begins', () => proxy.counts().answerBytes > 0);
    collectGarbage();
    await sleep(50);
    collectGarbage();
    controller.abort(new Error('enough'));
    expect(await failure).toMatchObject({ message: 'enough' });
    await eventually('no socket is open', () => proxy.counts().open === 0);
  });

  test("lets a user's own retry of ky begin anew where all hosts had answered badly", async () => {
    const [a, b] = await pair();
    await Promise.all([a.mode({ ...BUSY, times: 1 }), b.mode({ ...BUSY, times: 1 })]);
    const answer = await over([a, b])
      .http.get('item/1', { retry: { limit: 1, delay: () => 1 }, failover: { retry: { attempts: 2 } } })
      .json();
    expect(answer).toMatchObject({ id: '1' });
    expect(itemsAt(a) + itemsAt(b)).toBe(3);
  });
});

describe('options of one request, among those of ky', () => {
  test('pin sends it to one host', async () => {
    const [a, b] = await pair();
    const { http } = over([a, b]);
    expect(await http.get('item/1', { failover: { pin: b.url } }).json()).toMatchObject({ server: 'b' });
    expect(await http.get('item/1').json()).toMatchObject({ server: 'a' });
  });

  test('retry: false leaves it at one attempt', async () => {
    const [a, b] = await pair();
    await a.mode(BUSY);
    const error = await failureOf(
      over([a, b])
        .http.get('item/1', { failover: { retry: false } })
        .json(),
    );
    expect(told(error)).toMatchObject({ name: 'HTTPError', status: 503 });
    expect(itemsAt(b)).toBe(0);
  });

  test('idempotencyKey lets a POST be sent again, with the same key', async () => {
    const [a, b] = await pair();
    await a.mode({ kind: 'resetBeforeHeaders' });
    const { http } = over([a, b]);
    const json = { id: 'order' };
    expect(await http.post('work', { json, failover: { idempotencyKey: true } }).json()).toMatchObject({ server: 'b' });
    const keyAt = (server: Server) => server.counts().received.find(({ path }) => path === '/work')?.key;
    expect(keyAt(b)).toMatch(/./);
    expect(keyAt(a)).toBe(keyAt(b));
    const without = await failureOf(http.post('work', { json, failover: { pin: a.url } }).json());
    expect(without).toMatchObject({ code: 'NOT_REPLAYABLE' });
  });

  test('timeout and hedge change how long one host is waited for', async () => {
    const [a, b] = await pair();
    await a.mode({ kind: 'mute', probes: 'spared' });
    const { http } = over([a, b]);
    const hedged = await http.get('item/1', { failover: { hedge: { delayMs: 50 } } }).json();
    const timedOut = await http.get('item/1', { failover: { timeout: { attemptMs: 200 } } }).json();
    expect([hedged, timedOut]).toMatchObject([{ server: 'b' }, { server: 'b' }]);
  });

  test('may stand in extend(), and in the defaults of the whole client', async () => {
    const [a, b] = await pair();
    const { http } = over([a, b]);
    const pinned = http.extend({ failover: { pin: b.url } }).extend({ headers: { 'x-own': 'yes' } });
    expect(await pinned.get('item/1').json()).toMatchObject({ server: 'b' });
    const ofDefaults = over([a, b], { failover: { pin: b.url }, prefix: 'item' }).http;
    expect(await ofDefaults.get('1').json()).toMatchObject({ server: 'b' });
  });

  test('are refused where they make no sense, before anything is sent', async () => {
    const [a, b] = await pair();
    const { http } = over([a, b]);
    const unlisted = { failover: { pin: 'http://127.0.0.1:9' } };
    const unknown = { failover: { pinned: b.url } } as Options;
    expect(await failureOf(http.get('item/1', unlisted).json())).toMatchObject({ code: 'UNLISTED_HOST' });
    expect(await failureOf(http.get('item/1', unknown).json())).toMatchObject({ code: 'INVALID_OPTION' });
    expect(itemsAt(a) + itemsAt(b)).toBe(0);
  });
});

describe("an address that is none of the pool's", () => {
  test('is asked as ky asks it: once, and nobody is blamed', async () => {
    const [a, b] = await pair();
    const foreign = await rig.server({ name: 'foreign', mode: { ...BUSY, times: 1 } });
    const failover = over([a, b]);
    const url = `${foreign.url}/echo`;
    expect(told(await failureOf(failover.http.post(url, { json: {} }).json()))).toMatchObject({ status: 503 });
    const echo = await failover.http.post(url, { json: {}, headers: { 'x-own': 'yes' } }).json<Echo>();
    expect(echo).toMatchObject({ server: 'foreign', method: 'POST', headers: { 'x-own': 'yes' } });
    expect([foreign.counts().work, itemsAt(a), itemsAt(b)]).toEqual([2, 0, 0]);
    expect(failover.status.hosts.map(({ state }) => state)).toEqual(['up', 'up']);
  });

  test('is told by ky, not by us, where it fails', async () => {
    const [a, b] = await pair();
    const foreign = await rig.server({ name: 'foreign', mode: { kind: 'refused' } });
    const error = await failureOf(over([a, b]).http.get(`${foreign.url}/echo`).json());
    expect(told(error)).toEqual({ name: 'NetworkError', isKys: true });
  });
});
