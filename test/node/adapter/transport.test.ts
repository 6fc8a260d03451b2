import { execFile } from 'node:child_process';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type NodeFetchOptions, nodeFetch } from '../../../src/node/transport.ts';
import { SwitchoverError } from '../../../src/policy/error.ts';
import { certificates } from '../../rig/certificates.ts';
import { useRig } from '../../rig/vitest.ts';
import { until } from '../../rig/wait.ts';
import { listenHttp, listenTcp, silentPort } from './listen.ts';

const rig = useRig();
const run = promisify(execFile);
const program = (name: string) => fileURLToPath(new URL(`./programs/${name}`, import.meta.url));

function open(options?: NodeFetchOptions) {
  const fetch = nodeFetch(options);
  rig.owns({ [Symbol.asyncDispose]: () => fetch.close() });
  return fetch;
}

/** What a promise that must reject rejects with. */
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe('requests', () => {
  it('are answered by the platform’s own Response', async () => {
    const server = rig.owns(
      await listenHttp((request, response) => {
        response.writeHead(201, [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['x-method', request.method ?? ''],
        ]);
        response.end('grüße');
      }),
    );
    const response = await open()(`${server.url}/x`, { method: 'PUT', body: 'in' });
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.headers.get('x-method')]).toEqual([201, 'PUT']);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('grüße');
  });

  it('may be a URL or a Request, with an init over it', async () => {
    const server = rig.owns(
      await listenHttp(async (request, response) => {
        response.end(`${request.method} ${request.headers['x-a']} ${await text(request)}`);
      }),
    );
    const fetch = open();
    const get = await fetch(new URL(server.url), { headers: { 'x-a': '1' } });
    expect(await get.text()).toBe('GET 1 ');
    const request = new Request(server.url, { method: 'POST', body: 'body', headers: { 'x-a': '1' } });
    const post = await fetch(request, { headers: { 'x-a': '2' } });
    expect(await post.text()).toBe('POST 2 body');
  });

  it('stream up and down', async () => {
    const server = rig.owns(
      await listenHttp((request, response) => {
        request.on('data', (chunk) => response.write(chunk));
        request.on('end', () => response.end());
      }),
    );
    const pipe = new TransformStream<Uint8Array, Uint8Array>();
    const writer = pipe.writable.getWriter();
    const sending = open()(server.url, { method: 'POST', body: pipe.readable, duplex: 'half' } as RequestInit);
    await writer.write(Buffer.from('one'));
    // The answer begins while the request still goes on, so this one is a stream in both directions.
    const response = await sending;
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('one');
    await writer.write(Buffer.from('two'));
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('two');
    await writer.close();
    expect((await reader?.read())?.done).toBe(true);
  });

  it('carry large bodies whole', async () => {
    const large = Buffer.alloc(3_000_000, 'abcdefg');
    const server = rig.owns(
      await listenHttp((request, response) => {
        response.setHeader('x-length', request.headers['content-length'] ?? 'none');
        request.pipe(response);
      }),
    );
    const response = await open()(server.url, { method: 'POST', body: large });
    expect(response.headers.get('x-length')).toBe('3000000');
    expect(Buffer.from(await response.arrayBuffer()).equals(large)).toBe(true);
  });
});

describe('connections', () => {
  it('are used again', async () => {
    const server = rig.owns(await listenHttp((_request, response) => response.end('ok')));
    const fetch = open();
    for (let i = 0; i < 20; i += 1) await (await fetch(server.url)).text();
    // Two, as with Node's own: a body is read a moment before undici counts its connection as free.
    expect(server.accepted()).toBeLessThanOrEqual(2);
  });

  it('are ended after keepAliveTimeoutMs without a request', async () => {
    const server = rig.owns(await listenTcp((socket) => answerOnce(socket)));
    await (await open({ keepAliveTimeoutMs: 50 })(server.url)).text();
    await until(
      () => server.open() === 0,
      10_000,
      () => 'The idle connection stays',
    );
  });

  it('are as many to one origin as said, and the other requests wait', async () => {
    let most = 0;
    let busy = 0;
    const server = rig.owns(
      await listenHttp((_request, response) => {
        busy += 1;
        most = Math.max(most, busy);
        setTimeout(() => {
          busy -= 1;
          response.end('ok');
        }, 10);
      }),
    );
    const fetch = open({ connections: 2 });
    const all = await Promise.all(Array.from({ length: 8 }, async () => (await fetch(server.url)).text()));
    expect([all.length, most, server.accepted()]).toEqual([8, 2, 2]);
  });

  it('are freed by an abort before the headers', async () => {
    const server = rig.owns(await listenHttp(() => {}));
    const controller = new AbortController();
    const pending = failure(open()(server.url, { signal: controller.signal }));
    await until(
      () => server.open() === 1,
      10_000,
      () => 'No connection',
    );
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await pending).toBe(reason);
    await until(
      () => server.open() === 0,
      10_000,
      () => 'The aborted connection stays',
    );
  });

  it('are freed by an abort amid the body', async () => {
    const server = rig.owns(
      await listenHttp((_request, response) => {
        response.write('begun');
      }),
    );
    const controller = new AbortController();
    const response = await open()(server.url, { signal: controller.signal });
    controller.abort();
    expect(await failure(response.text())).toMatchObject({ name: 'AbortError' });
    await until(
      () => server.open() === 0,
      10_000,
      () => 'The aborted connection stays',
    );
  });

  it('trust an authority of one’s own', async () => {
    const { good, ca } = certificates();
    const server = rig.owns(await listenHttp((_request, response) => response.end('safe'), { tls: good }));
    expect(await (await open({ tls: { ca } })(server.url)).text()).toBe('safe');
    expect(await failure(open()(server.url))).toMatchObject({ cause: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } });
  });

  it('leave a dispatcher that the caller brings alone', async () => {
    const dispatcher = {
      dispatch(
        _options: unknown,
        handler: { onError?(error: Error): void; onResponseError?(c: null, e: Error): void },
      ) {
        const error = new Error('mine');
        if (handler.onError) handler.onError(error);
        else handler.onResponseError?.(null, error);
        return true;
      },
    };
    const init = { dispatcher } as RequestInit;
    expect(await failure(open()('http://127.0.0.1/', init))).toMatchObject({ cause: { message: 'mine' } });
  });
});

describe('close', () => {
  it('ends idle connections, and refuses every later request', async () => {
    const server = rig.owns(await listenHttp((_request, response) => response.end('ok')));
    const fetch = open();
    await (await fetch(server.url)).text();
    await fetch.close();
    await until(
      () => server.open() === 0,
      10_000,
      () => 'The idle connection stays',
    );
    expect(await failure(fetch(server.url))).toMatchObject({ code: 'CLOSED' });
    await fetch.close();
  });

  it('lets requests under way come to their end', async () => {
    const answers: (() => void)[] = [];
    const server = rig.owns(
      await listenHttp((request, response) => {
        if (request.url === '/body') response.write('ok');
        answers.push(() => response.end(request.url === '/body' ? '' : 'ok'));
      }),
    );
    const fetch = open();
    const body = (await fetch(`${server.url}/body`)).text();
    const headers = fetch(`${server.url}/headers`);
    const connecting = fetch(`${server.url}/connecting`);
    const closing = fetch.close();
    await until(
      () => answers.length === 3,
      10_000,
      () => 'A request did not arrive',
    );
    for (const answer of answers) answer();
    const texts = [body, ...[headers, connecting].map(async (answer) => (await answer).text())];
    expect(await Promise.all(texts)).toEqual(['ok', 'ok', 'ok']);
    await closing;
    await until(
      () => server.open() === 0,
      10_000,
      () => 'A connection stays',
    );
  });

  it('is not held up by a host that is gone', async () => {
    const silent = rig.owns(await silentPort());
    const fetch = open({ connectTimeoutMs: 300 });
    const failed = failure(fetch(`http://127.0.0.1:${silent.port}/`));
    await fetch.close();
    expect(await failed).toMatchObject({ cause: { code: 'UND_ERR_CONNECT_TIMEOUT' } });
  });

  it('is fine with nothing open', async () => {
    const fetch = open();
    await fetch.close();
    const error = await failure(fetch('http://127.0.0.1/'));
    expect(SwitchoverError.is(error) && error.remedy).toContain('nodeFetch');
  });
});

describe('options', () => {
  it.each<[string, NodeFetchOptions]>([
    ['connectTimeoutMs', { connectTimeoutMs: 0 }],
    ['connectTimeoutMs', { connectTimeoutMs: Number.NaN }],
    ['connectTimeoutMs', { connectTimeoutMs: 2 ** 31 }],
    ['keepAliveTimeoutMs', { keepAliveTimeoutMs: -1 }],
    ['connections', { connections: 1.5 }],
    ['connections', { connections: 0 }],
    ['lookup', { lookup: 'dns' as never }],
    ['conectTimeoutMs', { conectTimeoutMs: 1 } as NodeFetchOptions],
  ])('refuse a %s that can’t be meant', (name, options) => {
    expect(() => nodeFetch(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(name) }),
    );
  });
});

describe('the process', () => {
  it('is not kept alive by idle connections', async () => {
    const server = rig.owns(await listenTcp((socket) => answerOnce(socket)));
    const { stdout } = await run(process.execPath, [program('fetchOnce.ts'), server.url], { timeout: 30_000 });
    expect(stdout).toBe('ok');
  });

  it('is not changed by the import: no handle, and the dispatcher of the global fetch is not replaced', async () => {
    const { stdout } = await run(process.execPath, [program('importOnly.ts')], { timeout: 30_000 });
    expect(JSON.parse(stdout)).toEqual({ touched: false, resources: [], made: 'function' });
  });
});

function answerOnce(socket: Socket): void {
  socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
}
