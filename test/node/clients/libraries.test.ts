import { describe, expect, test } from 'vitest';
import { SwitchoverError } from '../../../src/index.node.ts';
import type { Server } from '../../rig/cluster.ts';
import { useRig } from '../../rig/vitest.ts';
import { eventually, failureOf, stateOf, useClients } from '../matrix/clients.ts';
import type { Echo } from './kyCase.ts';
import { LIBRARIES } from './libraries.ts';

const rig = useRig();
const client = useClients();

async function pair(): Promise<[Server, Server]> {
  return Promise.all([rig.server({ name: 'a' }), rig.server({ name: 'b' })]);
}

const over = (hosts: readonly Server[]) => client({ hosts: hosts.map(({ url }) => url) });

describe.each(LIBRARIES)('$name over failover.fetch', ({ over: library, tell, aborted, timedOut }) => {
  test('gets JSON below a base URL', async () => {
    const [a, b] = await pair();
    const call = library(over([a, b]).fetch, `${a.url}/item`);
    expect(await call({ method: 'GET', path: '/1' })).toEqual({ id: '1', server: 'a', text: 'item 1' });
  });

  test('gets it from the standby where the host of its base URL is gone', async () => {
    const [a, b] = await pair();
    await a.mode({ kind: 'refused' });
    const call = library(over([a, b]).fetch, a.url);
    expect(await call({ method: 'GET', path: '/item/1' })).toMatchObject({ server: 'b' });
  });

  test('posts JSON with its type, its headers and its length, to whichever host takes it', async () => {
    const [a, b] = await pair();
    const call = library(over([a, b]).fetch, a.url);
    const post = () => call({ method: 'POST', path: '/echo', json: { name: 'Ä' }, headers: { 'x-own': 'yes' } });
    const first = (await post()) as Echo & { server: string };
    await a.mode({ kind: 'refused' });
    const second = (await post()) as Echo & { server: string };
    expect([first.server, second.server]).toEqual(['a', 'b']);
    for (const { method, headers, body } of [first, second]) {
      expect(method).toBe('POST');
      expect(body).toMatchObject({ bytes: 13, framing: 'content-length', contentLength: 13 });
      expect(headers).toMatchObject({ 'content-type': expect.stringMatching(/^application\/json/), 'x-own': 'yes' });
    }
    expect(first.body).toEqual(second.body);
  });

  test('reports a bad status as it always does', async () => {
    const [a, b] = await pair();
    const call = library(over([a, b]).fetch, a.url);
    const missing = tell(await failureOf(call({ method: 'GET', path: '/no/such' })));
    expect(missing).toMatchObject({ status: 404, data: 'no such path\n' });
    await Promise.all([a.mode({ kind: 'status', status: 503 }), b.mode({ kind: 'status', status: 503 })]);
    expect(tell(await failureOf(call({ method: 'GET', path: '/item/1' })))).toMatchObject({ status: 503 });
  });

  test('hands our error on where no host answered, with its trace', async () => {
    const [a, b] = await pair();
    await Promise.all([a.mode({ kind: 'refused' }), b.mode({ kind: 'refused' })]);
    const call = library(over([a, b]).fetch, a.url);
    const failure = call({ method: 'GET', path: '/item/1', failover: { timeout: { totalMs: 300 } } });
    const { cause } = tell(await failureOf(failure));
    expect(SwitchoverError.is(cause) && [cause.code, cause.attempts.length > 1]).toEqual(['TIMEOUT', true]);
  });

  test('is aborted as it always is, frees its socket, and blames nobody', async () => {
    const a = await rig.server({ name: 'a', mode: { kind: 'mute' } });
    const proxy = await rig.tcpProxy({ to: a.url });
    const failover = client({ hosts: [proxy.url] });
    const call = library(failover.fetch, proxy.url);
    const controller = new AbortController();
    const failure = failureOf(call({ method: 'GET', path: '/work?id=1', signal: controller.signal }));
    await eventually('it arrives', () => a.counts().work === 1);
    controller.abort();
    expect(tell(await failure).name).toBe(aborted);
    await eventually('no socket is open', () => proxy.counts().open === 0);
    expect(stateOf(failover, proxy.url)).toBe('up');
  });

  test('times out as it always does, whatever the hosts do', async () => {
    const [a, b] = await pair();
    await Promise.all([a.mode({ kind: 'mute' }), b.mode({ kind: 'mute' })]);
    const failover = over([a, b]);
    const failure = library(failover.fetch, a.url)({ method: 'GET', path: '/work?id=1', timeoutMs: 200 });
    expect(tell(await failureOf(failure)).name).toBe(timedOut);
    expect([stateOf(failover, a.url), stateOf(failover, b.url)]).toEqual(['up', 'up']);
  });

  test('takes options for one request', async () => {
    const [a, b] = await pair();
    const call = library(over([a, b]).fetch, a.url);
    const pinned = call({ method: 'GET', path: '/item/1', failover: { pin: b.url } });
    expect(await pinned).toMatchObject({ server: 'b' });
    const refused = call({ method: 'GET', path: '/item/1', failover: { pin: 'http://127.0.0.1:9' } });
    expect(tell(await failureOf(refused)).cause).toMatchObject({ code: 'UNLISTED_HOST' });
  });

  test('loses nothing where the active host is killed in the middle', async () => {
    const [a, b] = await pair();
    const call = library(over([a, b]).fetch, a.url);
    let isGone = false;
    const kill = async (): Promise<void> => {
      await a.kill();
      isGone = true;
    };
    let killed: Promise<void> | undefined;
    const answers: { id: string; server: string }[] = [];
    const work = async (worker: string): Promise<void> => {
      for (let index = 0, left = 5; left > 0; index++) {
        const json = { id: `${worker}.${index}` };
        const order = { method: 'POST', path: '/work', json, failover: { idempotencyKey: json.id } } as const;
        answers.push((await call(order)) as { id: string; server: string });
        if (answers.length === 20) killed = kill();
        await call({ method: 'GET', path: `/item/${json.id}` });
        if (isGone) left--;
      }
    };
    await Promise.all(['w', 'x', 'y', 'z'].map(work));
    await killed;
    const ids = answers.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(answers.map(({ server }) => server))).toEqual(new Set(['a', 'b']));
    // The killed one may have booked what it could not answer: once, and under the key by which the other knows it.
    expect([...a.processed().values(), ...b.processed().values()].every((times) => times === 1)).toBe(true);
    const twice = ids.filter((id) => a.processed().has(id) && b.processed().has(id));
    expect(twice.length).toBeLessThanOrEqual(4);
  });
});
