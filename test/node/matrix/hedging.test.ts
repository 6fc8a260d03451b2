import { describe, expect, it } from 'vitest';
import { nodeFetch } from '../../../src/node/transport.ts';
import type { Server } from '../../rig/cluster.ts';
import { useRig } from '../../rig/vitest.ts';
import { eventually, serverOf, stateOf, useClients } from './clients.ts';

const rig = useRig();
const client = useClients();
const SLOW = { kind: 'slowHeaders', delayMs: 1_000, probes: 'spared' } as const;
const soon = { failover: { hedge: { delayMs: 50 } } };

async function pair(): Promise<[Server, Server]> {
  return [await rig.server({ name: 'a', mode: SLOW }), await rig.server({ name: 'b' })];
}

describe('a hedged request', () => {
  it.each(['GET', 'HEAD'])('by %s is answered by the second host where the first is slow', async (method) => {
    const [a, b] = await pair();
    const response = await client({ hosts: [a.url, b.url] }).fetch('/item/1', { method, ...soon });
    expect(response.headers.get('switchover-instance')).toMatch(/^b-/);
    expect(b.counts().work).toBe(1);
    // On a busy machine the first host may not even have read it when it is given up.
    expect(a.counts().work).toBeLessThanOrEqual(1);
  });

  it('gives the slower attempt up, which frees its socket and blames nobody', async () => {
    const [a, b] = await pair();
    await a.mode({ kind: 'mute', probes: 'spared' });
    const proxy = await rig.tcpProxy({ to: a.url });
    const failover = client({ hosts: [proxy.url, b.url], fetch: nodeFetch({ keepAliveTimeoutMs: 100 }) });
    expect(await serverOf(failover.fetch('/work?id=1', soon))).toBe('b');
    await eventually('the socket is free', () => proxy.counts().open === 0);
    expect(stateOf(failover, proxy.url)).toBe('up');
    expect(failover.status.current).toBe(proxy.url);
  });

  it('asks nobody else where the first is quick', async () => {
    const [a, b] = await pair();
    await a.mode({ kind: 'ok' });
    const failover = client({ hosts: [a.url, b.url] });
    const slowly = { failover: { hedge: { delayMs: 2_000 } } };
    for (let turn = 0; turn < 5; turn++) expect(await serverOf(failover.fetch('/work?id=1', slowly))).toBe('a');
    expect(b.counts().work).toBe(0);
  });

  it('waits for the first host where the second one fails', async () => {
    const [a, b] = await pair();
    for (const mode of [{ kind: 'refused' }, { kind: 'status', status: 503 }, { kind: 'errorPage' }] as const) {
      await b.mode(mode);
      const failover = client({ hosts: [a.url, b.url] });
      expect(await serverOf(failover.fetch('/work?id=1', soon))).toBe('a');
    }
  });

  it('goes on to the second host as always where the first one fails at once', async () => {
    const [a, b] = await pair();
    await a.mode({ kind: 'resetBeforeHeaders' });
    expect(await serverOf(client({ hosts: [a.url, b.url] }).fetch('/work?id=1', soon))).toBe('b');
    expect(b.counts().work).toBe(1);
  });

  it('ends both attempts when its caller aborts', async () => {
    const [a, b] = await pair();
    for (const server of [a, b]) await server.mode({ kind: 'mute' });
    const proxies = [await rig.tcpProxy({ to: a.url }), await rig.tcpProxy({ to: b.url })];
    const hosts = proxies.map(({ url }) => url);
    const abort = new AbortController();
    const { fetch } = client({ hosts, fetch: nodeFetch({ keepAliveTimeoutMs: 100 }) });
    const failure = fetch('/work?id=1', { ...soon, signal: abort.signal }).catch((error: unknown) => error);
    await eventually('both are asked', () => a.counts().work + b.counts().work === 2);
    abort.abort('mine');
    expect(await failure).toBe('mine');
    await eventually('both sockets are free', () => proxies.every((proxy) => proxy.counts().open === 0));
  });
});

describe('hedging', () => {
  it('is for GET and HEAD alone, even where sending again would be safe', async () => {
    const [a, b] = await pair();
    const failover = client({ hosts: [a.url, b.url], hedge: { delayMs: 20 } });
    const requests: RequestInit[] = [
      { method: 'POST', body: 'text' },
      { method: 'POST', body: 'text', failover: { idempotencyKey: 'key' } },
      { method: 'PUT', body: 'text' },
      { method: 'PATCH', body: 'text' },
      { method: 'DELETE' },
    ];
    const answers = await Promise.all(requests.map((init) => serverOf(failover.fetch('/work?id=1', init))));
    expect(answers).toEqual(requests.map(() => 'a'));
    expect(b.counts().work).toBe(0);
  });

  it('is off unless asked for', async () => {
    const [a, b] = await pair();
    expect(await serverOf(client({ hosts: [a.url, b.url] }).fetch('/work?id=1'))).toBe('a');
    expect(b.counts().work).toBe(0);
  });

  it('by default takes one request in twenty at most, however slow the first host is', async () => {
    const [a, b] = await pair();
    await a.mode({ kind: 'ok' });
    const failover = client({ hosts: [a.url, b.url], hedge: true });
    const ask = (id: number): Promise<string> => serverOf(failover.fetch(`/work?id=${id}`));
    // From these it learns how long an answer takes.
    for (let id = 0; id < 100; id++) await ask(id);
    expect(b.counts().work).toBe(0);
    await a.mode({ ...SLOW, delayMs: 700 });
    await Promise.all(Array.from({ length: 100 }, (_, id) => ask(100 + id)));
    expect(b.counts().work).toBeGreaterThan(0);
    expect(b.counts().work).toBeLessThanOrEqual(200 / 20);
  });
});
