import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createConnector } from '../../../src/node/connector.ts';
import { type NodeFetchOptions, nodeFetch } from '../../../src/node/transport.ts';
import { networkFault } from '../../../src/runtime/networkFault.ts';
import { lookupFrom } from '../../rig/dns.ts';
import { namespaceUnavailable } from '../../rig/namespace.ts';
import { useRig } from '../../rig/vitest.ts';
import { until } from '../../rig/wait.ts';
import { closedPort, listenHttp, listenTcp, silentPort } from './listen.ts';

const rig = useRig();
const noNamespace = await namespaceUnavailable();
/** What a slow machine may add; far below undici's own 10 s. */
const SLACK_MS = 4_000;
const TIMED_OUT = { name: 'TypeError', cause: { code: 'UND_ERR_CONNECT_TIMEOUT' } };

function open(options?: NodeFetchOptions) {
  const fetch = nodeFetch(options);
  rig.owns({ [Symbol.asyncDispose]: () => fetch.close() });
  return fetch;
}

/** How a request failed, and how long that took. */
async function failing(request: Promise<unknown>): Promise<{ readonly error: unknown; readonly tookMs: number }> {
  const startedMs = performance.now();
  try {
    await request;
  } catch (error) {
    return { error, tookMs: performance.now() - startedMs };
  }
  throw new Error('The request did not fail.');
}

function expectTimeout({ error, tookMs }: { error: unknown; tookMs: number }, limitMs: number): void {
  expect(error).toMatchObject(TIMED_OUT);
  expect(networkFault(error)).toBe('connect-timeout');
  // Node counts a timer's time from the beginning of the loop's turn, which may have been a long one.
  expect(tookMs).toBeGreaterThan(limitMs / 2);
  expect(tookMs).toBeLessThan(limitMs + SLACK_MS);
}

describe('a connection that does not stand in time', () => {
  it('is given up after connectTimeoutMs where the kernel drops the SYN', async () => {
    const silent = rig.owns(await silentPort());
    const fetch = open({ connectTimeoutMs: 300 });
    expectTimeout(await failing(fetch(`http://127.0.0.1:${silent.port}/`)), 300);
  });

  it.runIf(noNamespace === undefined)(
    'is given up after connectTimeoutMs where the host has left the network',
    async () => {
      const space = await rig.namespace();
      await space.blackhole();
      const fetch = open({ connectTimeoutMs: 300 });
      expectTimeout(await failing(fetch(`http://${space.address}:8080/`)), 300);
      expectTimeout(await failing(fetch(`https://${space.address}:8080/`)), 300);
    },
  );

  it('is given up after 2 s by default', async () => {
    const silent = rig.owns(await silentPort());
    expectTimeout(await failing(open()(`http://127.0.0.1:${silent.port}/`)), 2_000);
  });

  it('is given up while the TLS handshake is mute', async () => {
    const mute = rig.owns(await listenTcp((socket) => socket.resume(), 'https'));
    expectTimeout(await failing(open({ connectTimeoutMs: 300 })(mute.url)), 300);
    await until(
      () => mute.open() === 0,
      10_000,
      () => 'The connection stays',
    );
  });

  it('is given up while the lookup is mute', async () => {
    const fetch = open({ connectTimeoutMs: 200, lookup: () => {} });
    expectTimeout(await failing(fetch('http://chat.test/')), 200);
  });

  it('is not taken for one where the headers are late', async () => {
    const server = rig.owns(await listenHttp((_request, response) => setTimeout(() => response.end('late'), 600)));
    expect(await (await open({ connectTimeoutMs: 200 })(server.url)).text()).toBe('late');
  });

  it('names what was tried', async () => {
    const silent = rig.owns(await silentPort());
    const fetch = open({ connectTimeoutMs: 200, lookup: lookupFrom({ 'chat.test': ['127.0.0.1'] }) });
    const { error } = await failing(fetch(`http://chat.test:${silent.port}/`));
    expect((error as { cause: Error }).cause.message).toMatch(/chat\.test within 200 ms/);
  });

  it('is not blamed on the host where the program itself was busy', async () => {
    const server = rig.owns(await listenHttp((_request, response) => response.end('ok')));
    const connect = createConnector({ connectTimeoutMs: 50, tls: {}, lookup: undefined });
    const socket = await new Promise<Socket>((resolve, reject) => {
      connect({ protocol: 'http:', hostname: '127.0.0.1', port: String(server.port) }, (error, made) =>
        error === null ? resolve(made) : reject(error),
      );
      const untilMs = performance.now() + 200;
      while (performance.now() < untilMs);
    });
    socket.destroy();
  });
});

describe('the addresses of a name', () => {
  const listening = async () => rig.owns(await listenHttp((_request, response) => response.end('here')));

  it('are tried until one answers, past those that refuse', async () => {
    const { port } = await listening();
    const lookup = lookupFrom({ 'chat.test': ['::1', '127.0.0.2', '127.0.0.1'] });
    const response = await open({ lookup })(`http://chat.test:${port}/`);
    expect(await response.text()).toBe('here');
  });

  it('are tried until one answers, past those that are silent, within the connect time', async () => {
    const mute = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
    const { port } = rig.owns(await silentPort(...mute));
    rig.owns(await listenHttp((_request, response) => response.end('here'), { port }));
    const lookup = lookupFrom({ 'chat.test': [...mute, '127.0.0.1'] });
    // Four turns of Node's own 250 ms would use this time up.
    const response = await open({ connectTimeoutMs: 1_000, lookup })(`http://chat.test:${port}/`);
    expect(await response.text()).toBe('here');
  });

  it('do not lengthen the connect time', async () => {
    const mute = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
    const { port } = rig.owns(await silentPort(...mute));
    const fetch = open({ connectTimeoutMs: 400, lookup: lookupFrom({ 'chat.test': mute }) });
    const failed = await failing(fetch(`http://chat.test:${port}/`));
    expectTimeout(failed, 400);
    expect((failed.error as { cause: Error }).cause.message).toContain('127.0.0.5');
  });

  it('all refuse: that is told, with each of them', async () => {
    const port = await closedPort();
    const fetch = open({ lookup: lookupFrom({ 'chat.test': ['::1', '127.0.0.1'] }) });
    const { error } = await failing(fetch(`http://chat.test:${port}/`));
    expect(error).toMatchObject({ cause: { name: 'AggregateError' } });
    expect((error as { cause: AggregateError }).cause.errors).toHaveLength(2);
    expect(networkFault(error)).toBe('refused');
  });
});

describe('lookups of one name at one time', () => {
  function counting(): { readonly lookup: LookupFunction; count(): number; fail: boolean } {
    let calls = 0;
    const counted = {
      fail: false,
      count: () => calls,
      lookup: ((name, options, callback) => {
        calls += 1;
        if (counted.fail) setTimeout(() => callback(new Error('no answer'), []), 20);
        else
          setTimeout(
            () => systemLookup(name === 'chat.test' ? 'localhost' : name, { ...options, family: 4 }, callback),
            20,
          );
      }) as LookupFunction,
    };
    return counted;
  }

  it('are one lookup', async () => {
    const server = rig.owns(await listenHttp((_request, response) => response.end('ok')));
    const names = counting();
    const fetch = open({ lookup: names.lookup });
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => (await fetch(`http://chat.test:${server.port}/`)).text()),
    );
    expect(answers).toEqual(Array(20).fill('ok'));
    expect(server.accepted()).toBe(20);
    expect(names.count()).toBe(1);
  });

  it('fail together, as a fault of the lookup, and are made anew by the next request', async () => {
    const server = rig.owns(await listenHttp((_request, response) => response.end('ok')));
    const names = counting();
    names.fail = true;
    const fetch = open({ lookup: names.lookup });
    const url = `http://chat.test:${server.port}/`;
    const failures = await Promise.all([failing(fetch(url)), failing(fetch(url)), failing(fetch(url))]);
    expect(failures.map(({ error }) => networkFault(error))).toEqual(['dns', 'dns', 'dns']);
    names.fail = false;
    expect(await (await fetch(url)).text()).toBe('ok');
    expect(names.count()).toBe(2);
  });
});
