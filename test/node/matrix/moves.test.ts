import { describe, expect, it } from 'vitest';
import type { Connectivity, FailoverOptions, HostMove } from '../../../src/index.node.ts';
import type { Server } from '../../rig/cluster.ts';
import { useRig } from '../../rig/vitest.ts';
import { sleep } from '../../rig/wait.ts';
import { countingFetch, eventually, recordEvents, serverOf, stateOf, useClients } from './clients.ts';
import { startTraffic } from './traffic.ts';

const rig = useRig();
const client = useClients();
const post = { method: 'POST', body: 'text' };

/** Everything that takes seconds by default takes a moment. */
const QUICK: Partial<FailoverOptions> = {
  ejection: { coolDownMs: 200, coolDownSpread: 0 },
  probe: { periodMs: 100, inactivePeriodMs: 100 },
  failback: { holdMs: 500 },
};

async function servers(...names: string[]): Promise<Server[]> {
  return Promise.all(names.map((name) => rig.server({ name })));
}

describe('failback', () => {
  it('comes after two good probes and a hold, with its events in order and without a failed request', async () => {
    const [a, b] = (await servers('a', 'b')) as [Server, Server];
    // The longest hold that can be drawn.
    const failover = client({ hosts: [a.url, b.url], ...QUICK, random: () => 0.999 });
    const events = recordEvents(failover, 'failover', 'health', 'failback', 'switchover');
    const times: Record<string, number> = {};
    failover.on('health', ({ state }) => (times[state] = Date.now()));
    const traffic = startTraffic(failover);
    await eventually('a answers', () => traffic.answers.includes('a'));
    await a.kill();
    await eventually('b answers', () => traffic.answers.includes('b'));
    const [diedPid, sentBefore] = [a.pid, a.counts().work];
    await a.restart();
    await eventually('a has its client back', () => failover.status.current === a.url);
    await eventually('a answers again', () => traffic.answers.at(-1) === 'a');
    await traffic.stop();

    expect(traffic.failures).toEqual([]);
    const names = events.map(({ name, event }) => {
      const { kind, state } = event as { kind?: string; state?: string };
      return name === 'health' ? state : `${name} ${kind}`;
    });
    // Each probe of a host that is still down sends it back to its cool-down.
    expect(names.join(', ')).toMatch(
      /^ejected, failover failover, (half-open, ejected, )*half-open, holding, up, failback failback$/,
    );
    const moves = events.filter(({ name }) => name !== 'health').map(({ event }) => event as HostMove);
    expect(moves).toMatchObject([
      { from: a.url, to: b.url, cause: expect.stringMatching(/refused|reset/) },
      { from: b.url, to: a.url, cause: 'recovered' },
    ]);
    expect(moves[0]?.tookMs).toBeGreaterThan(0);

    const later = a.counts().received.filter(({ pid }) => pid !== diedPid);
    const first = later.findIndex(({ path }) => !path.startsWith('/healthz/'));
    expect(later.slice(0, first).map(({ path }) => path)).toEqual(['/healthz/ready', '/healthz/ready']);
    expect(sentBefore).toBeGreaterThan(0);
    // A timer may be a millisecond early.
    expect((times['up'] ?? 0) - (times['holding'] ?? 0)).toBeGreaterThanOrEqual(495);
  });

  it('does not come while the host is alive and not ready', async () => {
    const [a, b] = (await servers('a', 'b')) as [Server, Server];
    const probe = { ...QUICK.probe, requestsPerProbe: 0 };
    const failover = client({ hosts: [a.url, b.url], ...QUICK, probe });
    await a.kill();
    await failover.http.get('item/1').json();
    await failover.http.get('item/1').json();
    await a.restart({ settings: { checks: { ping: true, database: false } } });
    await eventually('a was probed often', () => a.counts().probes >= 3);
    await eventually('it is said why', () => failover.status.hosts[0]?.why?.includes('database failed') === true);
    expect(failover.status.current).toBe(b.url);
    expect(a.counts().work).toBe(0);
    await a.configure({ checks: { ping: true, database: true } });
    await eventually('a has its client back', () => failover.status.current === a.url);
  });

  it('may be proven by live requests, one at a time, where the owner says so', async () => {
    const [a, b] = (await servers('a', 'b')) as [Server, Server];
    const failover = client({ hosts: [a.url, b.url], ...QUICK, failback: { holdMs: 0, proof: 'request' } });
    await a.kill();
    await failover.http.get('item/1').json();
    await failover.http.get('item/1').json();
    expect(stateOf(failover, a.url)).toBe('ejected');
    await a.restart();
    const traffic = startTraffic(failover);
    await eventually('a has its client back', () => failover.status.current === a.url);
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    expect(a.counts().probes).toBe(0);
  });
});

describe('a drain', () => {
  it('moves all clients within its window, spread over it, and without a failed request', async () => {
    const [a, b] = (await servers('a', 'b')) as [Server, Server];
    const clients = Array.from({ length: 20 }, () => client({ hosts: [a.url, b.url] }));
    const movedAtMs: number[] = [];
    for (const failover of clients) {
      failover.on('switchover', ({ cause }) => {
        if (cause === 'draining') movedAtMs.push(performance.now());
      });
    }
    // Nothing that is sent may be sent twice.
    const traffics = clients.map((failover) => startTraffic(failover, post, 20));
    await eventually('everybody is at work', () => traffics.every(({ answers }) => answers.length > 1));
    const beganMs = performance.now();
    await a.mode({ kind: 'draining', retryWindowS: 1, endAfterMs: 4_000 });
    await eventually('everybody has moved', () => movedAtMs.length === clients.length);
    expect(await a.exited).toEqual({ code: 0, signal: null });
    for (const traffic of traffics) await traffic.stop();

    expect(traffics.flatMap(({ failures }) => failures)).toEqual([]);
    expect(traffics.every(({ answers }) => answers.at(-1) === 'b')).toBe(true);
    expect(Math.max(...movedAtMs) - Math.min(...movedAtMs)).toBeGreaterThan(200);
    expect(Math.max(...movedAtMs) - beganMs).toBeLessThan(3_000);
    const worked = [...a.processed().values(), ...b.processed().values()];
    expect(Math.max(...worked)).toBe(1);
  });

  it('without a window moves at the next answer, and what is under way comes to its end', async () => {
    const [a, b] = (await servers('a', 'b')) as [Server, Server];
    const failover = client({ hosts: [a.url, b.url] });
    const slow = failover.fetch('/slow?ms=700', post);
    await eventually('it is under way', () => a.counts().work === 1);
    await a.mode({ kind: 'draining' });
    expect(await serverOf(failover.fetch('/work?id=1', post))).toBe('a');
    expect(await serverOf(failover.fetch('/work?id=2', post))).toBe('b');
    expect(await serverOf(slow)).toBe('a');
    expect(failover.status).toMatchObject({ current: b.url, hosts: [{ state: 'inactive', why: 'draining' }, {}] });
  });

  it('is over when the host says that it serves again', async () => {
    const [a, b] = (await servers('a', 'b')) as [Server, Server];
    const failover = client({ hosts: [a.url, b.url], ...QUICK });
    await a.mode({ kind: 'draining' });
    await failover.http.get('item/1').json();
    expect(failover.status.current).toBe(b.url);
    await a.mode({ kind: 'ok' });
    await eventually('a has its client back', () => failover.status.current === a.url);
  });
});

describe('the epoch fence', () => {
  it('keeps clients off a host that has lost its role without knowing it, until it leads again', async () => {
    const a = await rig.server({ name: 'a', settings: { role: 'active', epoch: 'main;7' } });
    const b = await rig.server({ name: 'b', mode: { kind: 'standby' }, settings: { epoch: 'main;7' } });
    const failover = client({ hosts: [a.url, b.url], ...QUICK });
    expect(await serverOf(failover.fetch('/work?id=1'))).toBe('a');
    // A is cut off, and B takes over.
    await a.freeze();
    await b.mode({ kind: 'ok' });
    await b.configure({ role: 'active', epoch: 'main;8' });
    const answer = failover.fetch('/work?id=2', { failover: { timeout: { attemptMs: 300 } } });
    expect(await serverOf(answer)).toBe('b');
    // A is back, and still takes itself for the active one.
    await a.thaw();
    await eventually('it is seen that A is behind', () => failover.status.hosts[0]?.why === 'stale epoch');
    expect(stateOf(failover, a.url)).toBe('inactive');
    const { work, probes } = a.counts();
    for (let turn = 0; turn < 5; turn++) expect(await serverOf(failover.fetch('/work?id=3'))).toBe('b');
    await eventually('A is looked at again', () => a.counts().probes > probes + 2);
    expect(failover.status.current).toBe(b.url);
    expect(a.counts().work).toBe(work);
    await a.configure({ epoch: 'main;9' });
    await eventually('A leads again', () => failover.status.current === a.url);
    expect(await serverOf(failover.fetch('/work?id=4'))).toBe('a');
  });
});

describe('a standby that names the active host', () => {
  it('is followed to any listed host, and to no other', async () => {
    const [a, b, c, stranger] = (await servers('a', 'b', 'c', 'stranger')) as [Server, Server, Server, Server];
    const hosts = [a.url, b.url, c.url];
    await a.mode({ kind: 'standby', active: c.url });
    expect(await serverOf(client({ hosts }).fetch('/work?id=1', post))).toBe('c');
    await a.mode({ kind: 'standby', active: stranger.url });
    expect(await serverOf(client({ hosts }).fetch('/work?id=2', post))).toBe('b');
    await b.configure({ role: 'active', active: stranger.url });
    const failover = client({ hosts });
    for (let turn = 0; turn < 3; turn++) await failover.http.get('item/1').json();
    expect(failover.status.current).toBe(b.url);
    expect(stranger.counts()).toMatchObject({ connections: 0, requests: 0 });
  });
});

describe('an outage of all hosts', () => {
  it('is outlived by requests that have time left, each worked on once', async () => {
    const [a, b] = (await servers('a', 'b')) as [Server, Server];
    const { fetch, sent } = countingFetch();
    const failover = client({ hosts: [a.url, b.url], fetch });
    await a.kill();
    await b.kill();
    const ids = Array.from({ length: 10 }, (_, index) => `${index}`);
    const answeredAtMs: number[] = [];
    const send = async (id: string): Promise<string> => {
      const name = await serverOf(failover.fetch(`/work?id=${id}`, post));
      answeredAtMs.push(performance.now());
      return name;
    };
    const answers = Promise.all(ids.map(send));
    await sleep(1_500);
    // Paced: not a storm of attempts on hosts that are down.
    expect(sent.length).toBeLessThan(ids.length * 40);
    await b.restart();
    expect(new Set(await answers)).toEqual(new Set(['b']));
    expect(ids.map((id) => b.processed().get(id))).toEqual(ids.map(() => 1));
    // The first to find a host that is back calls all the others, whatever the pauses that they had drawn.
    expect(Math.max(...answeredAtMs) - Math.min(...answeredAtMs)).toBeLessThan(1_500);
    // All failed at once: that is taken for a fault of this side, and held against nobody.
    expect(stateOf(failover, b.url)).toBe('up');
  });

  it('ends with a clear error when the time is over', async () => {
    const [a, b] = (await servers('a', 'b')) as [Server, Server];
    await a.kill();
    await b.kill();
    const failover = client({ hosts: [a.url, b.url], timeout: { totalMs: 700 } });
    const error = await failover.fetch('/work?id=1').catch((failure: unknown) => failure);
    expect(error).toMatchObject({ name: 'SwitchoverError', code: 'TIMEOUT', remedy: expect.any(String) });
    const { attempts } = error as { attempts: { host: string; cause: string; tookMs: number }[] };
    expect(new Set(attempts.map(({ host }) => host))).toEqual(new Set([a.url, b.url]));
    expect(new Set(attempts.map(({ cause }) => cause))).toEqual(new Set(['refused']));
  });
});

describe('offline', () => {
  it('holds nothing against a host, and goes on at once when the network is back', async () => {
    const [a, b] = (await servers('a', 'b')) as [Server, Server];
    const network = switchable();
    // Pauses grow to many seconds: only the word of the platform can end one early.
    const failover = client({
      hosts: [a.url, b.url],
      connectivity: network,
      random: () => 0.999,
      retry: { backoffBaseMs: 25_000, backoffCapMs: 25_000 },
    });
    const events = recordEvents(failover, 'connectivity', 'failover', 'health');
    await a.mode({ kind: 'refused' });
    await b.mode({ kind: 'refused' });
    network.set(false);
    expect(failover.status.connectivity).toBe('offline');
    const answers = Promise.all([1, 2, 3].map((id) => serverOf(failover.fetch(`/work?id=${id}`, post))));
    await sleep(500);
    expect(failover.status.hosts.map(({ state }) => state)).toEqual(['up', 'up']);
    await a.mode({ kind: 'ok' });
    const beganMs = performance.now();
    network.set(true);
    expect(await answers).toEqual(['a', 'a', 'a']);
    expect(performance.now() - beganMs).toBeLessThan(10_000);
    expect(events.map(({ name, event }) => `${name} ${String(event)}`)).toEqual([
      'connectivity offline',
      'connectivity online',
    ]);
  });
});

describe('the owner', () => {
  it('moves clients by prefer and by a new list, as planned moves', async () => {
    const [a, b, c] = (await servers('a', 'b', 'c')) as [Server, Server, Server];
    const failover = client({ hosts: [a.url, b.url] });
    const events = recordEvents(failover, 'failover', 'switchover', 'failback');
    failover.prefer(b.url);
    expect(await serverOf(failover.fetch('/work?id=1'))).toBe('b');
    failover.prefer(null);
    expect(await serverOf(failover.fetch('/work?id=2'))).toBe('a');
    failover.setHosts([c.url]);
    expect(await serverOf(failover.fetch('/work?id=3'))).toBe('c');
    expect(events.map(({ name, event }) => [name, (event as HostMove).to])).toEqual([
      ['switchover', b.url],
      ['failback', a.url],
      ['switchover', c.url],
    ]);
  });
});

/** What a platform says of its network, in the hand of a test. */
function switchable(): Connectivity & { set(online: boolean): void } {
  const listeners = new Set<(online: boolean) => void>();
  let now = true;
  return {
    isOnline: () => now,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(online) {
      now = online;
      for (const listener of listeners) listener(online);
    },
  };
}
