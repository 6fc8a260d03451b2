import { describe, expect, it, vi } from 'vitest';
import { networkFault } from '../../../src/runtime/networkFault.ts';
import {
  type FaultyNetworkOptions,
  faultyNetwork,
  type HostBehaviour,
  virtualClock,
} from '../../../src/testing/index.ts';

const A = 'https://a.example.com';
const B = 'https://b.example.com:8443';

function networkOf(behaviour: HostBehaviour, more: Partial<FaultyNetworkOptions> = {}) {
  return faultyNetwork({ hosts: { [A]: behaviour, [B]: 'ok' }, ...more });
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe('a host', () => {
  it.each<[HostBehaviour, number, string, string | null]>([
    ['ok', 200, '', null],
    ['drain', 200, '', 'draining'],
    ['standby', 503, '', 'standby'],
    [{ status: 204 }, 204, '', null],
    [{ status: 418, headers: { 'Switchover-Role': 'active' }, body: 'tea' }, 418, 'tea', 'active'],
    [() => Response.json(['made up']), 200, '["made up"]', null],
  ])('that is told %j answers so', async (behaviour, status, body, role) => {
    const response = await networkOf(behaviour).fetch(`${A}/x?y`);
    const seen = [response.status, await response.text(), response.headers.get('switchover-role')];
    expect(seen).toEqual([status, body, role]);
    expect([response.url, response.type]).toEqual([`${A}/x?y`, 'basic']);
  });

  it.each<[HostBehaviour, string, string]>([
    ['refuse', 'refused', 'ECONNREFUSED'],
    ['reset', 'reset', 'ECONNRESET'],
    ['dns', 'dns', 'ENOTFOUND'],
    [{ fault: 'refuse' }, 'refused', 'ECONNREFUSED'],
  ])('that is told %j fails as Node’s fetch does', async (behaviour, fault, code) => {
    const error = await failureOf(networkOf(behaviour).fetch(A));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: 'fetch failed', cause: { code } });
    expect(networkFault(error)).toBe(fault);
  });

  it('that is not listed has no name', async () => {
    expect(networkFault(await failureOf(networkOf('ok').fetch('https://c.example.com')))).toBe('dns');
    expect(networkFault(await failureOf(networkOf('ok').fetch('https://b.example.com')))).toBe('dns');
  });

  it('does what it is told last, for requests from then on', async () => {
    const network = networkOf('hang');
    const hung = vi.fn();
    void network.fetch(A).then(hung, hung);
    network.set(A, 'refuse');
    expect(networkFault(await failureOf(network.fetch(A)))).toBe('refused');
    network.set(A, 'ok');
    expect((await network.fetch(A)).status).toBe(200);
    expect(hung).not.toHaveBeenCalled();
  });

  it('takes its time by the clock, before a fault too', async () => {
    const clock = virtualClock();
    const network = networkOf({ delayMs: 300 }, { clock });
    expect((await clock.until(network.fetch(A))).status).toBe(200);
    expect(clock.now()).toBe(300);
    network.set(A, { delayMs: 200, fault: 'reset' });
    await failureOf(clock.until(network.fetch(A)));
    expect(clock.now()).toBe(500);
  });

  it('is given the request as it was sent', async () => {
    const network = networkOf(async (request) => new Response(`${request.method} ${await request.text()}`));
    const response = await network.fetch(`${A}/x`, { method: 'PUT', body: 'hello' });
    expect(await response.text()).toBe('PUT hello');
  });
});

describe('a body', () => {
  it('that stalls gives what it has, and then nothing until it is cancelled or aborted', async () => {
    const network = networkOf({ body: 'half', bodyEnd: 'stall' });
    const controller = new AbortController();
    const { body } = await network.fetch(A, { signal: controller.signal });
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('half');
    const rest = failureOf(reader.read());
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await rest).toBe(reason);
    const other = await network.fetch(A);
    await other.body?.cancel();
  });

  it('that breaks gives what it has, and then fails as Node’s does', async () => {
    const response = await networkOf({ body: 'half', bodyEnd: 'break' }).fetch(A);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).value?.byteLength).toBe(4);
    const error = await failureOf(reader.read());
    expect(error).toMatchObject({ name: 'TypeError', message: 'terminated', cause: { code: 'UND_ERR_SOCKET' } });
    expect(networkFault(error)).toBe('reset');
  });
});

describe('an abort', () => {
  it.each<[string, HostBehaviour]>([
    ['silence', 'hang'],
    ['a delay', { delayMs: 1_000 }],
    ['a handler', () => new Promise(() => {})],
  ])('ends %s at once, with its reason, and leaves no timer', async (_what, behaviour) => {
    const clock = virtualClock();
    const network = networkOf(behaviour, { clock });
    const controller = new AbortController();
    const failed = failureOf(network.fetch(A, { signal: controller.signal }));
    await clock.advance(10);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await failed).toBe(reason);
    expect(clock.timers).toEqual([]);
    expect(network.log).toMatchObject([{ end: 'aborted' }]);
  });

  it('before the request is as one during it, and one of a Request’s own signal too', async () => {
    const network = networkOf('ok');
    const signal = AbortSignal.abort(new Error('enough'));
    expect(await failureOf(network.fetch(A, { signal }))).toMatchObject({ message: 'enough' });
    expect(await failureOf(network.fetch(new Request(A, { signal })))).toMatchObject({ message: 'enough' });
  });
});

describe('the log', () => {
  it('tells what was sent where, when, and how it ended', async () => {
    const clock = virtualClock(1_000);
    const network = networkOf('refuse', { clock });
    await failureOf(network.fetch(`${A}/one?q=1`, { headers: { 'X-It': 'is' } }));
    await clock.advance(50);
    await network.fetch(new Request(`${B}/two`, { method: 'POST', body: 'x' }));
    network.set(B, 'hang');
    void network.fetch(`${B}/three`);
    expect(network.log).toEqual([
      { host: A, method: 'GET', path: '/one?q=1', headers: { 'x-it': 'is' }, atMs: 1_000, end: 'failed' },
      expect.objectContaining({ host: B, method: 'POST', path: '/two', atMs: 1_050, end: 'answered' }),
      expect.objectContaining({ host: B, path: '/three', end: 'open' }),
    ]);
  });

  it('can be asked for one host, and for one path of it', async () => {
    const network = networkOf('ok');
    for (const url of [`${A}/x`, `${A}/y`, `${B}/x`]) await network.fetch(url);
    expect(network.sentTo(A).map(({ path }) => path)).toEqual(['/x', '/y']);
    expect(network.sentTo(B, '/y')).toEqual([]);
    expect(network.sentTo('https://b.example.com:8443/', '/x')).toHaveLength(1);
  });

  it('is a copy: what is done to it changes nothing', async () => {
    const network = networkOf('ok');
    await network.fetch(A);
    (network.log as unknown[]).length = 0;
    expect(network.log).toHaveLength(1);
  });
});

describe('a redirect', () => {
  it('is refused where the request says so, and handed out where not', async () => {
    const network = networkOf({ status: 302, headers: { location: B } });
    const error = await failureOf(network.fetch(A, { redirect: 'error' }));
    expect(error).toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { message: 'unexpected redirect' },
    });
    expect((await network.fetch(A)).status).toBe(302);
  });
});

describe('what can’t be meant is refused', () => {
  it.each<[string, unknown]>([
    ['an unknown word', 'refused'],
    ['a word of every object', 'constructor'],
    ['an unknown part', { stauts: 200 }],
    ['a status that no answer has', { status: 99 }],
    ['a wait without an end', { delayMs: Infinity }],
    ['an unknown end of a body', { bodyEnd: 'stalled' }],
    ['an unknown fault', { fault: 'standby' }],
  ])('%s', (_what, behaviour) => {
    expect(() => networkOf(behaviour as HostBehaviour)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('a host that is none, or that the network has not got', () => {
    expect(() => faultyNetwork({ hosts: { 'a.example.com': 'ok' } })).toThrow(
      expect.objectContaining({ code: 'INVALID_HOST' }),
    );
    expect(() => networkOf('ok').set('https://c.example.com', 'ok')).toThrow(
      expect.objectContaining({ code: 'UNLISTED_HOST' }),
    );
  });

  it('arguments that no fetch takes', async () => {
    expect(await failureOf(networkOf('ok').fetch('/relative'))).toBeInstanceOf(TypeError);
    expect(await failureOf(networkOf('ok').fetch(A, { headers: { 'bad name': '' } }))).toBeInstanceOf(TypeError);
  });
});
