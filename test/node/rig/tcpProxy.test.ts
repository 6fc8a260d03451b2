import { describe, expect, it } from 'vitest';
import { certificates } from '../../rig/certificates.ts';
import type { Server } from '../../rig/cluster.ts';
import { contentBytes } from '../../rig/server/content.ts';
import type { TcpFault, TcpProxy } from '../../rig/tcpProxy.ts';
import { useRig } from '../../rig/vitest.ts';
import { sleep, until } from '../../rig/wait.ts';
import { look, openWire, rawRequest, SILENCE_MS, type Wire } from './look.ts';

const rig = useRig();
const LIMIT_MS = 10_000;
const FILE = '/file?size=50000&seed=s';

async function proxied(fault?: TcpFault): Promise<{ server: Server; proxy: TcpProxy }> {
  const server = await rig.server();
  const proxy = await rig.tcpProxy({ to: server.url, ...(fault === undefined ? {} : { fault }) });
  return { server, proxy };
}

async function answered(wire: Wire): Promise<void> {
  await until(
    () => wire.events.includes('data'),
    LIMIT_MS,
    () => 'no answer',
  );
}

describe('a TCP proxy', () => {
  it('passes everything on, both ways, and counts it', async () => {
    const { server, proxy } = await proxied();
    const body = 'x'.repeat(3_000_000);
    const sent = await look(`${proxy.url}/echo`, { method: 'POST', body });
    expect(JSON.parse(sent.body.toString())).toMatchObject({ body: { bytes: 3_000_000 } });
    const got = await look(`${proxy.url}/file?size=5000000&seed=s`);
    expect(got.body.equals(contentBytes('s', 0, 5_000_000))).toBe(true);
    expect(proxy.counts().requestBytes).toBeGreaterThan(3_000_000);
    expect(proxy.counts().answerBytes).toBeGreaterThan(5_000_000);
    expect(proxy.counts().accepted).toBe(server.counts().connections);
  });

  it('keeps the scheme and the name, so that TLS goes through', async () => {
    const { good } = certificates();
    const server = await rig.server({ tls: good, hostname: 'localhost' });
    const proxy = await rig.tcpProxy({ to: server.url });
    expect(proxy.url).toBe(`https://localhost:${proxy.port}`);
    expect((await look(`${proxy.url}/item/1`)).code).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('tells when a client has freed its connection', async () => {
    const { proxy } = await proxied({ kind: 'blackHole' });
    const wire = await openWire(proxy.port, '127.0.0.1', rawRequest('/item/1'));
    await until(
      () => proxy.counts().open === 1,
      LIMIT_MS,
      () => 'not open',
    );
    wire.socket.destroy();
    await until(
      () => proxy.counts().open === 0,
      LIMIT_MS,
      () => 'still open',
    );
  });

  it.each([
    { kind: 'reset', last: 'ECONNRESET' },
    { kind: 'end', last: 'end' },
  ] as const)('can $kind a connection after some bytes of the answer', async ({ kind, last }) => {
    const { proxy } = await proxied({ kind, afterBytes: 20_000 });
    const wire = await openWire(proxy.port, '127.0.0.1', rawRequest(FILE));
    await wire.closed;
    expect(wire.events).toEqual(['connect', 'data', last]);
    expect(wire.text().length).toBe(20_000);
  });

  it('can reset before a byte of the answer, or of the request', async () => {
    const { server, proxy } = await proxied({ kind: 'reset' });
    const wire = await openWire(proxy.port, '127.0.0.1', rawRequest('/item/1'));
    await wire.closed;
    expect(wire.events).toEqual(['connect', 'ECONNRESET']);
    expect(server.counts().connections).toBe(0);
  });

  it('can break a request in its middle', async () => {
    const { server, proxy } = await proxied({ kind: 'reset', direction: 'request', afterBytes: 5_000 });
    const headers = { 'x-request-id': 'a' };
    const seen = await look(`${proxy.url}/work`, { method: 'POST', headers, body: 'x'.repeat(100_000) });
    expect(seen.end).toBe('broken before');
    await until(
      () => server.counts().work === 1,
      LIMIT_MS,
      () => 'the request did not begin',
    );
    expect(server.processed().size).toBe(0);
    expect(proxy.counts().requestBytes).toBe(5_000);
  });

  it('can stall an answer, and let it go on', async () => {
    const { proxy } = await proxied({ kind: 'stall', afterBytes: 20_000 });
    const wire = await openWire(proxy.port, '127.0.0.1', rawRequest(FILE));
    await until(
      () => wire.text().length === 20_000,
      LIMIT_MS,
      () => `${wire.text().length} bytes`,
    );
    await sleep(SILENCE_MS);
    expect(wire.text().length).toBe(20_000);
    expect(wire.events).toEqual(['connect', 'data']);
    await proxy.fault({ kind: 'none' });
    await until(
      () => wire.text().length > 50_000,
      LIMIT_MS,
      () => 'does not go on',
    );
    wire.socket.destroy();
  });

  it('counts from when a fault is set, on a connection already open too', async () => {
    const { proxy } = await proxied();
    const wire = await openWire(proxy.port, '127.0.0.1', rawRequest(FILE));
    await until(
      () => wire.text().length > 50_000,
      LIMIT_MS,
      () => `${wire.text().length} bytes`,
    );
    const { length } = wire.text();
    await proxy.fault({ kind: 'reset', afterBytes: 20_000 });
    wire.socket.write(rawRequest(FILE));
    await wire.closed;
    expect(wire.text().length).toBe(length + 20_000);
  });

  it('hits only so many connections when told', async () => {
    const { proxy } = await proxied({ kind: 'stall', afterBytes: 20_000, times: 1 });
    const stalled = await openWire(proxy.port, '127.0.0.1', rawRequest(FILE));
    await until(
      () => stalled.text().length === 20_000,
      LIMIT_MS,
      () => 'not stalled',
    );
    expect((await look(proxy.url + FILE)).body.length).toBe(50_000);
    await sleep(SILENCE_MS);
    expect(stalled.text().length).toBe(20_000);
    stalled.socket.destroy();
  });

  it('can swallow everything without a word, open connections too, and heal', async () => {
    const { server, proxy } = await proxied();
    const wire = await openWire(proxy.port, '127.0.0.1', rawRequest('/item/1'));
    await answered(wire);
    await proxy.fault({ kind: 'blackHole' });
    wire.socket.write(rawRequest('/item/2'));
    const late = await openWire(proxy.port, '127.0.0.1', rawRequest('/item/3'));
    await sleep(SILENCE_MS);
    expect(wire.text()).not.toContain('item 2');
    expect(late.events).toEqual(['connect']);
    expect(server.counts().requests).toBe(1);
    await proxy.fault({ kind: 'none' });
    await until(
      () => wire.text().includes('item 2'),
      LIMIT_MS,
      () => 'the old connection does not heal',
    );
    await until(
      () => late.text().includes('item 3'),
      LIMIT_MS,
      () => 'the new connection does not heal',
    );
    wire.socket.destroy();
    late.socket.destroy();
  });

  it('can delay each way, and keeps the order', async () => {
    const { proxy } = await proxied({ kind: 'delay', delayMs: 150 });
    const beganMs = performance.now();
    const seen = await look(proxy.url + FILE);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(290);
    expect(seen.body.equals(contentBytes('s', 0, 50_000))).toBe(true);
  });

  it('can refuse, and listen again on the same port', async () => {
    const { proxy } = await proxied();
    const wire = await openWire(proxy.port, '127.0.0.1', rawRequest('/item/1'));
    await answered(wire);
    await proxy.fault({ kind: 'refuse' });
    await wire.closed;
    expect(wire.events).toEqual(['connect', 'data', 'ECONNRESET']);
    expect((await look(`${proxy.url}/item/1`)).code).toBe('ECONNREFUSED');
    await proxy.fault({ kind: 'none' });
    expect((await look(`${proxy.url}/item/1`)).status).toBe(200);
  });

  it('can reset all open connections once', async () => {
    const { proxy } = await proxied();
    const wire = await openWire(proxy.port, '127.0.0.1', rawRequest('/item/1'));
    await answered(wire);
    proxy.resetAll();
    await wire.closed;
    expect(wire.events.at(-1)).toBe('ECONNRESET');
    expect((await look(`${proxy.url}/item/1`)).status).toBe(200);
  });

  it('breaks its connections when its server is gone', async () => {
    const { server, proxy } = await proxied();
    await server.kill();
    expect((await look(`${proxy.url}/item/1`)).end).toBe('broken before');
  });
});
