import { describe, expect, it, vi } from 'vitest';
import { createFetch } from '../../../src/http/createFetch.ts';
import { discovery } from '../../../src/runtime/discovery.ts';
import type { FoundHosts, HostSource } from '../../../src/runtime/ports.ts';
import { wellKnownHosts } from '../../../src/runtime/wellKnown.ts';
import type { HostBehaviour } from '../../../src/testing/index.ts';
import { A, B, C, letter, world } from './world.ts';

const PATH = '/.well-known/switchover.json';
const allow = ['https://*.example.com'];
const document = (body: unknown): HostBehaviour => ({ body: JSON.stringify(body) });
const listed = ({ pool }: ReturnType<typeof world>) => pool.hosts.map(({ origin }) => letter(origin)).join('');

/** A source that gives one thing after the other. */
function source(...answers: (FoundHosts | null | Error)[]): HostSource & { readonly load: ReturnType<typeof vi.fn> } {
  const load = vi.fn(() => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
  return { load, refreshMs: 300_000 } as never;
}

async function looking(from: HostSource, options: Parameters<typeof world>[0] = {}) {
  const w = world({ parts: [discovery(from)], ...options });
  await w.clock.advance(0);
  return w;
}

describe('discovery', () => {
  it('brings the hosts that a source finds, at once and at each look after', async () => {
    const w = await looking(source({ hosts: [A, C] }, { hosts: [C] }));
    expect(listed(w)).toBe('ac');
    await w.clock.advance(330_000);
    expect([listed(w), w.told.filter((event) => event.startsWith('hosts'))]).toEqual(['c', ['hosts ac', 'hosts c']]);
  });

  it('looks again after the refresh time, spread by a tenth', async () => {
    for (const [random, soonest, latest] of [
      [0, 270_000, 270_000],
      [0.999, 329_000, 330_000],
    ] as const) {
      const w = await looking(source(null), { random: () => random });
      expect(w.clock.timers).toHaveLength(1);
      expect(w.clock.timers[0]?.delayMs).toBeGreaterThanOrEqual(soonest);
      expect(w.clock.timers[0]?.delayMs).toBeLessThanOrEqual(latest);
    }
  });

  it('keeps the list where a source fails, tells of it, and asks again soon, with growing pauses', async () => {
    const broken = source(new Error('broken'));
    const w = await looking(broken, { random: () => 0.999 });
    const pauses: number[] = [];
    for (let i = 0; i < 12; i++) {
      const pauseMs = w.clock.timers[0]?.delayMs ?? -1;
      pauses.push(pauseMs);
      await w.clock.advance(pauseMs);
    }
    expect([listed(w), w.told.every((event) => event === 'DISCOVERY_REFUSED'), w.told.length]).toEqual([
      'ab',
      true,
      13,
    ]);
    expect(pauses[0]).toBeLessThanOrEqual(2_000);
    expect(pauses.every((pauseMs, i) => pauseMs >= (pauses[i - 1] ?? 0) && pauseMs <= 300_000)).toBe(true);
    expect(pauses.at(-1)).toBeGreaterThan(250_000);
  });

  it('keeps the list where what a source found is no list', async () => {
    const w = await looking(source({ hosts: ['ftp://c.example.com'] }, { hosts: [A, C] }));
    expect([listed(w), w.news()]).toEqual(['ab', ['INVALID_HOST']]);
    await w.clock.advance(5_000);
    expect(listed(w)).toBe('ac');
  });

  it('looks at once, spread, for a generation that a server tells of, once for each, and takes only what the source brings', async () => {
    const from = source({ hosts: [A, B], generation: 3 }, { hosts: [A, B, C], generation: 5 });
    const w = await looking(from);
    for (const old of [3, 2]) w.pool.onGeneration?.(old);
    await w.clock.advance(2_000);
    expect(from.load).toHaveBeenCalledTimes(1);
    w.pool.onGeneration?.(5);
    expect(w.clock.timers).toEqual([expect.objectContaining({ delayMs: 1_000, background: true })]);
    await w.clock.advance(1_000);
    expect([listed(w), from.load.mock.calls.length]).toEqual(['abc', 2]);
    // The source knows nothing of it: that is no reason to ask again and again.
    for (let i = 0; i < 5; i++) {
      w.pool.onGeneration?.(9);
      await w.clock.advance(2_000);
    }
    expect(from.load).toHaveBeenCalledTimes(3);
  });

  it('is not put off for ever by servers that tell of ever higher generations', async () => {
    const from = source({ hosts: [A], generation: 1 });
    const w = await looking(from);
    for (let generation = 2; generation < 42; generation++) {
      w.pool.onGeneration?.(generation);
      await w.clock.advance(100);
    }
    expect(from.load.mock.calls.length).toBeGreaterThan(2);
    expect(from.load.mock.calls.length).toBeLessThan(6);
  });

  it('ends a look that takes longer than five seconds, and does not take what comes of it later', async () => {
    let late = (_found: FoundHosts) => {};
    const signals: AbortSignal[] = [];
    const load = (signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<FoundHosts>((resolve) => {
        late = resolve;
      });
    };
    const w = await looking({ load, refreshMs: 300_000 });
    await w.clock.advance(5_000);
    expect([signals[0]?.aborted, w.told]).toEqual([true, ['DISCOVERY_REFUSED']]);
    late({ hosts: [C] });
    await w.clock.advance(0);
    expect(listed(w)).toBe('ab');
  });

  it('ends with the pool: no look, no timer, no warning after', async () => {
    const signals: AbortSignal[] = [];
    const load = vi.fn((signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<FoundHosts>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const w = await looking({ load, refreshMs: 1_000 });
    w.pool.close();
    await w.clock.advance(60_000);
    expect([signals[0]?.aborted, load.mock.calls.length, w.told, w.clock.timers]).toEqual([true, 1, [], []]);
  });

  it('leaves no listener at the pool’s signal, however often it looks', async () => {
    const added = vi.spyOn(AbortSignal.prototype, 'addEventListener');
    const removed = vi.spyOn(AbortSignal.prototype, 'removeEventListener');
    try {
      const w = await looking(source(null));
      const of = (spy: { mock: { contexts: unknown[] } }) =>
        spy.mock.contexts.filter((signal) => signal === w.pool.signal).length;
      const before = of(added) - of(removed);
      for (let i = 0; i < 5; i++) await w.clock.advance(330_000);
      expect(of(added)).toBeGreaterThan(5);
      expect(of(added) - of(removed)).toBe(before);
    } finally {
      added.mockRestore();
      removed.mockRestore();
    }
  });

  it('lets requests wait for hosts where the list is empty', async () => {
    let found = (_: FoundHosts) => {};
    const load = () =>
      new Promise<FoundHosts>((resolve) => {
        found = resolve;
      });
    const w = await looking({ load, refreshMs: 300_000 }, { list: [] });
    const fetch = createFetch(w.pool);
    const asked = fetch('/api/me');
    await w.clock.advance(1_000);
    expect(w.network.log).toEqual([]);
    found({ hosts: [C] });
    expect((await w.clock.until(asked)).status).toBe(200);
    expect(w.network.sentTo(C, '/api/me')).toHaveLength(1);
  });

  it('lets requests fail with NO_HOSTS where it found none', async () => {
    const w = await looking(source(new Error('broken')), { list: [] });
    await expect(createFetch(w.pool)('/api/me')).rejects.toMatchObject({ code: 'NO_HOSTS' });
  });
});

describe('hosts from a document', () => {
  const from = (behaviour: HostBehaviour) =>
    looking(wellKnownHosts({ allow }), { network: { [A]: behaviour, [B]: behaviour } });

  it('are asked of the listed hosts, without credentials, and come as a list or as active and standby', async () => {
    const seen: unknown[] = [];
    const w = await from((request) => {
      seen.push([request.credentials, request.redirect, new URL(request.url).pathname]);
      return Response.json({ generation: 1, hosts: [A, C] });
    });
    expect([listed(w), seen]).toEqual(['ac', [['omit', 'error', PATH]]]);
    const tiers = await from(document({ generation: 1, active: [{ url: A, weight: 2 }], standby: [C] }));
    expect(tiers.pool.hosts).toMatchObject([
      { origin: A, tier: 'active', weight: 2 },
      { origin: C, tier: 'standby' },
    ]);
  });

  it('are never rolled back: only a higher generation counts', async () => {
    const w = await from(document({ generation: 7, hosts: [A, C] }));
    w.network.set(A, document({ generation: 6, hosts: [A, B] }));
    await w.clock.advance(330_000);
    w.network.set(A, document({ generation: 7, hosts: [A, B] }));
    await w.clock.advance(330_000);
    expect(listed(w)).toBe('ac');
    w.network.set(A, document({ generation: 8, hosts: [A, B] }));
    await w.clock.advance(330_000);
    expect([listed(w), w.told]).toEqual(['ab', ['hosts ac', 'hosts ab']]);
  });

  it('of one source serve two pools', async () => {
    const shared = wellKnownHosts({ allow });
    const network = { [A]: document({ generation: 3, hosts: [A, C] }) };
    expect(listed(await looking(shared, { network }))).toBe('ac');
    expect(listed(await looking(shared, { network }))).toBe('ac');
  });

  it('that were refused by the pool are asked for again, with the same generation', async () => {
    const w = await from(document({ generation: 3, hosts: [A, A] }));
    expect([listed(w), w.news()]).toEqual(['ab', ['DUPLICATE_HOST']]);
    w.network.set(A, document({ generation: 3, hosts: [A, C] }));
    await w.clock.advance(5_000);
    expect(listed(w)).toBe('ac');
  });

  it.each<[string, HostBehaviour]>([
    ['names a host that is not allowed', document({ generation: 1, hosts: [A, 'https://evil.test'] })],
    ['names one in the standbys', document({ generation: 1, active: [A], standby: ['https://evil.test'] })],
    ['names one that only looks allowed', document({ generation: 1, hosts: ['https://a.example.com@evil.test'] })],
    ['is not JSON', { body: '<html>' }],
    ['is no object', document([A, C])],
    ['has no generation', document({ hosts: [A, C] })],
    ['has a generation that is none', document({ generation: -1, hosts: [A, C] })],
    ['has no hosts', document({ generation: 1, hosts: [] })],
    ['has hosts that are none', document({ generation: 1, hosts: [7] })],
    ['is larger than 64 KiB', document({ generation: 1, hosts: [A, C], more: 'x'.repeat(65_536) })],
    ['is not there', { status: 404 }],
    ['comes by a redirect', { status: 302, headers: { location: 'https://evil.test' } }],
    ['stalls', { body: '{', bodyEnd: 'stall' }],
  ])('are refused as a whole where it %s: a warning, and the list stays', async (_what, behaviour) => {
    const w = await from(behaviour);
    await w.clock.advance(5_000);
    expect([listed(w), w.told[0]]).toEqual(['ab', 'DISCOVERY_REFUSED']);
  });

  it('come from the next host where one is down or mute', async () => {
    const well = document({ generation: 1, hosts: [B, C] });
    for (const fault of ['refuse', 'hang'] as const) {
      const w = await looking(wellKnownHosts({ allow }), { network: { [A]: fault, [B]: well } });
      await w.clock.advance(4_000);
      expect(listed(w)).toBe('bc');
    }
  });

  it('need an allow-list', () => {
    expect(() => wellKnownHosts({ allow: [] })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
