import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hostIn, left, withHost } from '../../../../src/policy/rememberedHealth.ts';
import { navigationResponder } from '../../../../src/serviceWorker/navigation/navigation.ts';
import { A, B, C, type FakeWorker, fakeWorker, type Saying } from './fakeWorker.ts';

const isProbe = ({ url }: Request): boolean => url.endsWith('/switchover-health.txt');
const page = (text: string, init?: ResponseInit): Response => new Response(text, init);
const dead = (): Error => new TypeError('Failed to fetch');

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** What the browser shows: the body, or where it is sent. */
async function shown({ site, navigate }: FakeWorker, path = '/x'): Promise<string> {
  const answering = navigationResponder(site)(navigate(path));
  await vi.runAllTimersAsync();
  const answer = await answering;
  return answer?.headers.get('location') ?? (await answer?.text()) ?? '';
}

/** By origin: how pages are answered, and whether the probe is good. */
function network(hosts: Readonly<Record<string, readonly [page: () => Saying, probe?: () => Saying]>>) {
  return (request: Request): Saying => {
    const [ofPages, ofProbes = () => page('ok')] = hosts[new URL(request.url).origin] ?? [dead, dead];
    return isProbe(request) ? ofProbes() : ofPages();
  };
}

describe('a navigation', () => {
  test('whose connection breaks is tried once more where the host says that it is well', async () => {
    const answers: Saying[] = [dead(), page('a')];
    const worker = fakeWorker(
      { mode: 'transparent' },
      network({ [A]: [() => answers.shift() ?? dead()], [B]: [() => page('b')] }),
    );
    expect(await shown(worker)).toBe('a');
    expect(worker.moves()).toEqual([]);
    expect(hostIn(worker.health(), A).kind).toBe('up');
  });

  test('that breaks twice is not tried for ever', async () => {
    const worker = fakeWorker({ mode: 'redirect' }, network({ [A]: [dead], [B]: [() => page('b')] }));
    expect(await shown(worker, '/x?y=1')).toBe(`${B}/x?y=1`);
    expect(worker.asked.filter(({ url }) => url === `${A}/x?y=1`).length).toBe(2);
    expect(hostIn(worker.health(), A)).toMatchObject({ kind: 'ejected', why: 'network' });
  });

  test('that somebody has given up says nothing of the host', async () => {
    const control = new AbortController();
    const worker = fakeWorker({ mode: 'redirect' }, network({ [A]: [dead], [B]: [() => page('b')] }));
    control.abort();
    const answer = await navigationResponder(worker.site)(worker.navigate('/', { signal: control.signal }));
    expect(answer?.type).toBe('error');
    expect(worker.health().hosts).toEqual([]);
    expect(worker.moves()).toEqual([]);
  });

  test('waits beyond the wary limit for a host that is slow and well, and not for one that is gone', async () => {
    const slow = () => 'silent' as const;
    for (const [probe, limitMs] of [
      [() => page('ok'), 5_000],
      [dead, 2_000],
    ] as const) {
      const worker = fakeWorker({}, network({ [A]: [slow, probe] }));
      worker.site.known.note(worker.navigate('/'), A, (host) => left(host, 'dead', 60_000));
      const startedMs = Date.now();
      expect(await shown(worker)).toBe('offline ');
      expect(Date.now() - startedMs).toBe(limitMs);
    }
  });

  test('gets to a slow host in the end: whoever was sent away twice is not sent away again', async () => {
    let comes: (answer: Response) => void = () => {};
    const late = new Promise<Response>((resolve) => {
      comes = resolve;
    });
    const worker = fakeWorker({ navigationMs: 100 }, network({ [A]: [() => 'silent'] }));
    expect(await shown(worker)).toBe('offline ');
    expect(await shown(worker)).toBe('offline ');
    vi.stubGlobal('fetch', async (input: string | Request) => (typeof input === 'string' ? page('ok') : late));
    const answering = navigationResponder(worker.site)(worker.navigate('/x'));
    await vi.advanceTimersByTimeAsync(60_000);
    comes(page('a, late'));
    expect(await (await answering)?.text()).toBe('a, late');
  });

  test.each([500, 501, 505])(
    'that the app answers with %i is shown as it is where no backup is better',
    async (status) => {
      const broken = () => page(`own ${status}`, { status });
      const alone = fakeWorker({ mode: 'redirect' }, network({ [A]: [broken], [B]: [dead, dead] }));
      expect(await shown(alone)).toBe(`own ${status}`);
      const both = fakeWorker({ mode: 'transparent' }, network({ [A]: [broken], [B]: [broken] }));
      expect(await shown(both)).toBe(`own ${status}`);
      const plain = fakeWorker({ mode: 'offline-page' }, network({ [A]: [broken], [B]: [() => page('b')] }));
      expect(await shown(plain)).toBe(`own ${status}`);
    },
  );

  test('takes a session along by the offline page, away and back', async () => {
    const options = { mode: 'redirect', handoff: '/handoff' } as const;
    const away = fakeWorker(options, network({ [A]: [dead], [B]: [() => page('b')] }));
    expect(await shown(away)).toBe('offline ');
    // The same worker on the backup's side: B is wanted more than A here.
    const back = fakeWorker({ ...options, hosts: [B, A] }, network({ [A]: [() => page('a')], [B]: [() => page('b')] }));
    const site = { ...back.site, own: back.site.config.hosts[1] as (typeof back.site)['own'], others: [back.site.own] };
    site.known.note(back.navigate('/'), B, (host) => ({ ...host, kind: 'holding', leftMs: 0 }));
    expect(await shown({ ...back, site })).toBe(`offline ${B}`);
    // It has to prove itself anew before anybody is led there again.
    expect(hostIn(back.health(), B)).toMatchObject({ kind: 'ejected', ejections: 1 });
    expect(await shown({ ...back, site })).toBe('a');
  });
});

/** Bytes without an end. */
const endless = () => new ReadableStream({ pull: (sink) => sink.enqueue(new Uint8Array(8_192)) });

describe('a backup', () => {
  const options = { mode: 'redirect', hosts: [A, B, C] } as const;

  test.each<readonly [string, () => Saying]>([
    ['a captive portal', () => page('<h1>Sign in</h1>')],
    ['an error', () => page('ok', { status: 500 })],
    ['a standby', () => page('ok', { headers: { 'switchover-role': 'standby' } })],
    ['a draining host', () => page('ok', { headers: { 'switchover-role': 'draining' } })],
    ['silence', () => 'silent'],
    ['an answer without an end', () => new Response(endless())],
  ])('that answers its probe like %s is not gone to', async (_, probe) => {
    const worker = fakeWorker(
      options,
      network({ [A]: [dead, dead], [B]: [() => page('b'), probe], [C]: [() => page('c')] }),
    );
    expect(await shown(worker)).toBe(`${C}/x`);
  });

  test('is the best that is well, and is asked as nobody, without following anybody', async () => {
    const worker = fakeWorker(options, network({ [A]: [dead, dead], [B]: [() => page('b')], [C]: [() => page('c')] }));
    expect(await shown(worker)).toBe(`${B}/x`);
    for (const probe of worker.asked.filter(isProbe)) {
      expect(probe).toMatchObject({ credentials: 'omit', redirect: 'error', cache: 'no-store' });
      expect(probe.signal.aborted).toBe(true);
    }
  });

  test.each<readonly [string, () => Saying]>([
    ['is silent', () => 'silent'],
    ['breaks', dead],
    ['is an error', () => page('b', { status: 500 })],
  ])('whose page %s is passed over for the next one', async (_, ofPages) => {
    const hosts = network({ [A]: [dead, dead], [B]: [ofPages], [C]: [() => page('c')] });
    expect(await shown(fakeWorker({ ...options, mode: 'transparent' }, hosts))).toBe('c');
    const none = network({ [A]: [dead, dead], [B]: [ofPages], [C]: [ofPages] });
    expect(await shown(fakeWorker({ ...options, mode: 'transparent' }, none))).toBe('offline ');
  });

  test('is looked for before a host is asked that is known to be out', async () => {
    const worker = fakeWorker(options, network({ [A]: [dead, dead], [B]: [() => page('b')] }));
    worker.site.known.note(worker.navigate('/'), A, (host) => left(host, 'dead', 60_000));
    expect(await shown(worker)).toBe(`${B}/x`);
    expect(worker.asked.filter(({ url }) => url === `${A}/x`)).toEqual([]);
    expect(withHost(worker.health(), A, (host) => host)).toBe(worker.health());
  });
});
