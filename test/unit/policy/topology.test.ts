import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SwitchoverError } from '../../../src/policy/error.ts';
import type { HostList, HostSpec } from '../../../src/policy/hostList.ts';
import { type HostConfig, rankHosts, readTopology } from '../../../src/policy/topology.ts';

const A = 'https://a.example.com';
const B = 'https://b.example.com';
const C = 'https://c.example.com';

function codeOf(list: unknown, allowInsecure = false): string {
  try {
    readTopology(list as HostList, allowInsecure);
  } catch (error) {
    return error instanceof SwitchoverError ? error.code : `not ours: ${String(error)}`;
  }
  return 'accepted';
}

const healthOf = (spec: HostSpec, allowInsecure = false): string | null | undefined =>
  readTopology([spec], allowInsecure).hosts[0]?.health;

describe('a list of hosts', () => {
  it('keeps its order; the first serves, the others wait', () => {
    const { kind, hosts } = readTopology([A, { url: B }, C], false);
    expect(kind).toBe('priority');
    expect(hosts.map(({ origin, tier }) => [origin, tier])).toEqual([
      [A, 'active'],
      [B, 'standby'],
      [C, 'standby'],
    ]);
  });

  it('with active and standby hosts is shared out', () => {
    const { kind, hosts } = readTopology({ active: [A, { url: B, weight: 3, zone: 'eu' }], standby: [C] }, false);
    expect(kind).toBe('affinity');
    expect(hosts.map(({ tier, weight, zone }) => [tier, weight, zone])).toEqual([
      ['active', 1, null],
      ['active', 3, 'eu'],
      ['standby', 1, null],
    ]);
  });

  it.each<readonly [what: string, list: unknown]>([
    ['an empty list', []],
    ['no active host', { active: [] }],
    ['standbys alone', { active: [], standby: [A] }],
    ['an object without hosts', {}],
    ['nothing', undefined],
    ['null', null],
  ])('refuses %s', (_, list) => {
    expect(codeOf(list)).toBe('NO_HOSTS');
  });

  it.each<readonly [what: string, list: unknown]>([
    ['one origin twice', [A, A]],
    ['one origin in two spellings', [A, 'HTTPS://A.EXAMPLE.COM:443/']],
    ['one origin with two base paths', [`${A}/x`, `${A}/y`]],
    ['one origin as active and standby', { active: [A], standby: [A] }],
  ])('refuses %s', (_, list) => {
    expect(codeOf(list)).toBe('DUPLICATE_HOST');
  });

  it('refuses http to hosts that are not local, unless it is allowed', () => {
    expect(codeOf(['http://a.example.com'])).toBe('INSECURE_HOST');
    expect(codeOf(['http://a.example.com'], true)).toBe('accepted');
    expect(codeOf(['http://127.0.0.1:8080'])).toBe('accepted');
  });

  it.each([-1, Number.NaN, Infinity, '1', {}])('refuses the weight %s', (weight) => {
    expect(codeOf([{ url: A, weight }])).toBe('INVALID_OPTION');
  });

  it.each([0, 0.5, 1e9])('accepts the weight %s', (weight) => {
    expect(codeOf([{ url: A, weight }])).toBe('accepted');
  });

  it.each([null, undefined, 7, {}, [], 'a.example.com', { url: 7 }, { health: '/x' }])(
    'refuses %j for a host',
    (entry) => {
      expect(codeOf([entry])).toBe('INVALID_HOST');
    },
  );

  it('refuses what has no text to show, as a hosts document may bring it', () => {
    const strange = { toString: 1 };
    expect(codeOf([{ url: strange }])).toBe('INVALID_HOST');
    expect(codeOf([{ url: A, health: strange }])).toBe('INVALID_OPTION');
    expect(codeOf([{ url: A, weight: strange }])).toBe('INVALID_OPTION');
    expect(codeOf([{ url: A, zone: strange }])).toBe('INVALID_OPTION');
  });

  it('never fails otherwise than with its own error, whatever it is given', () => {
    const url = fc.oneof(fc.constantFrom(A, B, 'http://localhost:1', 'x'), fc.jsonValue());
    const spec = fc.record(
      { url, weight: fc.jsonValue(), zone: fc.jsonValue(), health: fc.jsonValue() },
      { requiredKeys: [] },
    );
    const entries = fc.array(fc.oneof(url, spec), { maxLength: 3 });
    const list = fc.oneof(
      entries,
      fc.record({ active: entries, standby: entries }, { requiredKeys: [] }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(list, (given) => {
        expect(codeOf(given)).not.toContain('not ours');
      }),
      { numRuns: 500 },
    );
  });
});

describe('where a host is probed', () => {
  it('is nowhere of its own unless it is said', () => {
    expect(healthOf({ url: A })).toBeNull();
  });

  it.each([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:9000/ready'],
    ['http://127.0.0.1:8080/base', 'http://127.0.0.1:9000/ready?verbose#x'],
    [A, 'https://a.example.com:8443'],
    [A, 'HTTPS://A.EXAMPLE.COM/ready'],
    ['https://[::1]:1', 'https://[0:0::1]:2/ready'],
  ])('of %s may be another port and path of it: %s', (url, health) => {
    const probed = new URL(healthOf({ url, health }) ?? '');
    expect(probed.hostname).toBe(new URL(url).hostname);
    expect(probed.href).toBe(new URL(health).href);
  });

  it.each([
    'https://b.example.com/ready',
    'https://a.example.com.evil.net/ready',
    'https://evil.net/a.example.com',
    'ftp://a.example.com/ready',
    'data:,ok',
    'javascript:1',
  ])('is never another host, nor another scheme: %s', (health) => {
    expect(codeOf([{ url: A, health }])).toBe('INVALID_OPTION');
  });

  it.each([
    'https://a.example.com@evil.net/',
    'https://user:pw@a.example.com/',
    'https://a.example.com\\@evil.net/',
    'https://evil.net\\.a.example.com/',
    'https:///a.example.com/',
    'https://',
    'https:a.example.com',
    ' https://evil.net/',
    '\thttps://evil.net/',
    'ht\ntps://evil.net/',
    'h\u0000ttps://evil.net/',
  ])('is not what two parsers read in two ways: %j', (health) => {
    expect(codeOf([{ url: A, health }])).toMatch(/^INVALID_(OPTION|HOST)$/);
  });

  it('is not asked in the clear where the host is not', () => {
    expect(codeOf([{ url: A, health: 'http://a.example.com:9000/ready' }])).toBe('INSECURE_HOST');
    expect(codeOf([{ url: A, health: 'http://a.example.com:9000/ready' }], true)).toBe('accepted');
  });

  it.each(['/ready', '/ready?next=https://evil.net/', '//evil.net/ready', '/\\evil.net', '/../ready', '/@evil.net'])(
    'as a path stays on its host, below its base path: %s',
    (health) => {
      const given = healthOf({ url: `${A}/base`, health });
      const probed = new URL(given?.startsWith('/') ? `${A}/base${given}` : String(given));
      expect(probed.origin).toBe(A);
    },
  );

  it('whatever it is made of, it is on its host, as URL parsers see it', () => {
    const part = fc.constantFrom('https:', 'http:', '/', '\\', '@', ':', '.', '9000', '?', '#', 'evil.net', '\t', '\n');
    const host = fc.constant('a.example.com');
    fc.assert(
      fc.property(fc.array(fc.oneof(part, host), { maxLength: 8 }), (parts) => {
        const spec = { url: A, health: parts.join('') };
        if (codeOf([spec], true) !== 'accepted') return;
        expect(new URL(String(healthOf(spec, true))).hostname).toBe('a.example.com');
      }),
      { numRuns: 1000 },
    );
  });
});

const names = (tier: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `https://${tier}${at}.example.com`);
const actives = names('active', 5);
const standbys = names('standby', 3);
const clients = Array.from({ length: 12_000 }, (_, at) => `client ${at}`);
const shared = readTopology({ active: actives, standby: standbys }, false);

/** How many of `keys` each host is the choice of. */
function tally(keys: readonly string[], choice: (key: string) => string | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) {
    const origin = choice(key) ?? 'none';
    counts.set(origin, (counts.get(origin) ?? 0) + 1);
  }
  return counts;
}

const choiceWithout = (down: ReadonlySet<string>) => (key: string) =>
  rankHosts(shared, key, null).find((origin) => !down.has(origin));

describe('the order of hosts', () => {
  it('of a plain list is the same for everybody', () => {
    const plain = readTopology([C, A, B], false);
    for (const key of clients.slice(0, 50)) expect(rankHosts(plain, key, 'eu')).toEqual([C, A, B]);
  });

  it('names each host once: its own active one, then the standbys, then the other actives', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.constantFrom('eu', 'us')), (key, zone) => {
        const order = rankHosts(shared, key, zone);
        expect([...order].sort()).toEqual([...actives, ...standbys].sort());
        expect(actives).toContain(order[0]);
        expect(order.slice(1, 4).sort()).toEqual(standbys);
      }),
    );
  });

  it('spreads clients evenly over the active hosts', () => {
    const counts = tally(clients, choiceWithout(new Set()));
    expect([...counts.keys()].sort()).toEqual(actives);
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(2400 * 0.9);
      expect(count).toBeLessThan(2400 * 1.1);
    }
  });

  it.each(actives)('when %s fails, only its own clients move, evenly over the standbys', (failed) => {
    const earlier = choiceWithout(new Set());
    const later = choiceWithout(new Set([failed]));
    const moved = clients.filter((key) => earlier(key) !== later(key));
    expect(moved).toEqual(clients.filter((key) => earlier(key) === failed));
    const counts = tally(moved, later);
    expect([...counts.keys()].sort()).toEqual(standbys);
    const share = moved.length / standbys.length;
    for (const count of counts.values()) expect(Math.abs(count - share)).toBeLessThan(share * 0.15);
  });

  it('when two fail, nobody else moves, and no standby is spared', () => {
    const down = new Set(actives.slice(1, 3));
    const earlier = choiceWithout(new Set());
    const later = choiceWithout(down);
    expect(clients.filter((key) => !down.has(earlier(key) ?? '') && earlier(key) !== later(key))).toEqual([]);
    const counts = tally(
      clients.filter((key) => down.has(earlier(key) ?? '')),
      later,
    );
    expect([...counts.keys()].sort()).toEqual(standbys);
  });

  it('when all standbys are gone as well, spreads over the other actives', () => {
    const down = new Set([...standbys, ...actives.slice(0, 1)]);
    const own = clients.filter((key) => choiceWithout(new Set())(key) === actives[0]);
    const counts = tally(own, choiceWithout(down));
    expect([...counts.keys()].sort()).toEqual(actives.slice(1));
    for (const count of counts.values()) expect(count).toBeGreaterThan((own.length / 4) * 0.8);
  });

  it('of a client does not change when another host joins, except for that host', () => {
    const larger = readTopology({ active: [...actives, A], standby: standbys }, false);
    for (const key of clients.slice(0, 2000)) {
      const own = rankHosts(larger, key, null)[0];
      expect([A, rankHosts(shared, key, null)[0]]).toContain(own);
    }
  });

  it('gives a host its share by weight', () => {
    const weighed = readTopology({ active: [A, { url: B, weight: 3 }] }, false);
    const count = tally(clients, (key) => rankHosts(weighed, key, null)[0]).get(B) ?? 0;
    expect(Math.abs(count - 9000)).toBeLessThan(300);
  });

  it('gives a host of weight 0 no clients while another one is there', () => {
    const weighed = readTopology({ active: [{ url: A, weight: 0 }, B] }, false);
    expect([...tally(clients, (key) => rankHosts(weighed, key, null)[0]).keys()]).toEqual([B]);
  });

  it("puts the hosts of a client's own zone first within each tier", () => {
    const zoned = (url: string, zone: string): HostSpec => ({ url, zone });
    const topology = readTopology(
      { active: [zoned(A, 'eu'), zoned(B, 'us')], standby: [zoned(C, 'us'), zoned('https://d.example.com', 'eu')] },
      false,
    );
    const zoneOf = (origin: string) => topology.hosts.find((host: HostConfig) => host.origin === origin)?.zone;
    for (const key of clients.slice(0, 200)) {
      expect(rankHosts(topology, key, 'us').map(zoneOf)).toEqual(['us', 'us', 'eu', 'eu']);
      expect(rankHosts(topology, key, 'eu').map(zoneOf)).toEqual(['eu', 'eu', 'us', 'us']);
    }
  });

  it('does not depend on the order in which the hosts were listed', () => {
    const reversed = readTopology({ active: [...actives].reverse(), standby: [...standbys].reverse() }, false);
    for (const key of clients.slice(0, 500))
      expect(rankHosts(reversed, key, null)).toEqual(rankHosts(shared, key, null));
  });
});
