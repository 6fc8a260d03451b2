import { beforeEach, describe, expect, it } from 'vitest';
import { type SrvOptions, srvHosts } from '../../../src/node/srv.ts';
import type { SrvRecord } from '../../../src/node/srvOrder.ts';
import type { HostSource } from '../../../src/runtime/ports.ts';
import { useRig } from '../../rig/vitest.ts';
import { type DnsServer, startDnsServer } from './dnsServer.ts';

const NAME = '_https._tcp.chat.example.com';
const rig = useRig();
let dns: DnsServer;

beforeEach(async () => {
  dns = rig.owns(await startDnsServer());
});

const record = (name: string, priority = 0, weight = 0, port = 443): SrvRecord => ({ name, port, priority, weight });
const never = new AbortController().signal;
const noAsk = () => Promise.reject(new Error('SRV asks no hosts.'));

function source(options: Partial<SrvOptions> = {}) {
  return srvHosts({ name: NAME, resolver: dns.resolver(), random: () => 0.5, ...options });
}

const look = async (hosts: HostSource) => (await hosts.load(never, noAsk))?.hosts;
const load = (options?: Partial<SrvOptions>) => look(source(options));

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );
}

describe('hosts from service records', () => {
  it('are those of the lowest priority as actives with their weights, and the others as standbys in order', async () => {
    dns.records.set(NAME, [
      record('c.chat.example.com', 20, 0),
      record('a.chat.example.com', 10, 60),
      record('d.chat.example.com', 30, 5, 8443),
      record('b.chat.example.com', 10, 20, 8443),
    ]);
    expect(await load()).toEqual({
      active: [
        { url: 'https://a.chat.example.com', weight: 60 },
        { url: 'https://b.chat.example.com:8443', weight: 20 },
      ],
      standby: [
        { url: 'https://c.chat.example.com', weight: 1 },
        { url: 'https://d.chat.example.com:8443', weight: 5 },
      ],
    });
  });

  it('are asked for by name, whatever its case and with a dot at its end or not', async () => {
    dns.records.set(NAME, [record('chat.example.com')]);
    await load({ name: '_HTTPS._TCP.Chat.Example.COM.' });
    expect(dns.asked.get(NAME)).toBe(1);
  });

  it('are http where that was said', async () => {
    dns.records.set(NAME, [record('chat.example.com', 0, 0, 80), record('chat.example.com', 0, 0, 8080)]);
    const urls = ['http://chat.example.com', 'http://chat.example.com:8080'];
    const hosts = await load({ scheme: 'http' });
    expect(hosts).toEqual({ active: urls.map((url) => ({ url, weight: 1 })), standby: [] });
  });

  it('that are named twice in two spellings are one', async () => {
    dns.records.set(NAME, [record('A.chat.example.com', 1, 2), record('a.chat.EXAMPLE.com', 1, 3)]);
    expect(await load()).toEqual({ active: [{ url: 'https://a.chat.example.com', weight: 5 }], standby: [] });
  });

  it('may have names with a dot at their end, as some resolvers write them', async () => {
    const resolver = { resolveSrv: async () => [record('a.chat.example.com.')] };
    expect(await load({ resolver })).toMatchObject({ active: [{ url: 'https://a.chat.example.com' }] });
  });

  it('are looked up anew each time', async () => {
    const hosts = source();
    dns.records.set(NAME, [record('a.chat.example.com')]);
    await look(hosts);
    dns.records.set(NAME, [record('b.chat.example.com')]);
    expect(await look(hosts)).toMatchObject({ active: [{ url: 'https://b.chat.example.com' }] });
  });

  it('are looked up every five minutes, or as said', () => {
    expect(source().refreshMs).toBe(300_000);
    expect(source({ refreshMs: 1_000 }).refreshMs).toBe(1_000);
  });
});

describe('records are refused as a whole', () => {
  const REFUSED = { name: 'SwitchoverError', code: 'DISCOVERY_REFUSED' };

  it('where they say that the service is not available', async () => {
    dns.records.set(NAME, [record('.')]);
    expect(await failure(load())).toMatchObject({ ...REFUSED, message: expect.stringContaining('not available') });
    const resolver = { resolveSrv: async () => [record('')] };
    expect(await failure(load({ resolver }))).toMatchObject(REFUSED);
  });

  it('but not where only one of them says so', async () => {
    dns.records.set(NAME, [record('.'), record('a.chat.example.com', 5)]);
    expect(await load()).toMatchObject({ active: [{ url: 'https://a.chat.example.com' }], standby: [] });
  });

  it('where there are none, or more than 64', async () => {
    expect(await failure(load({ resolver: { resolveSrv: async () => [] } }))).toMatchObject(REFUSED);
    const many = (count: number) => Array.from({ length: count }, (_, at) => record(`h${at}.chat.example.com`));
    const resolver = (count: number) => ({ resolveSrv: async () => many(count) });
    expect(await load({ resolver: resolver(64) })).toMatchObject({ active: { length: 64 } });
    expect(await failure(load({ resolver: resolver(65) }))).toMatchObject(REFUSED);
  });

  it.each(['evil.test', 'evilchat.example.com', 'chat.example.com.evil.test', 'example.com', '127.0.0.1'])(
    'where one names %s, which is not of the domain',
    async (name) => {
      dns.records.set(NAME, [record('a.chat.example.com'), record(name)]);
      expect(await failure(load())).toMatchObject({ ...REFUSED, message: expect.stringContaining(name) });
    },
  );

  it('where one names a server that the list of allowed ones has not got', async () => {
    const allow = ['https://*.example.net', 'https://one.example.org:8443'];
    dns.records.set(NAME, [record('a.example.net'), record('one.example.org', 1, 0, 8443)]);
    expect(await load({ allow })).toMatchObject({
      active: [{ url: 'https://a.example.net' }],
      standby: [{ url: 'https://one.example.org:8443' }],
    });
    for (const other of [record('a.chat.example.com'), record('one.example.org'), record('a.example.net', 0, 0, 444)]) {
      dns.records.set(NAME, [other]);
      expect(await failure(load({ allow }))).toMatchObject(REFUSED);
    }
  });

  it.each(['a/b.chat.example.com', 'user@chat.example.com', 'a b.chat.example.com', 'ä.chat.example.com', '[::1]'])(
    'where one names %s, which is no name of a server',
    async (name) => {
      const resolver = { resolveSrv: async () => [record(name)] };
      expect(await failure(load({ resolver }))).toMatchObject(REFUSED);
    },
  );

  it('where one has no port', async () => {
    dns.records.set(NAME, [record('a.chat.example.com', 0, 0, 0)]);
    expect(await failure(load())).toMatchObject(REFUSED);
  });
});

describe('a look', () => {
  it('rejects with the resolver’s own error where the name does not exist', async () => {
    expect(await failure(load())).toMatchObject({ code: 'ENOTFOUND', syscall: 'querySrv' });
  });

  it('ends with its signal while no name server answers', async () => {
    dns.records.set(NAME, 'silent');
    const controller = new AbortController();
    const looking = failure(source().load(controller.signal, noAsk));
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await looking).toBe(reason);
    expect(await failure(source().load(controller.signal, noAsk))).toBe(reason);
  });

  it('asks the system’s name servers where nothing else was said, and ends with its signal', async () => {
    const controller = new AbortController();
    const looking = failure(srvHosts({ name: '_https._tcp.chat.invalid' }).load(controller.signal, noAsk));
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await looking).toBe(reason);
  });

  it('leaves no listener at a signal that lives on', async () => {
    dns.records.set(NAME, [record('a.chat.example.com')]);
    const { signal } = new AbortController();
    let listeners = 0;
    const watched = Object.create(signal, {
      aborted: { value: false },
      throwIfAborted: { value: () => {} },
      addEventListener: { value: () => (listeners += 1) },
      removeEventListener: { value: () => (listeners -= 1) },
    }) as AbortSignal;
    await source().load(watched, noAsk);
    expect(listeners).toBe(0);
  });
});

describe('options', () => {
  it.each<[string, Partial<SrvOptions>]>([
    ['chat.example.com', { name: 'chat.example.com' }],
    ['no name', { name: '' }],
    ['a name without a domain', { name: '_https._tcp' }],
    ['a name with a path', { name: '_https._tcp.a/b' }],
    ['a scheme', { scheme: 'wss' as never }],
    ['an empty allow-list', { allow: [] }],
    ['a refresh of nothing', { refreshMs: 0 }],
    ['an unknown option', { names: [] } as Partial<SrvOptions>],
  ])('refuse %s', (_what, options) => {
    expect(() => source(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
