import { describe, expect, it } from 'vitest';
import { createFetch } from '../../../src/http/createFetch.ts';
import { perRequest } from '../../../src/http/requestOptions.ts';
import { localFaults } from '../../../src/policy/rules/localFaults.ts';
import { silences } from '../../../src/policy/rules/silences.ts';
import { trials } from '../../../src/policy/rules/trials.ts';
import { readTopology } from '../../../src/policy/topology.ts';
import { HostPool, type PoolOptions } from '../../../src/runtime/hostPool.ts';
import { plainFault } from '../../../src/runtime/plainFault.ts';
import { platformNews } from '../../../src/runtime/platformNews.ts';
import { plainPorts } from '../../../src/runtime/systemPorts.ts';
import { faultyNetwork, type HostBehaviour, virtualClock } from '../../../src/testing/index.ts';

const A = 'https://a.example.com';
const B = 'https://b.example.com';

/** What `switchover/fetch` gives, in a world of its own. */
function smallWorld(hosts: Record<string, HostBehaviour> = {}, options: PoolOptions = {}) {
  const clock = virtualClock();
  const network = faultyNetwork({ hosts: { [A]: 'ok', [B]: 'ok', ...hosts }, clock });
  const ports = { ...plainPorts(), clock, fetch: network.fetch, random: () => 0.5 };
  const pool = new HostPool([A, B], options, ports);
  const told: string[] = [];
  for (const kind of ['failover', 'failback', 'switchover'] as const) pool.events.on(kind, () => told.push(kind));
  const fetch = createFetch(pool);
  return { clock, network, pool, told, fetch, ask: (init?: RequestInit) => clock.until(fetch('/api/me', init)) };
}

describe('a small pool', () => {
  it('fails over, probes the host that is down, and comes back once it is well', async () => {
    const w = smallWorld({ [A]: 'refuse' });
    // The second failure is met once there is a token for it again.
    for (let times = 0; times < 20; times++) expect((await w.ask()).status).toBe(200);
    expect([w.pool.status.current, w.told]).toEqual([B, ['failover']]);
    await w.clock.advance(30_000);
    expect(w.network.sentTo(A, '/healthz/ready').length).toBeGreaterThan(1);
    expect(w.pool.status.current).toBe(B);
    w.network.set(A, 'ok');
    await w.clock.advance(120_000);
    expect([w.pool.status.current, w.told]).toEqual([A, ['failover', 'failback']]);
  });

  it('asks the path that failed where there is no health endpoint, and any answer below 500 will do', async () => {
    const answers = { '/api/me': 503 };
    const noEndpoint: HostBehaviour = ({ url }) =>
      new Response(null, { status: answers[new URL(url).pathname as '/api/me'] ?? 404 });
    const w = smallWorld({ [A]: noEndpoint }, { budget: { capacity: 10 } });
    for (let times = 0; times < 3; times++) await w.ask();
    expect(w.pool.status.current).toBe(B);
    await w.clock.advance(60_000);
    expect(w.pool.status.hosts[0]?.state).not.toBe('up');
    answers['/api/me'] = 401;
    await w.clock.advance(180_000);
    expect(w.pool.status.current).toBe(A);
  });

  it('has probes that end in time where a host stays mute', async () => {
    const w = smallWorld({ [A]: 'hang' });
    const asked = w.fetch('/api/me');
    await w.clock.advance(10_000);
    expect((await asked).status).toBe(200);
    await w.clock.advance(60_000);
    expect(w.network.sentTo(A, '/healthz/ready').length).toBeGreaterThan(2);
  });

  it('needs no timer and no probe once it is closed', async () => {
    const w = smallWorld({ [A]: 'refuse' });
    for (let times = 0; times < 3; times++) await w.ask();
    w.pool.close();
    const sent = w.network.log.length;
    await w.clock.advance(600_000);
    expect(w.network.log).toHaveLength(sent);
  });

  it.each<[string, unknown, PoolOptions]>([
    ['an option of a rule', [A], { failback: { proof: 'request' } }],
    ['an unknown option', [A], { retires: 1 } as PoolOptions],
    ['a list of two tiers', { active: [A], standby: [B] }, {}],
    ['more of a host than its address', [{ url: A, weight: 2 }], {}],
  ])('refuses %s at once', (_what, hosts, options) => {
    const make = () => new HostPool(hosts as string[], options, plainPorts());
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', remedy: expect.any(String) }));
  });

  it.each([
    ['NO_HOSTS', []],
    ['DUPLICATE_HOST', [A, `${A}:443`]],
    ['INVALID_HOST', ['nonsense']],
    ['INSECURE_HOST', ['http://a.example.com']],
  ])('refuses with %s', (code, hosts) => {
    expect(() => new HostPool(hosts, {}, plainPorts())).toThrow(expect.objectContaining({ code }));
  });
});

describe('what a small pool leaves out comes back with its part', () => {
  it('a request’s own options', async () => {
    const w = smallWorld();
    await expect(w.ask({ failover: { pin: B } })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    expect(w.network.log).toEqual([]);
    await w.clock.until(createFetch(w.pool, { options: perRequest })('/api/me', { failover: { pin: B } }));
    expect(w.network.sentTo(B)).toHaveLength(1);
  });

  it('trials by live requests', async () => {
    const w = smallWorld({ [A]: 'refuse' }, { rules: [trials], failback: { proof: 'request', holdMs: 0 } });
    for (let times = 0; times < 3; times++) await w.ask();
    w.network.set(A, 'ok');
    await w.clock.advance(10_000);
    for (let times = 0; times < 3; times++) await w.ask();
    expect([w.pool.status.current, w.network.sentTo(A, '/healthz/ready')]).toEqual([A, []]);
  });

  it('faults of this side', () => {
    const listeners = new Set<(online: boolean) => void>();
    const connectivity = {
      isOnline: () => true,
      subscribe(listener: (online: boolean) => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const w = smallWorld({}, { rules: [silences, localFaults], parts: [platformNews], connectivity });
    for (const tell of listeners) tell(false);
    expect(w.pool.status.connectivity).toBe('offline');
    for (let times = 0; times < 9; times++) w.pool.report(A, { kind: 'failure', fault: 'network' }, 0, 0, null);
    expect(w.pool.status.hosts[0]?.state).toBe('up');
    w.pool.close();
    expect(listeners.size).toBe(0);
  });

  it('tiers, weights and zones', () => {
    const pool = new HostPool(
      { active: [A], standby: [{ url: B, zone: 'x' }] },
      { readHosts: readTopology },
      plainPorts(),
    );
    expect(pool.status.hosts).toMatchObject([{ tier: 'active' }, { tier: 'standby', zone: 'x' }]);
  });
});

describe('the plain reader of faults', () => {
  it.each(['Failed to fetch', 'Load failed', 'NetworkError when attempting to fetch resource.', 'fetch failed'])(
    'takes “%s” for the network, after which a request may have been processed',
    (message) => {
      expect(plainFault(new TypeError(message))).toBe('network');
    },
  );

  it.each([new TypeError('Invalid name'), new Error(''), 'fetch failed', null])(
    'takes %s for the caller’s',
    (error) => {
      expect(plainFault(error)).toBeNull();
    },
  );
});
