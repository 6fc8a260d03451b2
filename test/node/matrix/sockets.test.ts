import { describe, expect, it } from 'vitest';
import { type FailoverOptions, SwitchoverError } from '../../../src/index.node.ts';
import { nodeFetch } from '../../../src/node/transport.ts';
import type { Mode } from '../../rig/protocol.ts';
import type { TcpProxy } from '../../rig/tcpProxy.ts';
import { useRig } from '../../rig/vitest.ts';
import { eventually, failureOf, serverOf, useClients } from './clients.ts';

const rig = useRig();
const open = useClients();
const post = { method: 'POST', headers: { 'x-request-id': 'a' }, body: 'work' };

/**
 * Keeps idle connections for a moment only: undici opens a new one for each that was aborted, before it notices that there is
 * nothing to send. One that waits for an answer is never idle.
 */
const client = (options: FailoverOptions) => open({ fetch: nodeFetch({ keepAliveTimeoutMs: 100 }), ...options });

/** A server behind a proxy, which sees what its clients do with their sockets. */
async function watched(mode: Mode): Promise<TcpProxy> {
  const server = await rig.server({ name: 'a', mode });
  return rig.tcpProxy({ to: server.url });
}

async function freesAll(proxy: TcpProxy): Promise<void> {
  expect(proxy.counts().accepted).toBeGreaterThan(0);
  await eventually('all sockets are free', () => proxy.counts().open === 0);
}

describe('a socket is freed', () => {
  it('when an attempt times out and the request goes elsewhere', async () => {
    const [a, b] = [await watched({ kind: 'mute' }), await rig.server({ name: 'b' })];
    const failover = client({ hosts: [a.url, b.url], timeout: { attemptMs: 300 }, probe: { timeoutMs: 300 } });
    expect(await serverOf(failover.fetch('/work?id=1'))).toBe('b');
    await freesAll(a);
  });

  it("when the request's whole time is over", async () => {
    const a = await watched({ kind: 'mute' });
    const failover = client({ hosts: [a.url], timeout: { attemptMs: 200, totalMs: 400 }, probe: { timeoutMs: 300 } });
    expect(await failureOf(failover.fetch('/work', post))).toMatchObject({ code: 'NOT_REPLAYABLE' });
    await freesAll(a);
  });

  it.each([
    ['read as a whole', (response: Response) => response.text()],
    ['read in chunks', (response: Response) => response.body?.pipeTo(new WritableStream()) ?? Promise.resolve()],
  ])('when a body stalls that is %s', async (_how, read) => {
    const a = await watched({ kind: 'stalledBody' });
    const failover = client({ hosts: [a.url], timeout: { stallMs: 300 } });
    const error = await failureOf(read(await failover.fetch('/work', post)));
    expect(SwitchoverError.is(error) && error.code).toBe('BODY_BROKEN');
    await freesAll(a);
  });

  it('when the caller aborts before the answer, and in it', async () => {
    const a = await watched({ kind: 'mute' });
    const b = await watched({ kind: 'stalledBody' });
    for (const host of [a, b]) {
      const failover = client({ hosts: [host.url] });
      const abort = new AbortController();
      const answer = failover.fetch('/work', { ...post, signal: abort.signal }).then((response) => response.text());
      await eventually('the request is there', () => host.counts().requestBytes > 0);
      abort.abort(new Error('enough'));
      expect(await failureOf(answer)).toBe(abort.signal.reason);
      await freesAll(host);
    }
  });

  it('when the caller cancels the body', async () => {
    const a = await watched({ kind: 'stalledBody' });
    const response = await client({ hosts: [a.url] }).fetch('/work', post);
    await response.body?.cancel();
    await freesAll(a);
  });

  it('without waiting for the body of an answer that nobody wants', async () => {
    // It promises more than it sends: who wants to read it whole waits for ever.
    const a = await watched({ kind: 'status', status: 503, headers: { 'content-length': '1000000' } });
    const b = await rig.server({ name: 'b' });
    const failover = client({ hosts: [a.url, b.url] });
    expect(await serverOf(failover.fetch('/work?id=1'))).toBe('b');
    await freesAll(a);
  });

  it('when the client is closed, be it idle or about to end', async () => {
    const idle = await watched({ kind: 'ok' });
    const failover = open({ hosts: [idle.url] });
    await failover.http.get('item/1').json();
    expect(idle.counts().open).toBe(1);
    failover.close();
    await freesAll(idle);

    const busy = await watched({ kind: 'mute' });
    const other = open({ hosts: [busy.url], timeout: { totalMs: 600 } });
    const failure = failureOf(other.fetch('/work', post));
    await eventually('the request is there', () => busy.counts().requestBytes > 0);
    other.close();
    expect(await failure).toMatchObject({ code: 'NOT_REPLAYABLE' });
    await freesAll(busy);
  });
});

describe('a socket is used again', () => {
  it('for all that one client sends in turn', async () => {
    const proxy = await watched({ kind: 'ok' });
    const failover = open({ hosts: [proxy.url] });
    for (let turn = 0; turn < 20; turn++) await failover.http.get('item/1').json();
    // undici notes that a connection is free a moment after its answer was read, so the next request may need another.
    expect(proxy.counts().accepted).toBeLessThanOrEqual(2);
  });
});
