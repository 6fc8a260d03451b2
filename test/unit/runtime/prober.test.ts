import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../../src/policy/poolPolicy.ts';
import { judgeProbe } from '../../../src/policy/probeAnswer.ts';
import { everyRule } from '../../../src/policy/rules/everyRule.ts';
import { readTopology } from '../../../src/policy/topology.ts';
import { type ProbeOptions, probe } from '../../../src/runtime/prober.ts';
import { systemPorts } from '../../../src/runtime/systemPorts.ts';
import { type FaultyNetwork, faultyNetwork, type HostBehaviour, virtualClock } from '../../../src/testing/index.ts';
import { A, world } from './world.ts';

const READY = '/healthz/ready';
const only200: ProbeOptions['judge'] = ({ status }) => ({ healthy: status === 200, why: `http ${status}` });

const never = new AbortController().signal;

function setUp(behaviour: HostBehaviour, more: Partial<ProbeOptions> & { readonly health?: string } = {}) {
  const clock = virtualClock();
  const { health, ...rest } = more;
  const network = faultyNetwork({ hosts: { [A]: behaviour, 'https://a.example.com:9000': behaviour }, clock });
  const host = readTopology([health === undefined ? A : { url: A, health }], false).hosts[0];
  if (host === undefined) throw new Error('no host');
  const ports = { ...systemPorts(), clock, fetch: network.fetch };
  const policy = readPolicy({}, everyRule).probe;
  const run = () =>
    clock.until(probe(host, { ports, policy, failedPath: null, judge: only200, signal: never, ...rest }));
  return { clock, network, run };
}

const verdictOf = async (behaviour: HostBehaviour, more?: Parameters<typeof setUp>[1]) =>
  (await setUp(behaviour, more).run()).verdict;

const asked = (network: FaultyNetwork) => network.log.map(({ host, path }) => host.replace(A, '') + path);

describe('a probe', () => {
  it('asks the health path, without credentials or caches, and takes 200 for good', async () => {
    const seen: unknown[] = [];
    const { network, run } = setUp((request) => {
      seen.push([request.method, request.credentials, request.cache, request.redirect]);
      return new Response('ok');
    });
    expect((await run()).verdict).toEqual({ kind: 'good' });
    expect([asked(network), seen]).toEqual([[READY], [['GET', 'omit', 'no-store', 'error']]]);
  });

  it.each<[string, HostBehaviour, string]>([
    ['a status', { status: 503 }, 'http 503'],
    ['a status that is good elsewhere', { status: 204 }, 'http 204'],
    ['a refused connection', 'refuse', 'ECONNREFUSED'],
    ['a redirect', { status: 302, headers: { location: '/login' } }, 'unexpected redirect'],
    ['silence', 'hang', 'timeout'],
    ['a body that stalls', { body: 'o', bodyEnd: 'stall' }, 'timeout'],
    ['a body that breaks', { body: 'o', bodyEnd: 'break' }, 'UND_ERR_SOCKET'],
  ])('takes %s for bad, and says why', async (_what, behaviour, why) => {
    expect(await verdictOf(behaviour)).toMatchObject({ kind: 'bad', why });
  });

  it('waits as long as its time-out says, and leaves no timer', async () => {
    const slow = setUp({ delayMs: 1_999 });
    expect((await slow.run()).verdict).toEqual({ kind: 'good' });
    const mute = setUp('hang');
    await mute.run();
    expect([mute.clock.now(), mute.clock.timers, mute.network.log[0]?.end]).toEqual([2_000, [], 'aborted']);
    expect(slow.clock.timers).toEqual([]);
  });

  it('asks a host at the port and path that are its own, and nowhere else', async () => {
    const own = setUp('ok', { health: 'https://a.example.com:9000/live', failedPath: '/api/me' });
    expect((await own.run()).verdict).toEqual({ kind: 'good' });
    const missing = setUp({ status: 404 }, { health: '/live', failedPath: '/api/me' });
    expect((await missing.run()).verdict).toEqual({ kind: 'bad', why: 'http 404' });
    expect([asked(own.network), asked(missing.network)]).toEqual([[':9000/live'], ['/live']]);
  });
});

describe('where there is no health endpoint, the path that failed is asked', () => {
  const noEndpoint = (status: number, path = READY): HostBehaviour => {
    return (request) => new Response(null, { status: new URL(request.url).pathname === path ? 404 : status });
  };

  it.each([200, 302, 401, 403])('and any answer below 500 will do: %d', async (status) => {
    const { network, run } = setUp(noEndpoint(status), { failedPath: '/api/me?x=1' });
    expect((await run()).verdict).toEqual({ kind: 'good' });
    expect(asked(network)).toEqual([READY, '/api/me?x=1']);
  });

  it('and where none has failed, the answer that there is no such endpoint', async () => {
    expect(await verdictOf({ status: 404 })).toEqual({ kind: 'good' });
  });

  it('but an endpoint that the owner named is there, or its host is not well', async () => {
    const policy = { ...readPolicy({}, everyRule).probe, path: '/live' };
    const { network, run } = setUp({ status: 404 }, { policy, failedPath: '/api/me' });
    expect((await run()).verdict).toEqual({ kind: 'bad', why: 'http 404' });
    expect(asked(network)).toEqual(['/live']);
  });

  it('but a server’s fault is one', async () => {
    expect(await verdictOf(noEndpoint(502), { failedPath: '/api/me' })).toEqual({ kind: 'bad', why: 'http 502' });
  });

  it('and both of its answers’ bodies are let go', async () => {
    const cancelled: string[] = [];
    const { run } = setUp(
      ({ url }) => {
        const { pathname } = new URL(url);
        const body = new ReadableStream({ cancel: () => void cancelled.push(pathname) });
        return new Response(body, { status: pathname === READY ? 404 : 200 });
      },
      { failedPath: '/api/me' },
    );
    await run();
    expect(cancelled).toEqual([READY, '/api/me']);
  });
});

describe('a health answer', () => {
  it('is read up to 64 KiB: a longer one is cut off, let go, and bad', async () => {
    let sent = 0;
    let cancelled = 0;
    const endless = () =>
      new ReadableStream({
        pull(controller) {
          sent += 16_384;
          controller.enqueue(new Uint8Array(16_384));
        },
        cancel: () => void cancelled++,
      });
    const verdict = await verdictOf(() => new Response(endless()));
    expect(verdict).toEqual({ kind: 'bad', why: 'health answer too large' });
    expect([cancelled, sent <= 65_536 + 3 * 16_384]).toEqual([1, true]);
  });

  it('that says that it is too long is not read at all', async () => {
    let cancelled = 0;
    const body = () => new ReadableStream({ cancel: () => void cancelled++ });
    const headers = { 'content-length': '65537' };
    expect(await verdictOf(() => new Response(body(), { headers }))).toMatchObject({ why: 'health answer too large' });
    expect(cancelled).toBe(1);
  });

  it('of just 64 KiB is whole', async () => {
    expect(await verdictOf({ body: 'x'.repeat(65_536) })).toEqual({ kind: 'good' });
  });

  it.each<[string, HostBehaviour, string | null]>([
    ['Kubernetes’ verbose text', { body: '[+]ping ok\n[-]etcd failed: reason withheld\n' }, 'etcd failed'],
    ['Kubernetes’ verbose text, all well', { body: '[+]ping ok\nhealthz check passed\n' }, null],
    [
      'application/health+json',
      {
        headers: { 'content-type': 'application/health+json' },
        body: '{"status":"fail","checks":{"db":[{"status":"fail"}]}}',
      },
      'db',
    ],
  ])('is understood by the judge that createFailover has: %s', async (_what, behaviour, complaint) => {
    const verdict = await verdictOf(behaviour, { judge: judgeProbe });
    if (complaint === null) expect(verdict).toEqual({ kind: 'good' });
    else expect(verdict).toEqual({ kind: 'bad', why: expect.stringContaining(complaint) });
  });
});

describe('what a host says of itself beside its answer', () => {
  it.each<[HostBehaviour, string]>([
    ['standby', 'standby'],
    ['drain', 'draining'],
  ])('counts whatever its status: %s', async (behaviour, why) => {
    expect(await verdictOf(behaviour)).toEqual({ kind: 'inactive', why });
  });

  it('an epoch below one that was seen makes it inactive', async () => {
    const epoch = (number: number) => ({ 'switchover-role': 'active', 'switchover-epoch': `main; ${number}` });
    const w = world({ network: { [A]: 'refuse' } });
    w.answer(w.pool.hosts[1]?.origin ?? '', 200, { role: 'active', epoch: { cluster: 'main', number: 7 } });
    w.fail(A, 'refused');
    w.fail(A, 'refused');
    w.network.set(A, { headers: epoch(6) });
    await w.clock.advance(10_000);
    expect(w.pool.status.hosts[0]).toMatchObject({ state: 'inactive', why: 'stale epoch' });
    w.network.set(A, { headers: epoch(7) });
    await w.clock.advance(150_000);
    expect(w.pool.status.current).toBe(A);
  });
});
