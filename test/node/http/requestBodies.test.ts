import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ky from 'ky';
import { afterEach, describe, expect, it } from 'vitest';
import { prepareBody } from '../../../src/http/requestBody.ts';
import { readInit } from '../../../src/http/requestParts.ts';
import { type Loopback, loopback, until } from './loopback.ts';

const CAP = 1_048_576;
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What a server saw of a request. */
interface Seen {
  readonly method: string | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer<ArrayBuffer>;
}

const servers: Loopback[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function echo(): Promise<{ readonly server: Loopback; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    seen.push({ method: request.method, headers: request.headers, body: Buffer.from(Buffer.concat(chunks)) });
    response.end('ok');
  };
  // A request that breaks off is no fault of the server's.
  const server = await loopback((request, response) => void answer(request, response).catch(() => {}));
  servers.push(server);
  return { server, seen };
}

/** Sends a request twice where its body allows, as the loop does: by URL and init, not by Request. */
async function sendTwice(input: string | URL | Request, given?: RequestInit): Promise<Response> {
  const { url, request, init, signal } = readInit(input, given);
  const sent = await prepareBody(request, given, CAP, signal);
  const all = { ...init, body: sent.body ?? null, ...(sent.duplex && { duplex: sent.duplex }), signal: signal ?? null };
  const first = await fetch(url, all).catch((error) => {
    sent.stop?.(error);
    throw error;
  });
  if (!sent.replayable) return first;
  await first.text();
  return fetch(url, all);
}

const form = () => {
  const made = new FormData();
  made.set('name', 'ü');
  made.set('file', new Blob(['content']), 'file.txt');
  return made;
};

describe('a body that is sent twice arrives twice, with its length and its type', () => {
  it.each([
    ['a string', 'ü', 'text/plain;charset=UTF-8'],
    ['a form', form(), expect.stringMatching(/^multipart\/form-data; boundary=/)],
    ['URLSearchParams', new URLSearchParams({ a: 'b' }), 'application/x-www-form-urlencoded;charset=UTF-8'],
    ['a Blob', new Blob(['blob'], { type: 'image/x' }), 'image/x'],
    ['a buffer', new Uint8Array([1, 2, 3]), undefined],
  ])('%s', async (_, body, type) => {
    const { server, seen } = await echo();
    await sendTwice(server.url, { method: 'POST', body });
    expect(seen).toHaveLength(2);
    for (const { headers, body: got } of seen) {
      expect(headers).toMatchObject({ 'content-length': String(got.length), ...(type && { 'content-type': type }) });
    }
  });

  it.each([
    ['a string', 'ü', Buffer.from('ü')],
    ['a buffer', new Uint8Array([1, 2, 3]), Buffer.from([1, 2, 3])],
    ['URLSearchParams', new URLSearchParams({ a: 'b' }), Buffer.from('a=b')],
  ])('%s in a Request, which natively turns into a stream when it is re-hosted', async (_, body, bytes) => {
    const { server, seen } = await echo();
    const request = new Request(server.url, { method: 'PUT', body });
    const type = request.headers.get('content-type');
    await sendTwice(request);
    const expected = { 'content-length': String(bytes.length), ...(type && { 'content-type': type }) };
    expect(seen).toMatchObject([
      { method: 'PUT', headers: expected, body: bytes },
      { method: 'PUT', headers: expected, body: bytes },
    ]);
  });

  it('a form in a Request, under the boundary that its header names', async () => {
    const { server, seen } = await echo();
    await sendTwice(new Request(server.url, { method: 'POST', body: form() }));
    expect(seen).toHaveLength(2);
    for (const { headers, body } of seen) {
      const read = await new Response(body, {
        headers: { 'content-type': String(headers['content-type']) },
      }).formData();
      expect([read.get('name'), await (read.get('file') as File).text()]).toEqual(['ü', 'content']);
    }
  });

  it('what ky sends', async () => {
    const { server, seen } = await echo();
    const client = ky.create({ fetch: sendTwice as typeof fetch, retry: 0, timeout: false });
    expect(await client.post(server.url, { json: { a: 'ü' } }).text()).toBe('ok');
    const headers = { 'content-type': 'application/json', 'content-length': '10' };
    expect(seen).toMatchObject([{ headers }, { headers }]);
    expect(seen.map(({ body }) => JSON.parse(body.toString()))).toEqual([{ a: 'ü' }, { a: 'ü' }]);
  });
});

describe('a large body', () => {
  it('in a stream is sent once, byte for byte', async () => {
    const bytes = randomBytes(20_000_000);
    const { server, seen } = await echo();
    await sendTwice(server.url, { method: 'POST', body: new Blob([bytes]).stream() });
    expect(seen.map(({ body }) => hash(body))).toEqual([hash(bytes)]);
  });

  it('from a file is sent once, and its file is closed when the upload is aborted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchover-'));
    const path = join(folder, 'large');
    await writeFile(path, randomBytes(20_000_000));
    const { server, seen } = await echo();
    await sendTwice(server.url, { method: 'POST', body: createReadStream(path) as unknown as BodyInit });
    expect(seen.map(({ body }) => body.length)).toEqual([20_000_000]);

    const deaf = await loopback((request) => request.pause());
    servers.push(deaf);
    const file = createReadStream(path);
    const caller = new AbortController();
    const sending = sendTwice(deaf.url, { method: 'POST', body: file as unknown as BodyInit, signal: caller.signal });
    await until(() => deaf.requests.length > 0, 'the upload begins');
    caller.abort('enough');
    await expect(sending).rejects.toBe('enough');
    await until(() => file.destroyed, 'the file is closed');
    await rm(folder, { recursive: true });
  });

  it('that the server does not read is not read ahead either', async () => {
    const server = await loopback((request) => request.pause());
    servers.push(server);
    let readBytes = 0;
    const source = new ReadableStream(
      {
        pull(controller) {
          readBytes += 65_536;
          controller.enqueue(new Uint8Array(65_536));
        },
      },
      { highWaterMark: 0 },
    );
    const caller = new AbortController();
    const sending = sendTwice(server.url, { method: 'POST', body: source, signal: caller.signal });
    let before = -1;
    while (before !== readBytes) {
      before = readBytes;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(readBytes).toBeLessThan(32_000_000);
    caller.abort('enough');
    await expect(sending).rejects.toBe('enough');
    // Without an end that we make ourselves, Node would now read this source for ever.
    const atEnd = readBytes;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(readBytes).toBeLessThanOrEqual(atEnd + 65_536);
  });
});
