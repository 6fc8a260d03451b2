import { describe, expect, it } from 'vitest';
import { certificates } from '../../rig/certificates.ts';
import type { Server } from '../../rig/cluster.ts';
import type { Mode } from '../../rig/protocol.ts';
import { contentBytes } from '../../rig/server/content.ts';
import { useRig } from '../../rig/vitest.ts';
import { sleep, until } from '../../rig/wait.ts';
import { look, openWire, rawRequest, SILENCE_MS } from './look.ts';

const rig = useRig();
const LIMIT_MS = 10_000;
const post = { method: 'POST', headers: { 'x-request-id': 'a' }, body: 'work' };

async function serverIn(mode: Mode): Promise<Server> {
  return rig.server({ name: 'one', mode });
}

describe('a faulty server', () => {
  it('answers well in ok', async () => {
    const server = await serverIn({ kind: 'ok' });
    expect(await look(`${server.url}/item/7`)).toMatchObject({ end: 'answered', status: 200 });
  });

  it('gives the status and the headers it was told, and does no work', async () => {
    const server = await serverIn({ kind: 'status', status: 503, headers: { 'retry-after': '7' } });
    const seen = await look(`${server.url}/work`, post);
    expect(seen).toMatchObject({ end: 'answered', status: 503 });
    expect(seen.headers.get('retry-after')).toBe('7');
    expect(seen.headers.get('switchover-role')).toBeNull();
    expect(server.counts().work).toBe(1);
    expect(server.processed().size).toBe(0);
  });

  it('breaks halfway with a page of HTML, the work done', async () => {
    const server = await serverIn({ kind: 'errorPage' });
    const seen = await look(`${server.url}/work`, post);
    expect(seen).toMatchObject({ end: 'answered', status: 500 });
    expect(seen.headers.get('content-type')).toContain('text/html');
    expect(seen.body.toString()).toContain('<h1>500</h1>');
    expect(server.processed()).toEqual(new Map([['a', 1]]));
  });

  it.each([503, 421] as const)('says as a standby who is active, with %i, and does no work', async (status) => {
    const server = await serverIn({ kind: 'standby', active: 'https://other.example', status });
    const seen = await look(`${server.url}/work`, post);
    expect(seen.status).toBe(status);
    expect(seen.headers.get('switchover-role')).toBe('standby');
    expect(seen.headers.get('switchover-active')).toBe('https://other.example');
    expect(server.processed().size).toBe(0);
  });

  it.each(['standby', 'draining'] as const)('is alive and not ready as %s', async (kind) => {
    const server = await serverIn({ kind });
    expect(await look(`${server.url}/healthz/live`)).toMatchObject({ status: 200 });
    const ready = await look(`${server.url}/healthz/ready?verbose=1`);
    expect(ready.status).toBe(503);
    expect(ready.headers.get('switchover-role')).toBe(kind);
    expect(ready.body.toString()).toContain(`[-]${kind} failed`);
  });

  it('works on while draining, and asks clients to spread', async () => {
    const server = await serverIn({ kind: 'draining', retryWindowS: 9 });
    const seen = await look(`${server.url}/work`, post);
    expect(seen.status).toBe(200);
    expect(seen.headers.get('switchover-role')).toBe('draining');
    expect(seen.headers.get('switchover-retry-window')).toBe('9');
    expect(server.processed().get('a')).toBe(1);
  });

  it('ends after its drain without breaking what is under way', async () => {
    const server = await serverIn({ kind: 'ok' });
    const slow = look(`${server.url}/slow?ms=600`);
    await until(
      () => server.counts().work === 1,
      LIMIT_MS,
      () => 'the slow request does not come',
    );
    await server.mode({ kind: 'draining', endAfterMs: 50 });
    expect(await slow).toMatchObject({ end: 'answered', status: 200 });
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(await look(`${server.url}/item/1`)).toMatchObject({ end: 'broken before', code: 'ECONNREFUSED' });
  });

  it('resets before a byte of the answer, the work done', async () => {
    const server = await serverIn({ kind: 'resetBeforeHeaders' });
    const wire = await openWire(server.port, '127.0.0.1', rawRequest('/work?id=a'));
    await wire.closed;
    expect(wire.events).toEqual(['connect', 'ECONNRESET']);
    expect(server.processed().get('a')).toBe(1);
  });

  it.each([
    { how: 'reset', last: 'ECONNRESET' },
    { how: 'end', last: 'end' },
  ] as const)('breaks in the body by a $how after the bytes it was told', async ({ how, last }) => {
    const server = await serverIn({ kind: 'resetMidBody', afterBytes: 1_234, how });
    const wire = await openWire(server.port, '127.0.0.1', rawRequest('/file?size=100000&seed=s'));
    await wire.closed;
    expect(wire.events).toEqual(['connect', 'data', last]);
    const [head = '', body = ''] = wire.text().split('\r\n\r\n', 2);
    expect(head.toLowerCase()).toContain('content-length: 100000');
    expect(wire.text().slice(head.length + 4).length).toBe(1_234);
    expect(body.length).toBeGreaterThan(0);
  });

  it('breaks in the middle of a body when told no number', async () => {
    const server = await serverIn({ kind: 'resetMidBody' });
    const seen = await look(`${server.url}/file?size=1000&seed=s`);
    expect(seen).toMatchObject({ end: 'broken in body', status: 200 });
    expect(seen.body).toEqual(Buffer.from(contentBytes('s', 0, 500)));
  });

  it('breaks a stream after its first chunk', async () => {
    const server = await serverIn({ kind: 'resetMidBody' });
    const seen = await look(`${server.url}/stream?chunks=5&bytes=10`);
    expect(seen.end).toBe('broken in body');
    expect(seen.body.length).toBe(10);
  });

  it('stalls in the body on a connection that stays open', async () => {
    const server = await serverIn({ kind: 'stalledBody', afterBytes: 100 });
    const wire = await openWire(server.port, '127.0.0.1', rawRequest('/file?size=1000&seed=s'));
    const bodyBytes = (): number => wire.text().split('\r\n\r\n').slice(1).join('\r\n\r\n').length;
    await until(
      () => bodyBytes() >= 100,
      LIMIT_MS,
      () => `${bodyBytes()} bytes`,
    );
    await sleep(SILENCE_MS);
    expect(bodyBytes()).toBe(100);
    expect(wire.events).toEqual(['connect', 'data']);
    wire.socket.destroy();
  });

  it('works at once and answers late with slow headers', async () => {
    const server = await serverIn({ kind: 'slowHeaders', delayMs: 700 });
    const beganMs = performance.now();
    const answer = look(`${server.url}/work`, { ...post });
    await until(
      () => server.processed().get('a') === 1,
      LIMIT_MS,
      () => 'no work',
    );
    expect(await answer).toMatchObject({ end: 'answered', status: 200 });
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(690);
  });

  it('accepts, reads, works and stays mute', async () => {
    const server = await serverIn({ kind: 'mute' });
    const head = 'POST /work?id=a HTTP/1.1\r\nhost: test\r\ncontent-length: 300000\r\n\r\n';
    const wire = await openWire(server.port, '127.0.0.1', head + 'x'.repeat(300_000));
    await until(
      () => server.processed().get('a') === 1,
      LIMIT_MS,
      () => 'no work',
    );
    await sleep(SILENCE_MS);
    expect(wire.events).toEqual(['connect']);
    wire.socket.destroy();
  });

  it('refuses connections, breaks the open ones, and listens again on the same port', async () => {
    const server = await serverIn({ kind: 'ok' });
    const wire = await openWire(server.port);
    await server.mode({ kind: 'refused' });
    await wire.closed;
    expect(wire.events).toEqual(['connect', 'ECONNRESET']);
    expect(await look(`${server.url}/item/1`)).toMatchObject({ end: 'broken before', code: 'ECONNREFUSED' });
    const { requests } = server.counts();
    await server.mode({ kind: 'ok' });
    expect(await look(`${server.url}/item/1`)).toMatchObject({ end: 'answered', status: 200 });
    expect(server.counts().requests).toBe(requests + 1);
  });

  it('breaks TLS connections as it does plain ones', async () => {
    const { good, ca } = certificates();
    const server = await rig.server({
      tls: good,
      hostname: 'localhost',
      mode: { kind: 'resetBeforeHeaders', times: 1 },
    });
    const reset = await openWire(server.port, '127.0.0.1', rawRequest('/work?id=a'), ca);
    await reset.closed;
    expect(reset.events).toEqual(['connect', 'ECONNRESET']);
    expect(server.processed().get('a')).toBe(1);
    const idle = await openWire(server.port, '127.0.0.1', '', ca);
    await server.mode({ kind: 'refused' });
    await idle.closed;
    expect(idle.events).toEqual(['connect', 'ECONNRESET']);
    expect((await openWire(server.port, '127.0.0.1', '', ca)).events).toEqual(['ECONNREFUSED']);
  });

  it('may begin refused', async () => {
    const server = await serverIn({ kind: 'refused' });
    expect(await look(`${server.url}/item/1`)).toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe("a mode's scope", () => {
  it('ends after its number of requests', async () => {
    const server = await serverIn({ kind: 'status', status: 502, times: 2 });
    const statuses: (number | undefined)[] = [];
    for (let index = 0; index < 3; index += 1) statuses.push((await look(`${server.url}/item/1`)).status);
    expect(statuses).toEqual([502, 502, 200]);
  });

  it('spares probes when told, without counting them', async () => {
    const server = await serverIn({ kind: 'status', times: 1, probes: 'spared' });
    expect((await look(`${server.url}/healthz/ready`)).status).toBe(200);
    expect((await look(`${server.url}/item/1`)).status).toBe(503);
    expect((await look(`${server.url}/item/1`)).status).toBe(200);
  });

  it('hits probes too by default', async () => {
    const server = await serverIn({ kind: 'mute' });
    expect((await look(`${server.url}/healthz/ready`, { silenceMs: SILENCE_MS })).end).toBe('silent before');
  });

  it('does or skips the work as told', async () => {
    const server = await serverIn({ kind: 'status', work: 'done' });
    await look(`${server.url}/work`, post);
    expect(server.processed().get('a')).toBe(1);
    await server.mode({ kind: 'resetBeforeHeaders', work: 'skipped' });
    await look(`${server.url}/work`, post);
    expect(server.processed().get('a')).toBe(1);
    expect(server.counts().work).toBe(2);
  });

  it('is for later requests: one that waits already is left as it is', async () => {
    const server = await serverIn({ kind: 'mute' });
    const wire = await openWire(server.port, '127.0.0.1', rawRequest('/item/1'));
    await until(
      () => server.counts().work === 1,
      LIMIT_MS,
      () => 'no request',
    );
    await server.mode({ kind: 'ok' });
    await sleep(SILENCE_MS);
    expect(wire.events).toEqual(['connect']);
    wire.socket.destroy();
  });
});
