import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { contentBytes } from '../../rig/server/content.ts';
import { parseRange } from '../../rig/server/file.ts';
import { useRig } from '../../rig/vitest.ts';
import { look } from './look.ts';

const rig = useRig({ for: 'all' });
const started = rig.server({ name: 'one', settings: { role: 'active', epoch: 'main;7' } });

async function get(path: string, headers: Record<string, string> = {}): ReturnType<typeof look> {
  return look(`${(await started).url}${path}`, { headers });
}

/** Node's own client, which sends chunks when it is not told a length. */
async function sendChunked(url: string, parts: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'PUT' }, (response) => {
      response.setEncoding('utf8').on('data', (text: string) => resolve(JSON.parse(text)));
    });
    sent.on('error', reject);
    for (const part of parts) sent.write(part);
    sent.end();
  });
}

describe('/echo', () => {
  it('tells the method, the headers and the body it saw, and how its length was told', async () => {
    const { url } = await started;
    const body = 'ä'.repeat(1_000);
    const seen = await look(`${url}/echo?q=1`, { method: 'POST', body, headers: { 'x-a': 'b' } });
    expect(JSON.parse(seen.body.toString())).toMatchObject({
      server: 'one',
      method: 'POST',
      path: '/echo?q=1',
      headers: { 'x-a': 'b' },
      body: {
        bytes: 2_000,
        sha256: createHash('sha256').update(body).digest('hex'),
        framing: 'content-length',
        contentLength: 2_000,
      },
    });
  });

  it('tells a chunked body and a missing one', async () => {
    const { url } = await started;
    expect(await sendChunked(`${url}/echo`, ['one', 'two'])).toMatchObject({
      body: { bytes: 6, framing: 'chunked', contentLength: null },
    });
    expect(JSON.parse((await get('/echo')).body.toString())).toMatchObject({ body: { bytes: 0, framing: 'none' } });
  });
});

describe('/work', () => {
  it.each([
    ['the header', '/work', { 'x-request-id': 'by-header' }, '', 'by-header'],
    ['the query', '/work?id=by-query', {}, '', 'by-query'],
    ['the body', '/work', {}, '{"id":"by-body"}', 'by-body'],
  ])('counts an id from %s each time', async (_, path, headers, body, id) => {
    const server = await started;
    for (const times of [1, 2]) {
      const seen = await look(server.url + path, { method: 'POST', headers, body });
      expect(JSON.parse(seen.body.toString())).toMatchObject({ id, server: 'one', times });
    }
    expect(server.processed().get(id)).toBe(2);
  });

  it('refuses work without an id', async () => {
    const { url } = await started;
    expect((await look(`${url}/work`, { method: 'POST', body: 'x' })).status).toBe(400);
  });
});

describe('/file', () => {
  it('gives the same bytes for the same seed, whole and in part', async () => {
    const whole = await get('/file?size=100000&seed=s');
    expect(whole.headers.get('accept-ranges')).toBe('bytes');
    expect(whole.headers.get('content-length')).toBe('100000');
    expect(whole.body.equals(contentBytes('s', 0, 100_000))).toBe(true);
    expect(whole.body.equals((await get('/file?size=100000&seed=t')).body)).toBe(false);
    const part = await get('/file?size=100000&seed=s', { range: 'bytes=777-50001' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 777-50001/100000');
    expect(part.body.equals(whole.body.subarray(777, 50_002))).toBe(true);
  });

  it('has the same bytes wherever one begins to read', () => {
    const whole = contentBytes('s', 0, 64);
    for (let start = 0; start < 64; start += 1) expect(contentBytes('s', start, 64)).toEqual(whole.slice(start));
    expect(new Set(whole).size).toBeGreaterThan(48);
  });

  it('honours If-Range by a strong ETag that another server gives as well', async () => {
    const other = await rig.server({ name: 'two' });
    const etag = (await get('/file?size=1000')).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    const headers = { range: 'bytes=500-', 'if-range': etag };
    expect((await look(`${other.url}/file?size=1000`, { headers })).status).toBe(206);
    await other.configure({ etagSuffix: '-two' });
    const whole = await look(`${other.url}/file?size=1000`, { headers });
    expect(whole.status).toBe(200);
    expect(whole.body.length).toBe(1_000);
    await other.configure({ etagSuffix: '', fileVersion: '2' });
    const changed = await look(`${other.url}/file?size=1000`, { headers });
    expect(changed.status).toBe(200);
    expect(changed.body.equals(contentBytes('seed', 0, 1_000))).toBe(false);
  });

  it('answers ranges falsely when told', async () => {
    const liar = await rig.server({ settings: { ranges: 'ignored' } });
    const headers = { range: 'bytes=500-', 'if-range': '"other"' };
    expect((await look(`${liar.url}/file?size=1000`, { headers })).status).toBe(200);
    await liar.configure({ ranges: 'unchecked' });
    expect((await look(`${liar.url}/file?size=1000`, { headers })).headers.get('content-range')).toBe(
      'bytes 500-999/1000',
    );
    await liar.configure({ ranges: 'shifted' });
    const shifted = await look(`${liar.url}/file?size=1000`, { headers: { range: 'bytes=500-' } });
    expect(shifted.headers.get('content-range')).toBe('bytes 501-999/1000');
  });

  it.each([
    ['bytes=0-', { start: 0, end: 10 }],
    ['bytes=3-5', { start: 3, end: 6 }],
    ['bytes=3-99', { start: 3, end: 10 }],
    ['bytes=-4', { start: 6, end: 10 }],
    ['bytes=-40', { start: 0, end: 10 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-3', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,4-5', undefined],
    ['lines=0-1', undefined],
    [undefined, undefined],
  ])('reads %s of ten bytes as RFC 9110 does', (header, part) => {
    expect(parseRange(header, 10)).toEqual(part);
  });

  it('says how long a file is that has no such range', async () => {
    const seen = await get('/file?size=10', { range: 'bytes=10-' });
    expect(seen.status).toBe(416);
    expect(seen.headers.get('content-range')).toBe('bytes */10');
  });
});

describe('streams', () => {
  it('come in chunks without a length', async () => {
    const seen = await get('/stream?chunks=3&bytes=10');
    expect(seen.headers.get('content-length')).toBeNull();
    expect(seen.body.toString()).toBe('1........\n2........\n3........\n');
  });

  it('of events go on behind the last one seen', async () => {
    const seen = await get('/sse?count=4', { 'last-event-id': '2' });
    expect(seen.headers.get('content-type')).toBe('text/event-stream');
    expect(seen.body.toString()).toBe('id: 3\ndata: 3\n\nid: 4\ndata: 4\n\n');
  });
});

describe('health', () => {
  it('is a short ok, or a line for each check when verbose', async () => {
    expect((await get('/healthz/ready')).body.toString()).toBe('ok\n');
    expect((await get('/healthz/ready?verbose=1')).body.toString()).toBe('[+]ping ok\nhealthz check passed\n');
  });

  it('fails with one of its checks, and stays alive', async () => {
    const server = await rig.server({ settings: { checks: { ping: true, database: false } } });
    const ready = await look(`${server.url}/healthz/ready`);
    expect(ready.status).toBe(503);
    expect(ready.body.toString()).toBe('[+]ping ok\n[-]database failed: reason withheld\nhealthz check failed\n');
    expect((await look(`${server.url}/healthz/live`)).status).toBe(200);
    const json = await look(`${server.url}/healthz/ready`, { headers: { accept: 'application/health+json' } });
    expect(json.headers.get('content-type')).toBe('application/health+json');
    expect(JSON.parse(json.body.toString())).toEqual({
      status: 'fail',
      checks: { ping: [{ status: 'pass' }], database: [{ status: 'fail' }] },
    });
  });

  it('may be far too long', async () => {
    const server = await rig.server({ settings: { healthPadBytes: 1_000_000 } });
    expect((await look(`${server.url}/healthz/ready`)).body.length).toBe(1_000_003);
  });
});

describe('every answer', () => {
  it.each(['/item/1', '/nothing', '/healthz/ready', '/file?size=1'])(
    'to %s says who answered, and lets pages read it',
    async (path) => {
      const server = await started;
      const { headers } = await get(path, { origin: 'https://app.example' });
      expect(headers.get('switchover-role')).toBe('active');
      expect(headers.get('switchover-epoch')).toBe('main;7');
      expect(headers.get('switchover-instance')).toBe(`one-${server.pid}`);
      expect(headers.get('access-control-allow-origin')).toBe('https://app.example');
      const exposed = headers.get('access-control-expose-headers')?.toLowerCase().split(', ');
      expect(exposed).toEqual(expect.arrayContaining(['retry-after', 'etag', 'content-range', 'switchover-role']));
    },
  );

  it('is silent about Switchover where the server knows nothing of it', async () => {
    const plain = await rig.server();
    const { headers } = await look(`${plain.url}/item/1`);
    expect(headers.get('switchover-role')).toBeNull();
    expect(headers.get('switchover-epoch')).toBeNull();
  });

  it('lets a preflight pass', async () => {
    const { url } = await started;
    const seen = await look(`${url}/work`, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'POST', 'access-control-request-headers': 'idempotency-key' },
    });
    expect(seen.status).toBe(204);
    expect(seen.headers.get('access-control-allow-headers')).toBe('idempotency-key');
  });
});
