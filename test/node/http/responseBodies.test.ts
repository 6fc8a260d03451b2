import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Response as NpmResponse, fetch as npmFetch } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { guard } from '../../../src/http/guardedResponse.ts';
import type { GuardOptions } from '../../../src/http/resumeBody.ts';
import { collectGarbage, type Loopback, loopback, systemClock, until } from './loopback.ts';

const FILE = randomBytes(3_000_000);
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const servers: Loopback[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(handle: Parameters<typeof loopback>[0]): Promise<Loopback> {
  const server = await loopback(handle);
  servers.push(server);
  return server;
}

let onBroken: ReturnType<typeof vi.fn<GuardOptions['onBroken']>>;
let onDone: ReturnType<typeof vi.fn<() => void>>;
beforeEach(() => {
  onBroken = vi.fn<GuardOptions['onBroken']>();
  onDone = vi.fn<() => void>();
  cutOff = () => {};
});

/** A fetch as the loop makes it: one attempt, guarded, sent again to the same server. */
async function guardedFetch(url: string, more: Partial<GuardOptions> = {}, caller?: AbortSignal): Promise<Response> {
  const attempt = new AbortController();
  const abort = () => attempt.abort(caller?.reason);
  caller?.addEventListener('abort', abort);
  const response = await fetch(url, { signal: attempt.signal });
  return guard(response, {
    clock: systemClock,
    stallMs: 10_000,
    signal: caller,
    refetch: ({ headers, signal }) => fetch(url, { headers, signal }),
    onBroken,
    abort: (reason) => attempt.abort(reason),
    onDone() {
      caller?.removeEventListener('abort', abort);
      onDone();
    },
    ...more,
  });
}

/** An honest file server: ranges, If-Range, Content-Length. */
function sendFile(request: IncomingMessage, response: ServerResponse, file: Uint8Array, etag = '"v1"') {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  if (range && request.headers['if-range'] === etag) {
    const from = Number(range[1]);
    response.writeHead(206, {
      etag,
      'content-range': `bytes ${from}-${file.length - 1}/${file.length}`,
      'content-length': file.length - from,
    });
    response.end(file.subarray(from));
  } else {
    response.writeHead(200, { etag, 'content-length': file.length });
    response.end(file);
  }
}

/** Resets the connection of the last half body. A reset drops what is on its way, so a test says when. */
let cutOff = () => {};

/** Half of the file, and silence. */
function sendHalf(response: ServerResponse, headers: Record<string, string | number>, file: Uint8Array = FILE) {
  response.writeHead(200, { 'content-length': file.length, ...headers });
  response.write(file.subarray(0, file.length / 2));
  cutOff = () => response.socket?.resetAndDestroy();
}

/** Reads to the end; the connection is reset once the first byte is here. */
async function readStream(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    cutOff();
  }
  return Buffer.concat(chunks);
}

/** Reads to the end, and lets things be. */
async function readCalmly(response: Response): Promise<Buffer> {
  return Buffer.from(await new Response(response.body).arrayBuffer());
}

/** Reads as a whole, under a reset. */
async function readWhole(response: Response): Promise<Buffer> {
  const reading = response.arrayBuffer();
  setTimeout(cutOff, 20);
  return Buffer.from(await reading);
}

const broken = { name: 'SwitchoverError', code: 'BODY_BROKEN' };

describe('a body whose connection is reset half way', () => {
  it('reaches a stream whole, each byte sent about once', async () => {
    const server = await serve((request, response, turn) => {
      if (turn === 0) sendHalf(response, { etag: '"v1"' });
      else sendFile(request, response, FILE);
    });
    const got = await readStream(await guardedFetch(server.url));
    expect(hash(got)).toBe(hash(FILE));
    expect(server.requests[1]?.headers).toMatchObject({
      range: expect.stringMatching(/^bytes=\d+-2999999$/),
      'if-range': '"v1"',
    });
    expect(onBroken.mock.calls.map(([fault]) => fault)).toEqual(['broken-body']);
    expect(onDone).toHaveBeenCalledOnce();
  });

  it('reaches a stream whole over many resets', async () => {
    const server = await serve((request, response) => {
      const from = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
      const upTo = from + 500_000;
      response.writeHead(from ? 206 : 200, {
        etag: '"v1"',
        'content-length': FILE.length - from,
        ...(from && { 'content-range': `bytes ${from}-${FILE.length - 1}/${FILE.length}` }),
      });
      response.write(FILE.subarray(from, upTo), () => {
        if (upTo < FILE.length) response.socket?.destroySoon();
        else response.end();
      });
    });
    expect(hash(await readStream(await guardedFetch(server.url)))).toBe(hash(FILE));
    expect(server.requests.length).toBeGreaterThan(5);
  });

  it('is told apart from one that ends: a chunked body without its last chunk', async () => {
    const server = await serve((request, response, turn) => {
      if (turn > 0) return sendFile(request, response, FILE);
      response.writeHead(200, { etag: '"v1"' });
      return response.write(FILE.subarray(0, 1_000_000), () => response.socket?.destroySoon());
    });
    expect(hash(await readStream(await guardedFetch(server.url)))).toBe(hash(FILE));
  });

  it.each([
    ['a weak ETag', { etag: 'W/"v1"' }],
    ['no ETag', {}],
  ])('under %s fails as a stream, sent once, and succeeds as a whole, sent twice', async (_, headers) => {
    const server = await serve((_request, response, turn) => {
      if (turn % 2 === 0) sendHalf(response, headers);
      else response.writeHead(200, { 'content-length': FILE.length, ...headers }).end(FILE);
    });
    await expect(readStream(await guardedFetch(server.url))).rejects.toMatchObject(broken);
    expect(server.requests).toHaveLength(1);
    await (await fetch(server.url)).body?.cancel();
    expect(hash(await readWhole(await guardedFetch(server.url)))).toBe(hash(FILE));
    expect(server.requests).toHaveLength(4);
  });

  it('fails clearly where the file has changed meanwhile, as a stream and as a whole', async () => {
    const server = await serve((request, response, turn) => {
      if (turn % 2 === 0) sendHalf(response, { etag: '"v1"' });
      else sendFile(request, response, FILE.subarray(1), '"v2"');
    });
    await expect(readStream(await guardedFetch(server.url))).rejects.toMatchObject(broken);
    await expect(readWhole(await guardedFetch(server.url))).rejects.toMatchObject(broken);
    await until(() => server.open === 0, 'every socket of a refused answer is closed');
  });

  it.each([
    ['from its start (the same bytes twice)', 0],
    ['from another byte', 7],
  ])('fails clearly where the server answers 206 %s', async (_, from) => {
    const server = await serve((_request, response, turn) => {
      if (turn === 0) return sendHalf(response, { etag: '"v1"' });
      const range = `bytes ${from}-${FILE.length - 1}/${FILE.length}`;
      response.writeHead(206, { etag: '"v1"', 'content-range': range });
      return response.end(FILE.subarray(from));
    });
    await expect(readStream(await guardedFetch(server.url))).rejects.toMatchObject(broken);
  });

  it('fails clearly where a 206 does not say which bytes it has', async () => {
    const server = await serve((_request, response, turn) => {
      if (turn === 0) sendHalf(response, { etag: '"v1"' });
      else response.writeHead(206, { etag: '"v1"' }).end(FILE);
    });
    await expect(readStream(await guardedFetch(server.url))).rejects.toMatchObject(broken);
  });

  it('is never carried on under a content coding, but fetched anew as a whole', async () => {
    const packed = gzipSync(FILE.toString('hex'));
    const headers = { etag: '"v1"', 'content-encoding': 'gzip' };
    const server = await serve((_request, response, turn) => {
      if (turn < 2) sendHalf(response, headers, packed);
      else response.writeHead(200, { ...headers, 'content-length': packed.length }).end(packed);
    });
    await expect(readStream(await guardedFetch(server.url))).rejects.toMatchObject(broken);
    expect(server.requests).toHaveLength(1);
    expect((await readWhole(await guardedFetch(server.url))).toString()).toBe(FILE.toString('hex'));
    expect(server.requests).toHaveLength(3);
  });
});

it('does not take a decoded body for one of the wrong length', async () => {
  const packed = gzipSync('short');
  const server = await serve((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed);
  });
  expect(await (await guardedFetch(server.url)).text()).toBe('short');
  expect(onBroken).not.toHaveBeenCalled();
});

describe('a body that stalls half way', () => {
  it('reaches a stream whole, and the socket that stalled is closed', async () => {
    let closed = false;
    const server = await serve((request, response, turn) => {
      if (turn > 0) return sendFile(request, response, FILE);
      response.on('close', () => {
        closed = true;
      });
      return sendHalf(response, { etag: '"v1"' });
    });
    const got = await readCalmly(await guardedFetch(server.url, { stallMs: 300 }));
    expect(hash(got)).toBe(hash(FILE));
    expect(onBroken.mock.calls.map(([fault]) => fault)).toEqual(['stalled']);
    await until(() => closed, 'the socket that stalled is closed');
  });

  it('reaches json() whole', async () => {
    const text = JSON.stringify({ text: 'x'.repeat(100_000) });
    const server = await serve((_request, response, turn) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      if (turn === 0) response.write(text.slice(0, 50_000));
      else response.end(text);
    });
    const response = await guardedFetch(server.url, { stallMs: 300 });
    expect(JSON.stringify(await response.json())).toBe(text);
  });
});

describe('a long stream', () => {
  const CHUNK = Buffer.alloc(65_536, 7);

  /** Writes for ever, as fast as the reader takes it. */
  async function endless() {
    const seen = { writtenBytes: 0, closed: false };
    const server = await serve((_request, response) => {
      response.writeHead(200);
      response.on('close', () => {
        seen.closed = true;
      });
      const write = () => {
        while (!response.destroyed) {
          seen.writtenBytes += CHUNK.length;
          if (!response.write(CHUNK)) return void response.once('drain', write);
        }
      };
      write();
    });
    return { server, seen };
  }

  it('is read no faster than it is taken, and its socket is freed when its reader cancels', async () => {
    const { server, seen } = await endless();
    const reader = (await guardedFetch(server.url)).body?.getReader();
    await reader?.read();
    let before = -1;
    while (before !== seen.writtenBytes) {
      before = seen.writtenBytes;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // What the kernel and the platform hold on loopback; without back-pressure this would grow without end.
    expect(seen.writtenBytes).toBeLessThan(32_000_000);
    await reader?.cancel();
    await until(() => seen.closed, 'the server sees the close');
    expect(onDone).toHaveBeenCalledOnce();
    expect(onBroken).not.toHaveBeenCalled();
  });

  it('of hundreds of megabytes is held nowhere', async () => {
    const { server, seen } = await endless();
    const reader = (await guardedFetch(server.url)).body?.getReader();
    let readBytes = 0;
    let mostBytes = 0;
    collectGarbage();
    const atStart = process.memoryUsage().arrayBuffers;
    for (let next = 20_000_000; readBytes < 300_000_000; ) {
      readBytes += (await reader?.read())?.value?.byteLength ?? Number.NaN;
      if (readBytes < next) continue;
      next += 20_000_000;
      collectGarbage();
      mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers - atStart);
    }
    await reader?.cancel();
    await until(() => seen.closed, 'the server sees the close');
    // Garbage of both ends is in this too; held chunks would be all of the 300 MB.
    expect(mostBytes).toBeLessThan(150_000_000);
  });

  it("that the caller aborts rejects with the caller's reason, blames nobody, and frees its socket", async () => {
    const { server, seen } = await endless();
    const caller = new AbortController();
    const reader = (await guardedFetch(server.url, {}, caller.signal)).body?.getReader();
    await reader?.read();
    caller.abort('enough');
    const rest = (async () => {
      while (!(await reader?.read())?.done);
    })();
    await expect(rest).rejects.toBe('enough');
    await until(() => seen.closed, 'the server sees the close');
    expect(onBroken).not.toHaveBeenCalled();
  });

  it("that waits for a silent server rejects with the caller's reason", async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200).write('first');
    });
    const caller = new AbortController();
    const response = await guardedFetch(server.url, {}, caller.signal);
    const reading = response.text();
    setTimeout(() => caller.abort('enough'), 50);
    await expect(reading).rejects.toBe('enough');
    await until(() => server.open === 0, 'the socket is closed');
  });
});

describe('a body that nobody reads', () => {
  it('is let go of once it is collected', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200).write('never read');
    });
    const caller = new AbortController();
    await guardedFetch(server.url, {}, caller.signal).then(() => {});
    await until(() => {
      collectGarbage();
      return onDone.mock.calls.length > 0;
    }, 'the response is collected');
    await until(() => server.open === 0, 'its socket is closed');
  });

  it('keeps the link to its caller while a clone can still be read', async () => {
    const server = await serve((_request, response) => response.end('body'));
    const copy = await (async () => {
      const response = await guardedFetch(server.url);
      const clone = response.clone();
      await response.text();
      return clone;
    })();
    for (let turn = 0; turn < 20; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      collectGarbage();
    }
    expect(onDone).not.toHaveBeenCalled();
    expect(await copy.text()).toBe('body');
    expect(onDone).toHaveBeenCalledOnce();
  });

  it('stays while its stream is held, even if the response is not', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200).write('first ');
      setTimeout(() => response.end('last'), 500);
    });
    const stream = await guardedFetch(server.url).then(({ body }) => body);
    for (let turn = 0; turn < 20; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      collectGarbage();
    }
    expect(onDone).not.toHaveBeenCalled();
    expect(await new Response(stream).text()).toBe('first last');
    expect(onDone).toHaveBeenCalledOnce();
  });
});

it("guards the Response of the undici package too, which is not the platform's", async () => {
  const server = await serve((request, response, turn) => {
    if (turn === 0) sendHalf(response, { etag: '"v1"' });
    else sendFile(request, response, FILE);
  });
  const first = (await npmFetch(server.url)) as unknown as Response;
  const response = guard(first, {
    clock: systemClock,
    stallMs: 10_000,
    refetch: ({ headers, signal }) => npmFetch(server.url, { headers, signal }) as unknown as Promise<Response>,
    onBroken,
    abort() {},
  });
  expect(response).toBeInstanceOf(NpmResponse);
  expect(hash(await readStream(response))).toBe(hash(FILE));
});

it('leaves the native slots as they were: what takes a Response takes this one', async () => {
  const server = await serve((_request, response) => response.end('body'));
  const response = await guardedFetch(server.url);
  expect([response.type, response.url, response.redirected]).toEqual(['basic', server.url, false]);
  expect(await new Response(response.body, response).text()).toBe('body');
});
