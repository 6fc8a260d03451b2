import { describe, expect, test } from 'vitest';
import { readHints } from '../../../src/policy/hints.ts';
import { judgeProbe } from '../../../src/policy/probeAnswer.ts';
import { wellKnownHosts } from '../../../src/runtime/wellKnown.ts';
import { type HealthHandlerOptions, healthHandler, hintHeaders, sessionHandler } from '../../../src/server/index.ts';
import { virtualClock } from '../../../src/testing/virtualClock.ts';
import { Stage } from './stage.ts';

const ask = (options: HealthHandlerOptions, path: string, init: RequestInit = {}) =>
  healthHandler(options)(new Request(`http://a.example${path}`, init));

const checks = {
  database: () => {
    throw new Error('no route to 10.0.0.7');
  },
  disk: () => true,
};

describe('health', () => {
  test('is alive as long as it answers; ready where it is active and all checks hold', async () => {
    expect((await ask({ checks }, '/healthz/live')).status).toBe(200);
    expect((await ask({ checks }, '/healthz/ready')).status).toBe(503);
    expect((await ask({ checks: { disk: checks.disk } }, '/healthz/ready')).status).toBe(200);
    expect(await (await ask({}, '/healthz/ready')).text()).toBe('ok\n');
    expect((await ask({}, '/elsewhere')).status).toBe(404);
  });

  test('lists its checks as Kubernetes does, and keeps the reasons to itself', async () => {
    const text = await (await ask({ checks }, '/healthz/ready?verbose=1')).text();
    expect(text).toBe('[+]role ok\n[-]database failed: reason withheld\n[+]disk ok\nreadyz check failed\n');
    const open = await (await ask({ checks, reasons: true }, '/healthz/ready?verbose')).text();
    expect(open).toContain('[-]database failed: no route to 10.0.0.7\n');
  });

  test('is JSON for whoever accepts it', async () => {
    const answer = await ask({ checks }, '/healthz/ready', { headers: { accept: 'application/health+json' } });
    expect(answer.headers.get('content-type')).toBe('application/health+json');
    expect(await answer.json()).toMatchObject({
      status: 'fail',
      checks: { database: [{ status: 'fail', observedUnit: 'ms' }], disk: [{ status: 'pass' }] },
    });
  });

  test.each([
    ['text', {}],
    ['JSON', { accept: 'application/health+json' }],
  ])("is read by the library's own probes: %s", async (_, headers) => {
    const answer = await ask({ checks }, '/healthz/ready?verbose=1', { headers });
    const judged = { status: 200, contentType: answer.headers.get('content-type'), body: await answer.text() };
    expect(judgeProbe(judged)).toMatchObject({ healthy: false, why: expect.stringContaining('database') });
  });

  test('gives each check its time', async () => {
    const clock = virtualClock();
    let signal: AbortSignal | undefined;
    const stuck = (given: AbortSignal) => {
      signal = given;
      return new Promise(() => {});
    };
    const answer = ask({ checks: { stuck }, checkMs: 700, clock, reasons: true }, '/healthz/ready');
    await clock.advance(699);
    expect(signal?.aborted).toBe(false);
    await clock.advance(1);
    expect(await (await answer).text()).toContain('[-]stuck failed: no answer within 700 ms');
    expect([signal?.aborted, clock.timers]).toEqual([true, []]);
  });

  test('says what the server is, in headers that clients read and pages of other origins may', async () => {
    const standing = { role: 'standby', active: 'https://a.example', retryWindowMs: 1_500 } as const;
    const answer = await ask({ standing, epoch: () => ({ cluster: 'chat', number: 7 }) }, '/healthz/ready', {
      headers: { origin: 'https://app.example' },
    });
    expect(readHints((name) => answer.headers.get(name))).toEqual({
      role: 'standby',
      active: 'https://a.example',
      epoch: { cluster: 'chat', number: 7 },
      retryWindowMs: 2_000,
    });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const exposed = answer.headers.get('access-control-expose-headers')?.toLowerCase().split(', ');
    for (const [name] of answer.headers) if (name.startsWith('switchover-')) expect(exposed).toContain(name);
  });

  test('answers HEAD with the same headers and no body, the preflight, and nothing else', async () => {
    const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => ask({}, '/healthz/ready', { method })));
    expect([...(head?.headers ?? [])]).toEqual([...(get?.headers ?? [])].filter(([name]) => name !== 'content-length'));
    expect(await head?.text()).toBe('');
    const preflight = await ask({}, '/healthz/ready', {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-headers': 'x-trace' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('x-trace');
    const post = await ask({}, '/healthz/ready', { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  test('may be for listed origins only', async () => {
    const origins = ['https://app.example'];
    const from = (origin: string) => ask({ origins }, '/healthz/live', { headers: { origin } });
    expect((await from('https://app.example')).headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect((await from('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    expect((await from('https://evil.example')).headers.get('vary')).toContain('Origin');
  });

  test.each([[{ checks: { 'a b': () => true } }], [{ checkMs: 0 }], [{ check: {} }]])(
    'refuses options that make no sense: %j',
    (options) => {
      expect(() => healthHandler(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    },
  );

  test.each([
    [{ role: 'leader' }],
    [{ role: 'active', active: 'a.example' }],
    [{ role: 'active', epoch: { cluster: 'a;b', number: 1 } }],
    [{ role: 'active', retryWindowMs: -1 }],
  ])('writes no header that no client would read: %j', (standing) => {
    expect(() => hintHeaders(standing as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('the HTTP side of a session server', () => {
  test('shows its standing, from the first moment of a drain', async () => {
    const { sessions } = new Stage();
    const handler = sessionHandler(sessions);
    const ready = () => handler(new Request('http://a.example/healthz/ready'));
    expect((await ready()).status).toBe(200);
    void sessions.drain({ to: 'https://b.example' });
    const answer = await ready();
    expect(answer.status).toBe(503);
    expect(readHints((name) => answer.headers.get(name))).toMatchObject({
      role: 'draining',
      active: 'https://b.example',
    });
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  test.each([
    [['https://a.example', { url: 'https://b.example', zone: 'eu' }]],
    [{ active: ['https://a.example'], standby: ['https://b.example'] }],
  ])('serves the list of hosts as clients read it: %j', async (hosts) => {
    const { sessions } = new Stage({ hosts, generation: 4 });
    const handler = sessionHandler(sessions);
    const source = wellKnownHosts({ allow: ['https://*.example', 'https://a.example', 'https://b.example'] });
    const found = await source.load(new AbortController().signal, (path) =>
      handler(new Request(`http://a.example${path}`)),
    );
    expect(found).toEqual({ generation: 4, hosts });
  });

  test('says with the list which epoch it is of', async () => {
    const { sessions } = new Stage({ hosts: ['https://a.example'] });
    const handler = sessionHandler(sessions, { health: { epoch: () => ({ cluster: 'chat', number: 7 }) } });
    const answer = await handler(new Request('http://a.example/.well-known/switchover.json'));
    expect(answer.headers.get('switchover-epoch')).toBe('chat;7');
  });

  test('has no list where none was given, and room for endpoints of the application', async () => {
    const { sessions } = new Stage();
    const endpoints = { '/session/open': () => Response.json({ token: 't' }) };
    const handler = sessionHandler(sessions, { endpoints, health: false });
    const status = async (path: string) => (await handler(new Request(`http://a.example${path}`))).status;
    expect(await status('/.well-known/switchover.json')).toBe(404);
    expect(await status('/session/open')).toBe(200);
    expect(await status('/healthz/live')).toBe(404);
    expect([handler.handles('/session/open'), handler.handles('/other')]).toEqual([true, false]);
    expect(() => sessionHandler(sessions, { endpoints: { '/healthz/live': endpoints['/session/open'] } })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
