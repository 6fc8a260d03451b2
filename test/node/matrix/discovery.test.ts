import { describe, expect, it } from 'vitest';
import {
  type FailoverOptions,
  type HostSource,
  type SwitchoverError,
  wellKnownHosts,
} from '../../../src/index.node.ts';
import { useRig } from '../../rig/vitest.ts';
import { sleep } from '../../rig/wait.ts';
import { eventually, failureOf, recordEvents, serverOf, useClients } from './clients.ts';
import { pour, type StrangeServer, sayJson, strangeServer } from './strangeServer.ts';

const rig = useRig();
const client = useClients();
const LOCAL = ['http://*.localhost', 'http://127.0.0.1'];
const PATH = '/.well-known/switchover.json';

/** A host that serves a document, and answers everything else. */
async function hostWith(name: string, document: () => unknown): Promise<StrangeServer> {
  return strangeServer(rig, (request, response) => {
    if (request.url !== PATH) return sayJson(response, { server: name });
    const value = document();
    if (value === undefined) response.writeHead(404).end();
    else if (typeof value === 'string') response.end(value);
    else sayJson(response, value);
  });
}

/** Lets a document name just these. */
function from(allow: readonly string[], refreshMs = 50): Pick<FailoverOptions, 'discovery'> {
  return { discovery: wellKnownHosts({ allow, refreshMs }) };
}

const listed = (failover: { status: { hosts: readonly { origin: string }[] } }): string[] =>
  failover.status.hosts.map(({ origin }) => origin);

describe('a well-known document', () => {
  it('brings hosts that take over when the first one dies', async () => {
    const b = await rig.server({ name: 'b' });
    const a = await rig.server({ name: 'a' });
    const documents = await hostWith('documents', () => ({ generation: 1, hosts: [a.url, b.url] }));
    const failover = client({ hosts: [documents.url], ...from([a.url, b.url]) });
    const changes = recordEvents(failover, 'hosts');
    await eventually('the list is there', () => listed(failover).join() === [a.url, b.url].join());
    expect(changes[0]?.event).toEqual([a.url, b.url]);
    expect(await serverOf(failover.fetch('/work?id=1'))).toBe('a');
    await a.kill();
    expect(await serverOf(failover.fetch('/work?id=2'))).toBe('b');
  });

  it('may come from any listed host: one that is dead, mute or without it is passed over', async () => {
    const dead = await rig.server({ name: 'dead', mode: { kind: 'refused' } });
    const mute = await rig.server({ name: 'mute', mode: { kind: 'mute' } });
    const without = await hostWith('without', () => undefined);
    const hosts = [dead.url, mute.url, without.url];
    // What a later version may say of a host is passed over.
    const standby = () => [{ url: last.url, weight: 2, colour: 'green' }];
    const last = await hostWith('last', () => ({ generation: 1, active: hosts, standby: standby() }));
    const failover = client({ hosts: [...hosts, last.url], probe: { timeoutMs: 300 }, ...from([...hosts, last.url]) });
    await eventually(
      'the document is read',
      () => failover.status.hosts[3]?.tier === 'standby' && last.asked.includes(PATH),
    );
  });

  it('of an older generation changes nothing', async () => {
    let document = { generation: 7, hosts: [] as string[] };
    const a = await hostWith('a', () => document);
    const b = await rig.server({ name: 'b' });
    document.hosts = [a.url, b.url];
    const failover = client({ hosts: [a.url], ...from([a.url, b.url]) });
    const events = recordEvents(failover, 'hosts', 'warning');
    await eventually('the list is there', () => listed(failover).length === 2);
    const { length } = a.asked;
    document = { generation: 6, hosts: [a.url] };
    await eventually('it is read again', () => a.asked.length > length + 2);
    expect(listed(failover)).toEqual([a.url, b.url]);
    document = { generation: 8, hosts: [b.url] };
    await eventually('the new list is there', () => listed(failover).join() === b.url);
    expect(events.map(({ name }) => name)).toEqual(['hosts', 'hosts']);
  });

  it('that names a host outside the allow-list is refused whole, and nothing goes there', async () => {
    const [b, stranger] = [await rig.server({ name: 'b' }), await rig.server({ name: 'stranger' })];
    const a = await hostWith('a', () => ({ generation: 1, hosts: [stranger.url, b.url] }));
    const failover = client({ hosts: [a.url], ...from([a.url, b.url]) });
    const events = recordEvents(failover, 'warning', 'hosts');
    await eventually('it is refused', () => events.length > 0);
    expect(events[0]).toMatchObject({
      name: 'warning',
      event: { name: 'SwitchoverError', code: 'DISCOVERY_REFUSED', message: expect.stringContaining(stranger.url) },
    });
    expect(await serverOf(failover.fetch('/work?id=1'))).toBe('a');
    expect(listed(failover)).toEqual([a.url]);
    expect(stranger.counts().connections).toBe(0);
  });

  it.each<[string, unknown]>([
    ['is no JSON', '<html>'],
    ['is no object', '7'],
    ['has no generation', { hosts: ['http://127.0.0.1:1'] }],
    ['has a generation that is no number', { generation: '7', hosts: ['http://127.0.0.1:1'] }],
    ['has an empty list', { generation: 1, hosts: [] }],
    ['has a list of numbers', { generation: 1, hosts: [1, 2] }],
    ['names a host twice', { generation: 1, hosts: ['http://127.0.0.1', 'http://127.0.0.1'] }],
    ['names what is no host', { generation: 1, hosts: ['nonsense'] }],
    ['is missing everywhere', undefined],
  ])('that %s is refused, told of, and changes nothing', async (_what, document) => {
    const a = await hostWith('a', () => document);
    const failover = client({ hosts: [a.url], ...from(LOCAL) });
    const events = recordEvents(failover, 'warning', 'hosts');
    await eventually('it is refused', () => events.length > 0);
    expect(events[0]).toMatchObject({ name: 'warning', event: { name: 'SwitchoverError' } });
    expect(listed(failover)).toEqual([a.url]);
    expect(await serverOf(failover.fetch('/work?id=1'))).toBe('a');
  });

  it('of 100 MB is read to 64 KiB, and its connection closed', async () => {
    let sentBytes = 0;
    const a = await strangeServer(rig, (_request, response) =>
      pour(response, 100_000_000, (bytes) => (sentBytes += bytes)),
    );
    const failover = client({ hosts: [a.url], ...from(LOCAL, 60_000) });
    const events = recordEvents(failover, 'warning');
    await eventually('it is refused', () => events.length > 0);
    failover.close();
    await eventually('the connection is closed', () => a.open === 0);
    // What is under way in the kernels of both sides counts as sent.
    expect(sentBytes).toBeLessThan(20_000_000);
  });

  it('is not asked for any more once the client is closed', async () => {
    const a = await hostWith('a', () => ({ generation: 1, hosts: [a.url] }));
    const failover = client({ hosts: [a.url], ...from([a.url]) });
    await eventually('it is asked for', () => a.asked.length > 2);
    failover.close();
    await sleep(50);
    const { length } = a.asked;
    await sleep(300);
    expect(a.asked.length).toBe(length);
  });
});

describe('a source of hosts', () => {
  it('is waited for by the first requests where the list is empty', async () => {
    const a = await rig.server({ name: 'a' });
    const source: HostSource = {
      refreshMs: 60_000,
      load: async () => {
        await sleep(300);
        return { hosts: [a.url] };
      },
    };
    const failover = client({ hosts: [], discovery: source });
    expect(await Promise.all([1, 2].map((id) => serverOf(failover.fetch(`/work?id=${id}`))))).toEqual(['a', 'a']);
    expect(await failover.http.get('item/1').json()).toMatchObject({ server: 'a' });
  });

  it('that fails is asked again soon, though its hosts are to be looked for only now and then', async () => {
    const a = await rig.server({ name: 'a' });
    let looks = 0;
    const source: HostSource = {
      refreshMs: 3_600_000,
      load: async () => {
        if (++looks < 3) throw new Error('not yet');
        return { hosts: [a.url] };
      },
    };
    const failover = client({ hosts: [], discovery: source });
    const events = recordEvents(failover, 'warning');
    expect(await failureOf(failover.fetch('/work?id=1'))).toMatchObject({ code: 'NO_HOSTS' });
    await eventually('the host is found', () => listed(failover).length === 1);
    expect(await serverOf(failover.fetch('/work?id=2'))).toBe('a');
    expect(events.map(({ event }) => (event as SwitchoverError).code)).toEqual([
      'DISCOVERY_REFUSED',
      'DISCOVERY_REFUSED',
    ]);
  });

  it('is told to stop when the client is closed', async () => {
    const signals: AbortSignal[] = [];
    const source: HostSource = {
      refreshMs: 60_000,
      load: (signal) => {
        signals.push(signal);
        return new Promise<never>(() => {});
      },
    };
    const failover = client({ hosts: ['https://a.example'], discovery: source });
    const events = recordEvents(failover, 'warning');
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    failover.close();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await sleep(50);
    expect(events).toEqual([]);
  });
});
