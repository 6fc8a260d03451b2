import { createReadStream } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NodeFetch, nodeFetch } from '../../../src/node/transport.ts';
import { networkFault } from '../../../src/runtime/networkFault.ts';
import type { Fetch } from '../../../src/runtime/ports.ts';
import { certificates } from '../../rig/certificates.ts';
import { failingName, failureOf, lookupFrom } from '../../rig/dns.ts';
import { namespaceUnavailable } from '../../rig/namespace.ts';
import { useRig } from '../../rig/vitest.ts';
import { closedPort, listenHttp, listenTcp, listenWith } from './listen.ts';

/** Real failures, as Node's own fetch and the adapter's report them. */
const rig = useRig();
const noNamespace = await namespaceUnavailable();
const made = certificates();
const names = { 'busy.test': 'EAI_AGAIN', 'broken.test': 'EAI_FAIL' } as const;
let ours: NodeFetch;

beforeAll(() => {
  ours = nodeFetch({ tls: { ca: made.ca }, lookup: lookupFrom(names) });
});
afterAll(() => ours.close());

const fetchers: readonly [string, Fetch][] = [
  ['Node’s own fetch', (input, init) => fetch(input, init)],
  ['the adapter’s', (input, init) => ours(input, init)],
];

async function faultOf(request: Promise<unknown>): Promise<string | null> {
  try {
    await request;
  } catch (error) {
    return networkFault(error);
  }
  throw new Error('The request did not fail.');
}

/** A server that does this to each connection when a request has arrived in whole. */
const afterRequest = async (act: (socket: Socket) => void) =>
  rig.owns(await listenTcp((socket) => socket.once('data', () => act(socket))));

describe.each(fetchers)('%s', (_name, request) => {
  it('is refused where nobody listens', async () => {
    expect(await faultOf(request(`http://127.0.0.1:${await closedPort()}/`))).toBe('refused');
    expect(await faultOf(request(`https://127.0.0.1:${await closedPort()}/`))).toBe('refused');
  });

  it.runIf(noNamespace === undefined)('finds a host unreachable that no route leads to', async () => {
    const space = await rig.namespace();
    const [a, b, c, d] = space.address.split('.').map(Number) as [number, number, number, number];
    // The third address of the pair's /30 network is its broadcast address: nobody can connect to it.
    const fault = await faultOf(request(`http://${a}.${b}.${c}.${d + 1}:8080/`));
    expect(fault).toBe('unreachable');
  });

  it('is reset where the connection is torn down after the request', async () => {
    const server = await afterRequest((socket) => socket.resetAndDestroy());
    expect(await faultOf(request(server.url))).toBe('reset');
  });

  it('is reset where the connection ends without an answer, or amid its headers', async () => {
    const silent = await afterRequest((socket) => socket.end());
    const amid = await afterRequest((socket) => socket.end('HTTP/1.1 200 OK\r\nconte'));
    expect(await faultOf(request(silent.url))).toBe('reset');
    expect(await faultOf(request(amid.url))).toBe('reset');
  });

  it('meets a fault of the network where the answer is not HTTP', async () => {
    const other = await afterRequest((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    const endless = await afterRequest((socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(99_999)}\r\n\r\n`));
    expect(await faultOf(request(other.url))).toBe('network');
    expect(await faultOf(request(endless.url))).toBe('network');
  });

  it('meets a fault of TLS where a certificate is bad', async () => {
    for (const tls of [made.expired, made.wrongName, made.selfSigned]) {
      const server = rig.owns(await listenHttp((_request, response) => response.end(), { tls }));
      expect(await faultOf(request(server.url))).toBe('tls');
    }
  });

  it('meets a fault of TLS where the other side speaks none', async () => {
    const plain = rig.owns(await listenHttp((_request, response) => response.end()));
    expect(await faultOf(request(plain.url.replace('http:', 'https:')))).toBe('tls');
  });

  it('meets a fault of TLS where the handshake is broken off', async () => {
    const ends = rig.owns(await listenTcp((socket) => socket.once('data', () => socket.end()), 'https'));
    const none = rig.owns(await listenWith(createHttps({}), 'https'));
    const old = rig.owns(await listenWith(createHttps({ ...made.good, maxVersion: 'TLSv1.1' }), 'https'));
    for (const server of [ends, none, old]) expect(await faultOf(request(server.url))).toBe('tls');
  });

  it('does not claim that nothing was sent where a server wants a certificate of the client', async () => {
    // TLS 1.3: the client has sent its request before the server can refuse it.
    const options = { ...made.good, ca: made.ca, requestCert: true, minVersion: 'TLSv1.3' } as const;
    const server = rig.owns(await listenWith(createHttps(options), 'https'));
    const trusting = nodeFetch({ tls: { ca: made.ca } });
    expect(await faultOf(trusting(server.url))).toMatch(/^(reset|network)$/);
    await trusting.close();
  });

  it('is the caller’s where the arguments can’t be sent', async () => {
    const port = await closedPort();
    const url = `http://127.0.0.1:${port}/`;
    const used = new Request(url, { method: 'POST', body: 'x' });
    await used.text();
    const bad = [
      () => request('not a url'),
      () => request('ftp://127.0.0.1/'),
      () => request('http://127.0.0.1:6667/'),
      () => request('http://user:word@127.0.0.1/'),
      () => request(url, { headers: { 'a b': 'c' } }),
      () => request(url, { headers: { a: 'b\nc' } }),
      () => request(url, { headers: { expect: '100-continue' } }),
      () => request(url, { body: 'of a GET' }),
      () => request(url, { method: 'TRACE' }),
      () => request(used),
    ];
    for (const send of bad) expect([String(send), await faultOf(send())]).toEqual([String(send), null]);
  });

  it('is the caller’s where its redirect mode forbids the answer', async () => {
    const server = rig.owns(
      await listenHttp((_request, response) => response.writeHead(302, { location: '/again' }).end()),
    );
    expect(await faultOf(request(server.url, { redirect: 'error' }))).toBeNull();
    expect(await faultOf(request(server.url))).toBeNull();
  });

  it('is the caller’s where its own body stream fails', async () => {
    const server = rig.owns(await listenHttp((incoming) => incoming.resume()));
    const send = (body: unknown) => request(server.url, { method: 'POST', body, duplex: 'half' } as RequestInit);
    const failing = new ReadableStream({
      pull() {
        throw new Error('mine');
      },
    });
    const file = createReadStream('/no/such/file').on('error', () => {});
    expect(await faultOf(send(failing))).toBeNull();
    expect(await faultOf(send(file))).toBeNull();
  });

  it('is the caller’s where it aborts', async () => {
    const server = rig.owns(await listenHttp(() => {}));
    expect(await faultOf(request(server.url, { signal: AbortSignal.abort() }))).toBeNull();
    expect(await faultOf(request(server.url, { signal: AbortSignal.timeout(20) }))).toBeNull();
    expect(await faultOf(request(server.url, { signal: AbortSignal.abort(new Error('mine')) }))).toBeNull();
  });
});

describe('a lookup', () => {
  it('is a fault of DNS where the name does not exist', async () => {
    const name = failingName();
    // ENOTFOUND or EAI_AGAIN, as this machine's resolver has it.
    expect(await failureOf(name)).toMatch(/^E/);
    expect(await faultOf(fetch(`http://${name}/`))).toBe('dns');
    expect(await faultOf(ours(`http://${name}/`))).toBe('dns');
  });

  it.each(Object.keys(names))('is a fault of DNS where it fails as %s', async (name) => {
    expect(await faultOf(ours(`http://${name}/`))).toBe('dns');
  });
});
