import { beforeAll, describe, expect, it } from 'vitest';
import { createFailover, SwitchoverError } from '../../../src/index.node.ts';
import type { Fetch } from '../../../src/runtime/ports.ts';
import type { Server } from '../../rig/cluster.ts';
import { useRig } from '../../rig/vitest.ts';
import { failureOf, useClients } from './clients.ts';
import { streamOf } from './requests.ts';

const rig = useRig({ for: 'all' });
const client = useClients();
let a: Server;
let b: Server;

beforeAll(async () => {
  a = await rig.server({ name: 'a' });
  b = await rig.server({ name: 'b' });
});

/** What `/echo` says that it got. */
interface Echo {
  readonly server: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly bytes: number; readonly framing: string; readonly contentLength: number | null };
}

async function echo(answer: Promise<Response>): Promise<Echo> {
  return (await answer).json() as Promise<Echo>;
}

/** A `fetch` that only writes down what it was called with. */
function recorder(): { readonly fetch: Fetch; readonly calls: Parameters<Fetch>[] } {
  const calls: Parameters<Fetch>[] = [];
  return {
    calls,
    fetch: async (...call) => {
      calls.push(call);
      return new Response('{}');
    },
  };
}

describe('a URL', () => {
  it('may be relative, absolute on any listed host, a URL or a Request: it goes to the current host', async () => {
    const { fetch } = client({ hosts: [a.url, b.url] });
    const inputs = [
      '/echo?x=1#part',
      'echo?x=1',
      `${a.url}/echo?x=1`,
      `${b.url}/echo?x=1`,
      `HTTP://127.0.0.1:${b.port}/echo?x=1`,
      new URL(`${b.url}/echo?x=1`),
      new Request(`${b.url}/echo?x=1`),
    ];
    for (const input of inputs) {
      expect(await echo(fetch(input)), String(input)).toMatchObject({ server: 'a', path: '/echo?x=1' });
    }
  });

  it('lies below the base path of whichever host it goes to', async () => {
    const { fetch, prefer } = client({ hosts: [`${a.url}/item`, b.url] });
    expect(await (await fetch('/7')).json()).toMatchObject({ id: '7', server: 'a' });
    expect(await (await fetch(`${a.url}/item/7`)).json()).toMatchObject({ id: '7', server: 'a' });
    prefer(b.url);
    expect(await (await fetch(`${a.url}/item/item/7`)).json()).toMatchObject({ id: '7', server: 'b' });
  });

  it('goes to other hosts through ky as well', async () => {
    const { http, prefer } = client({ hosts: [a.url, b.url] });
    for (const input of ['echo?x=1', '/echo?x=1', `${b.url}/echo?x=1`, new Request(`${a.url}/echo?x=1`)]) {
      expect(await http.get(input).json(), String(input)).toMatchObject({ server: 'a', path: '/echo?x=1' });
    }
    prefer(b.url);
    expect(await http.get('echo').json()).toMatchObject({ server: 'b' });
  });

  it('that is relative is refused while no host is known', async () => {
    expect(() => createFailover({ hosts: [] })).toThrow(expect.objectContaining({ code: 'NO_HOSTS' }));
    const source = { load: async () => null, refreshMs: 60_000 };
    const { fetch } = client({ hosts: [], discovery: source });
    const error = await failureOf(fetch('/echo'));
    expect(SwitchoverError.is(error) && error.code).toBe('NO_HOSTS');
    // What needs no host is passed on.
    expect((await fetch(`${a.url}/echo`)).status).toBe(200);
  });
});

describe('another origin', () => {
  it('is passed on untouched: the same input, the same init, the same answer', async () => {
    const answer = new Response('foreign');
    const calls: unknown[][] = [];
    const { fetch } = client({
      hosts: [a.url],
      fetch: (...call) => {
        calls.push(call);
        return Promise.resolve(answer);
      },
    });
    const init = { method: 'POST', body: 'text', failover: { idempotencyKey: true }, headers: { 'x-a': '1' } } as const;
    const inputs = [
      `${b.url}/echo`,
      new URL(`${b.url}/echo`),
      new Request(`${b.url}/echo`),
      'data:text/plain,hello',
      // A name before an @, and what a parser may take for another host.
      a.url.replace('//', '//name@'),
      '//elsewhere.example/echo',
    ];
    for (const input of inputs) {
      expect(await fetch(input, init)).toBe(answer);
      const [seenInput, seenInit] = calls.at(-1) ?? [];
      expect(seenInput).toBe(input);
      expect(seenInit).toBe(init);
    }
    expect(calls).toHaveLength(inputs.length);
  });

  it('may fail as it likes without blame for a host', async () => {
    const failover = client({ hosts: [a.url, b.url] });
    const dead = 'http://127.0.0.1:9/echo';
    for (let turn = 0; turn < 3; turn++) expect(await failureOf(failover.fetch(dead))).toBeInstanceOf(TypeError);
    expect(failover.status.hosts.map(({ state }) => state)).toEqual(['up', 'up']);
  });
});

describe('an init', () => {
  it('keeps every field that it has, known to the standard or not', async () => {
    const { fetch, calls } = recorder();
    const fields = {
      method: 'put',
      headers: { 'x-a': '1' },
      body: 'text',
      cache: 'no-cache',
      credentials: 'include',
      integrity: 'sha256-abc',
      keepalive: true,
      mode: 'same-origin',
      priority: 'high',
      redirect: 'manual',
      referrer: 'about:client',
      referrerPolicy: 'origin',
      window: null,
      duplex: 'half',
      dispatcher: { mine: true },
      next: { revalidate: 1 },
      cf: { cacheTtl: 1 },
    };
    const init = {
      ...fields,
      failover: { resume: false },
      signal: new AbortController().signal,
    } as unknown as RequestInit;
    await client({ hosts: [a.url], fetch }).fetch('/x', init);
    const [url, { signal, ...sent } = {}] = calls[0] ?? [];
    expect(url).toBe(`${a.url}/x`);
    expect(sent).toEqual(fields);
    expect(signal).toBeInstanceOf(AbortSignal);
  });

  it('goes before the fields of a Request, which count where it is silent', async () => {
    const { fetch, calls } = recorder();
    const request = new Request(`${a.url}/x`, {
      method: 'DELETE',
      headers: { 'x-a': '1' },
      cache: 'no-store',
      credentials: 'omit',
      integrity: 'sha256-abc',
      keepalive: true,
      redirect: 'error',
      referrerPolicy: 'origin',
    });
    await client({ hosts: [a.url], fetch }).fetch(request, { method: 'PUT', body: 'text' });
    const [, sent] = calls[0] ?? [];
    expect(sent).toMatchObject({
      method: 'PUT',
      body: 'text',
      cache: 'no-store',
      credentials: 'omit',
      integrity: 'sha256-abc',
      keepalive: true,
      redirect: 'error',
      referrerPolicy: 'origin',
    });
    expect(new Headers(sent?.headers).get('x-a')).toBe('1');
  });

  it('is never written to', async () => {
    const headers = Object.freeze({ 'x-a': '1' });
    const init = Object.freeze({
      method: 'POST',
      headers,
      body: 'text',
      failover: Object.freeze({ idempotencyKey: 'k' }),
    });
    const answer = await echo(client({ hosts: [a.url] }).fetch('/echo', init));
    expect(answer.headers).toMatchObject({ 'x-a': '1', 'idempotency-key': 'k' });
  });
});

describe('a body', () => {
  const bytes = new Uint8Array(50_000).fill(120);
  const bodies: Readonly<Record<string, () => BodyInit>> = {
    text: () => 'x'.repeat(50_000),
    bytes: () => bytes,
    'a buffer': () => bytes.buffer,
    'a blob': () => new Blob([bytes]),
    'a stream within the cap': () => streamOf(bytes),
  };

  for (const [name, make] of Object.entries(bodies)) {
    it(`of ${name} arrives whole and with its length, at the second host too`, async () => {
      await a.mode({ kind: 'status', status: 429, times: 1 });
      const { fetch } = client({ hosts: [a.url, b.url] });
      const init = { method: 'POST', body: make(), duplex: 'half' } as RequestInit;
      const framed = { bytes: 50_000, framing: 'content-length', contentLength: 50_000 };
      expect(await echo(fetch('/echo', init))).toMatchObject({ server: 'b', body: framed });
    });
  }

  it('of a form or of search parameters keeps its type', async () => {
    const { fetch } = client({ hosts: [a.url] });
    const form = new FormData();
    form.set('name', 'value');
    const asForm = await echo(fetch('/echo', { method: 'POST', body: form }));
    expect(asForm.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    const asParameters = await echo(fetch('/echo', { method: 'POST', body: new URLSearchParams('a=1&b=2') }));
    expect(asParameters).toMatchObject({ body: { bytes: 7 } });
    expect(asParameters.headers['content-type']).toContain('application/x-www-form-urlencoded');
  });

  it('of a Request is sent as often as it takes', async () => {
    await a.mode({ kind: 'status', status: 429, times: 1 });
    const request = new Request(`${a.url}/echo`, {
      method: 'POST',
      body: 'text',
      headers: { 'content-type': 'text/x' },
    });
    const answer = await echo(client({ hosts: [a.url, b.url] }).fetch(request));
    expect(answer).toMatchObject({ server: 'b', method: 'POST', body: { bytes: 4, framing: 'content-length' } });
    expect(answer.headers['content-type']).toBe('text/x');
    expect(request.bodyUsed).toBe(true);
  });

  it('over the cap is streamed, and held in memory no further than the cap', async () => {
    const { fetch } = client({ hosts: [a.url], bufferCapBytes: 10_000 });
    const init = { method: 'POST', body: streamOf(bytes), duplex: 'half' } as RequestInit;
    expect(await echo(fetch('/echo', init))).toMatchObject({ body: { bytes: 50_000, framing: 'chunked' } });
  });

  it('that was read already is refused, and says nothing against the host', async () => {
    const failover = client({ hosts: [a.url] });
    const request = new Request(`${a.url}/echo`, { method: 'POST', body: 'text' });
    await request.text();
    expect(await failureOf(failover.fetch(request))).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(failover.status.hosts[0]?.state).toBe('up');
  });

  it('whose stream fails rejects with the failure of the stream', async () => {
    const failover = client({ hosts: [a.url, b.url], bufferCapBytes: 1_000 });
    for (const bytesBefore of [10, 5_000]) {
      let pulls = 0;
      const body = new ReadableStream({
        pull(controller) {
          if (pulls++ > 0) throw new Error('my own');
          controller.enqueue(new Uint8Array(bytesBefore));
        },
      });
      const failure = await failureOf(failover.fetch('/echo', { method: 'PUT', body, duplex: 'half' } as RequestInit));
      expect(JSON.stringify([String(failure), String((failure as Error).cause)])).toContain('my own');
    }
    expect(failover.status.hosts.map(({ state }) => state)).toEqual(['up', 'up']);
  });
});

describe('an Idempotency-Key', () => {
  it('is the same on every attempt, and another one for each request', async () => {
    await a.mode({ kind: 'resetBeforeHeaders' });
    const failover = client({ hosts: [a.url, b.url], ejection: { connectFailures: 0 } });
    for (const id of ['first', 'second']) {
      const init = { method: 'POST', headers: { 'x-request-id': id }, failover: { idempotencyKey: true } } as const;
      expect((await failover.fetch('/work', init)).status).toBe(200);
    }
    await a.mode({ kind: 'ok' });
    const keysOf = (id: string): (string | null)[] =>
      [a, b].flatMap((server) =>
        server
          .counts()
          .received.filter((request) => request.id === id)
          .map(({ key }) => key),
      );
    const [first, second] = [keysOf('first'), keysOf('second')];
    expect(first).toHaveLength(2);
    expect(second).toHaveLength(2);
    expect(new Set(first).size).toBe(1);
    expect(new Set([...first, ...second]).size).toBe(2);
    expect(first[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});

describe('the error of a request that was not sent again', () => {
  it('says whether it may have been processed, or could be read only once, and what can be done', async () => {
    const dead = await rig.server({ name: 'dead', mode: { kind: 'resetBeforeHeaders' } });
    const { fetch } = client({ hosts: [dead.url, b.url], bufferCapBytes: 1_000 });
    const upload = { method: 'PUT', body: streamOf(new Uint8Array(5_000)), duplex: 'half' } as RequestInit;
    expect(await failureOf(fetch('/echo', upload))).toMatchObject({
      code: 'NOT_REPLAYABLE',
      message: expect.stringContaining('read only once'),
      remedy: expect.stringContaining('bufferCapBytes'),
      attempts: [{ host: dead.url, cause: 'reset' }],
    });
    expect(await failureOf(fetch('/echo', { method: 'POST', body: 'text' }))).toMatchObject({
      code: 'NOT_REPLAYABLE',
      message: expect.stringContaining('may have been processed'),
      remedy: expect.stringContaining('Idempotency-Key'),
      attempts: [{ host: dead.url, cause: 'reset' }],
    });
  });
});

describe('a request of its own will', () => {
  it('is sent once and no more with retry: false, whatever befalls it', async () => {
    for (const mode of [
      { kind: 'refused' },
      { kind: 'resetBeforeHeaders' },
      { kind: 'status', status: 429 },
      { kind: 'standby' },
      { kind: 'errorPage' },
    ] as const) {
      await a.mode(mode);
      const before = b.counts().requests;
      const { fetch } = client({ hosts: [a.url, b.url] });
      const outcome = await fetch('/work?id=1', { failover: { retry: false } }).then(
        ({ status }) => status,
        (error: unknown) => (error as SwitchoverError).code,
      );
      expect(outcome, mode.kind).not.toBe(200);
      expect(b.counts().requests, mode.kind).toBe(before);
    }
    await a.mode({ kind: 'ok' });
  });

  it('goes to no host but the one it is pinned to', async () => {
    const { fetch } = client({ hosts: [a.url, b.url], timeout: { totalMs: 500 } });
    const pinned = { failover: { pin: b.url } };
    expect(await echo(fetch('/echo', pinned))).toMatchObject({ server: 'b' });
    await b.mode({ kind: 'refused' });
    const before = a.counts().work;
    expect(await failureOf(fetch('/echo', pinned))).toMatchObject({ code: 'TIMEOUT' });
    await b.mode({ kind: 'ok' });
    expect(a.counts().work).toBe(before);
  });
});

describe('several clients of one process', () => {
  it('share neither health nor wishes nor events nor an end', async () => {
    const gone = await rig.server({ name: 'gone', mode: { kind: 'refused' } });
    const [one, other] = [client({ hosts: [gone.url, b.url] }), client({ hosts: [gone.url, b.url] })];
    const events: string[] = [];
    other.on('failover', () => events.push('failover'));
    other.on('health', () => events.push('health'));
    for (let turn = 0; turn < 3; turn++) await one.http.get('item/1').json();
    expect(one.status.hosts[0]?.state).toBe('ejected');
    expect(other.status.hosts[0]?.state).toBe('up');
    expect(other.status.current).toBe(gone.url);
    one.prefer(b.url);
    one.setHosts([b.url]);
    one.close();
    expect(other.status.hosts).toHaveLength(2);
    expect(other.status.closed).toBe(false);
    expect(events).toEqual([]);
    expect(await other.http.get('item/1').json()).toMatchObject({ server: 'b' });
    expect(await failureOf(one.fetch('/item/1'))).toMatchObject({ code: 'CLOSED' });
  });

  it('share no connections', async () => {
    const proxy = await rig.tcpProxy({ to: a.url });
    const [one, other] = [client({ hosts: [proxy.url] }), client({ hosts: [proxy.url] })];
    await one.http.get('item/1').json();
    await other.http.get('item/1').json();
    expect(proxy.counts()).toMatchObject({ accepted: 2, open: 2 });
  });
});
