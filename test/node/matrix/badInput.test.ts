import { describe, expect, it } from 'vitest';
import {
  createFailover,
  type FailoverOptions,
  type KeyValueStore,
  memoryStore,
  type RequestOptions,
  type SwitchoverError,
  wellKnownHosts,
} from '../../../src/index.node.ts';
import { useRig } from '../../rig/vitest.ts';
import { eventually, failureOf, recordEvents, serverOf, stateOf, useClients } from './clients.ts';
import { pour, strangeServer } from './strangeServer.ts';

const rig = useRig();
const client = useClients();
const hosts = ['https://a.example', 'https://b.example'];

function refusal(code: string): unknown {
  return expect.objectContaining({ name: 'SwitchoverError', code, remedy: expect.stringMatching(/\w/) });
}

/** Options as plain JavaScript would give them. */
function options(given: object): FailoverOptions {
  return given as FailoverOptions;
}

describe('a list of hosts is refused at once', () => {
  it.each<[string, string, object]>([
    ['when it is empty', 'NO_HOSTS', { hosts: [] }],
    ['when it has no active host', 'NO_HOSTS', { hosts: { active: [], standby: hosts } }],
    ['when it is missing', 'NO_HOSTS', {}],
    ['when it is null', 'NO_HOSTS', { hosts: null }],
    ['with an origin twice', 'DUPLICATE_HOST', { hosts: ['https://a.example', 'https://A.EXAMPLE:443/'] }],
    [
      'with an origin twice under two paths',
      'DUPLICATE_HOST',
      { hosts: ['https://a.example/x', 'https://a.example/y'] },
    ],
    ['with an active host that is a standby too', 'DUPLICATE_HOST', { hosts: { active: hosts, standby: hosts } }],
    ['with http to a host that is not local', 'INSECURE_HOST', { hosts: ['http://a.example'] }],
    ['with http to an address that only looks local', 'INSECURE_HOST', { hosts: ['http://localhost.example'] }],
    ['with another scheme', 'INVALID_HOST', { hosts: ['ftp://a.example'] }],
    ['with a user name', 'INVALID_HOST', { hosts: ['https://user:secret@a.example'] }],
    ['with a query', 'INVALID_HOST', { hosts: ['https://a.example/?x=1'] }],
    ['with no scheme', 'INVALID_HOST', { hosts: ['a.example'] }],
    ['with what is no text', 'INVALID_HOST', { hosts: [7] }],
    ['with a weight below zero', 'INVALID_OPTION', { hosts: [{ url: 'https://a.example', weight: -1 }] }],
    ['with a host whose option is unknown', 'INVALID_OPTION', { hosts: [{ url: 'https://a.example', wieght: 1 }] }],
    ['with a tier that is unknown', 'INVALID_OPTION', { hosts: { active: hosts, stanby: ['https://c.example'] } }],
    [
      'with a host whose option has the wrong type',
      'INVALID_OPTION',
      { hosts: [{ url: 'https://a.example', zone: 1 }] },
    ],
  ])('%s', (_when, code, given) => {
    expect(() => createFailover(options(given))).toThrow(refusal(code) as Error);
  });

  it('also when it comes later, and the old one stays', () => {
    const failover = client({ hosts });
    expect(() => failover.setHosts([])).toThrow(refusal('NO_HOSTS') as Error);
    expect(() => failover.setHosts([...hosts, ...hosts])).toThrow(refusal('DUPLICATE_HOST') as Error);
    expect(() => failover.setHosts(['http://a.example'])).toThrow(refusal('INSECURE_HOST') as Error);
    expect(() => failover.prefer('https://c.example')).toThrow(refusal('UNLISTED_HOST') as Error);
    expect(failover.status.hosts.map(({ origin }) => origin)).toEqual(hosts);
  });

  it('but not http where the owner allows it, or a password in the error', () => {
    expect(client({ hosts: ['http://a.example'], allowInsecure: true }).status.current).toBe('http://a.example');
    const secret = (): unknown => createFailover({ hosts: ['https://user:secret@a.example'] });
    expect(secret).not.toThrow(/secret/);
  });
});

describe('an option is refused at once', () => {
  it.each<[string, object]>([
    ['that is unknown', { retries: 3 }],
    ['that is unknown in a group', { retry: { attempt: 3 } }],
    ['that is unknown in another', { timeout: { attemptMS: 3 } }],
    ['that is unknown in a third', { probe: { interval: 3 } }],
    ['that is below zero', { retry: { attempts: -1 } }],
    ['that is no number', { timeout: { totalMs: '5s' } }],
    ['that is not a number at all', { ejection: { coolDownMs: Number.NaN } }],
    ['that is no known word', { failback: { proof: 'hope' } }],
    ['of the body', { bufferCapBytes: -1 }],
    ['of hedging', { hedge: { delay: 100 } }],
    ['of the budget', { budget: { capacity: '10' } }],
  ])('%s', (_which, given) => {
    expect(() => createFailover(options({ hosts, ...given }))).toThrow(refusal('INVALID_OPTION') as Error);
  });

  it.each<[string, string, object]>([
    ['that is unknown', 'INVALID_OPTION', { retries: 3 }],
    ['that is unknown in a group', 'INVALID_OPTION', { retry: { attempt: 3 } }],
    ['that is unknown in another', 'INVALID_OPTION', { timeout: { attemptMS: 3 } }],
    ['that is no number', 'INVALID_OPTION', { timeout: { totalMs: '5s' } }],
    ['that is below zero', 'INVALID_OPTION', { retry: { attempts: -1 } }],
    ['of hedging', 'INVALID_OPTION', { hedge: { delay: 100 } }],
    ['that pins it to a host that is not listed', 'UNLISTED_HOST', { pin: 'https://c.example' }],
  ])('of a request, %s, and nothing is sent', async (_which, code, given) => {
    const calls: unknown[] = [];
    const { fetch, http } = client({
      hosts,
      fetch: async (...call) => {
        calls.push(call);
        return new Response();
      },
    });
    expect(await failureOf(fetch('/x', { failover: given as RequestOptions }))).toEqual(refusal(code));
    expect(await failureOf(Promise.resolve(http.get('x', { failover: given as RequestOptions })))).toEqual(
      refusal(code),
    );
    expect(calls).toEqual([]);
  });

  it('of a source of hosts', () => {
    expect(() => wellKnownHosts({ allow: [] })).toThrow(refusal('INVALID_OPTION') as Error);
    expect(() => wellKnownHosts({ allow: hosts, refresh: 5 } as never)).toThrow(refusal('INVALID_OPTION') as Error);
  });
});

describe('a Retry-After of a year', () => {
  it.each([
    ['in seconds', '31536000'],
    ['as a date', 'Fri, 31 Dec 9999 23:59:59 GMT'],
  ])('%s keeps nobody waiting, and the host is avoided for an hour at most', async (_form, value) => {
    const mode = { kind: 'status', status: 503, headers: { 'retry-after': value } } as const;
    const [a, b] = [await rig.server({ name: 'a', mode }), await rig.server({ name: 'b' })];
    const alone = client({ hosts: [a.url] });
    const response = await alone.fetch('/work?id=1');
    expect(response.status).toBe(503);
    expect(a.counts().work).toBe(1);
    const failover = client({ hosts: [a.url, b.url] });
    expect(await serverOf(failover.fetch('/work?id=2'))).toBe('b');
    const [record] = failover.pool.state.hosts;
    const leftMs = (record?.busyUntilMs ?? 0) - performance.now();
    expect(leftMs).toBeGreaterThan(3_500_000);
    expect(leftMs).toBeLessThanOrEqual(3_600_000);
  });
});

describe('a health answer of 100 MB', () => {
  const quick: Partial<FailoverOptions> = {
    ejection: { coolDownMs: 50, coolDownSpread: 0 },
    probe: { timeoutMs: 10_000 },
  };

  it.each([
    ['says its length', true],
    ['hides its length', false],
  ])('that %s is read to 64 KiB at most, and its connection closed', async (_how, declared) => {
    let sentBytes = 0;
    let ill = true;
    const a = await strangeServer(rig, (request, response) => {
      if (!request.url?.startsWith('/healthz/')) return ill ? request.socket.destroy() : response.end('{}');
      if (declared) response.setHeader('content-length', 100_000_000);
      return pour(response, 100_000_000, (bytes) => (sentBytes += bytes));
    });
    const b = await rig.server({ name: 'b' });
    const failover = client({ hosts: [a.url, b.url], ...quick });
    for (let turn = 0; turn < 2; turn++) await failover.http.get('item/1').json();
    ill = false;
    await eventually('it was probed', () => failover.status.hosts[0]?.why === 'health answer too large');
    const seenBytes = sentBytes;
    expect(stateOf(failover, a.url)).not.toBe('up');
    failover.close();
    await eventually('the connection is closed', () => a.open === 0);
    // What is under way in the kernels of both sides counts as sent.
    expect(seenBytes).toBeLessThan(20_000_000);
  });
});

describe('a store', () => {
  const good = memoryStore();
  const stores: Readonly<Record<string, Partial<KeyValueStore>>> = {
    'holds what is no JSON': { get: () => '{"version":1,' },
    'holds another shape': { get: () => '{"version":1,"savedAtMs":1,"hosts":[{"origin":7}],"fence":[]}' },
    'holds another version': { get: () => '{"version":99}' },
    'holds a bomb of brackets': { get: () => '['.repeat(100_000) },
    'rejects when it is read': { get: () => Promise.reject(new Error('disk')) },
    'throws when it is read': {
      get: () => {
        throw new Error('SecurityError');
      },
    },
    'never answers when it is read': { get: () => new Promise<never>(() => {}) },
    'is full': { set: () => Promise.reject(new Error('QuotaExceededError')) },
    'throws when it is written': {
      set: () => {
        throw new Error('QuotaExceededError');
      },
    },
  };

  it.each(Object.entries(stores))('that %s stops nothing, and is told of', async (_name, broken) => {
    const dead = await rig.server({ name: 'a', mode: { kind: 'refused' } });
    const b = await rig.server({ name: 'b' });
    const failover = client({ hosts: [dead.url, b.url], storage: { ...good, ...broken } });
    const events = recordEvents(failover, 'warning', 'failover');
    for (let turn = 0; turn < 3; turn++) expect(await serverOf(failover.fetch('/work?id=1'))).toBe('b');
    expect(failover.status.current).toBe(b.url);
    await eventually('it is told of', () => events.some(({ name }) => name === 'warning'));
    const warnings = events.filter(({ name }) => name === 'warning').map(({ event }) => event as SwitchoverError);
    expect(warnings[0]).toEqual(refusal('STORAGE_FAILED'));
    // Not once for each request.
    expect(warnings.length).toBeLessThanOrEqual(3);
  });

  it('that holds a memory of other hosts, or of another age, is no reason for anything', async () => {
    const [a, b] = [await rig.server({ name: 'a' }), await rig.server({ name: 'b' })];
    const memory = (savedAtMs: number, origin: string): string => {
      const host = { origin, kind: 'ejected', why: 'refused', leftMs: 60_000, ejections: 3 };
      return JSON.stringify({ version: 1, savedAtMs, hosts: [host], fence: [] });
    };
    const texts = [
      memory(Date.now(), 'https://other.example'),
      memory(Date.now() - 700_000, a.url),
      memory(Date.now() + 3_600_000, a.url),
    ];
    for (const text of texts) {
      const failover = client({ hosts: [a.url, b.url], storage: { ...good, get: () => text } });
      const events = recordEvents(failover, 'warning');
      expect(await serverOf(failover.fetch('/work?id=1'))).toBe('a');
      expect(events).toEqual([]);
    }
  });
});
