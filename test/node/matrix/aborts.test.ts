import { describe, expect, it } from 'vitest';
import type { Failover, FailoverOptions } from '../../../src/index.node.ts';
import type { Server } from '../../rig/cluster.ts';
import type { Mode } from '../../rig/protocol.ts';
import { useRig } from '../../rig/vitest.ts';
import { sleep } from '../../rig/wait.ts';
import { countingFetch, eventually, failureOf, stateOf, useClients } from './clients.ts';

const rig = useRig();
const client = useClients();

/** Long enough for a request that should not be sent to be seen. */
const AFTERMATH_MS = 300;

/** What a request meets while it is aborted. */
interface Moment {
  readonly mode: Mode;
  readonly options?: Partial<FailoverOptions>;
  readonly init?: () => RequestInit;
  /** How far it must have come before it is aborted. */
  reached(seen: { readonly server: Server; readonly sent: readonly string[] }): boolean;
  /** How often it was sent by then, and for good. */
  readonly sends: number;
}

const begun = ({ server }: { server: Server }): boolean => server.counts().work > 0;
const endless = (): RequestInit => ({ method: 'POST', body: new ReadableStream(), duplex: 'half' }) as RequestInit;
/** The longest backoff that there is. */
const patient: Partial<FailoverOptions> = { random: () => 0.999, retry: { backoffBaseMs: 20_000 } };

const MOMENTS: Readonly<Record<string, Moment>> = {
  'while its body is read into the buffer': { mode: { kind: 'ok' }, init: endless, reached: () => true, sends: 0 },
  'while an attempt is under way': { mode: { kind: 'mute' }, reached: begun, sends: 1 },
  'while it waits to try again': {
    mode: { kind: 'refused' },
    options: patient,
    reached: ({ sent }) => sent.length === 1,
    sends: 1,
  },
  'while it waits for as long as Retry-After says': {
    mode: { kind: 'status', status: 429, headers: { 'retry-after': '20' } },
    reached: begun,
    sends: 1,
  },
  'while its answer is read': { mode: { kind: 'stalledBody' }, reached: begun, sends: 1 },
  'while the rest of a broken answer is waited for': {
    mode: { kind: 'resetMidBody' },
    options: patient,
    reached: begun,
    sends: 1,
  },
};

describe('an abort', () => {
  for (const [moment, { mode, options, init, reached, sends }] of Object.entries(MOMENTS)) {
    it(`rejects with the signal's own reason and sends nothing more: ${moment}`, async () => {
      const server = await rig.server({ name: 'a', mode });
      const { fetch, sent } = countingFetch();
      const failover = client({ hosts: [server.url], fetch, ...options });
      const abort = new AbortController();
      const reason = { mine: true };
      const failure = failureOf(
        failover.fetch('/work?id=1', { ...init?.(), signal: abort.signal }).then((response) => response.text()),
      );
      await eventually('it has come so far', () => reached({ server, sent }));
      // What was sent has come to its end, and the wait after it has begun.
      await sleep(AFTERMATH_MS);
      const beganMs = performance.now();
      abort.abort(reason);
      expect(await failure).toBe(reason);
      expect(performance.now() - beganMs).toBeLessThan(5_000);
      await server.mode({ kind: 'ok' });
      await sleep(AFTERMATH_MS);
      expect(sent.filter((url) => url.includes('/work'))).toHaveLength(sends);
    });
  }

  it('before the start sends nothing, however the request is given', async () => {
    const server = await rig.server({ name: 'a' });
    const failover = client({ hosts: [server.url] });
    const signal = AbortSignal.abort('mine');
    expect(await failureOf(failover.fetch('/work', { signal }))).toBe('mine');
    expect(await failureOf(failover.fetch(new Request(`${server.url}/work`, { signal })))).toBe('mine');
    expect(await failureOf(failover.fetch('/work', { method: 'POST', body: 'text', signal }))).toBe('mine');
    expect(await failureOf(failover.fetch('/work', { signal, failover: { hedge: true } }))).toBe('mine');
    expect(await failureOf(failover.http.get('work', { signal }))).toBe('mine');
    expect(server.counts().requests).toBe(0);
  });

  it('while hosts are still looked for sends nothing', async () => {
    const server = await rig.server({ name: 'a' });
    const source = { load: () => new Promise<never>(() => {}), refreshMs: 60_000 };
    const failover = client({ hosts: [], discovery: source });
    const abort = new AbortController();
    const failure = failureOf(failover.fetch('/work', { signal: abort.signal }));
    abort.abort('mine');
    expect(await failure).toBe('mine');
    expect(server.counts().requests).toBe(0);
  });

  it('cancels the stream that was to be sent, with the reason', async () => {
    const server = await rig.server({ name: 'a' });
    const failover = client({ hosts: [server.url] });
    await failover.ready;
    const abort = new AbortController();
    const cancelled = new Promise<unknown>((resolve) => {
      const body = new ReadableStream({ cancel: resolve });
      const init = { method: 'POST', body, duplex: 'half', signal: abort.signal } as const;
      failover.fetch('/work', init).catch(() => {});
    });
    abort.abort('mine');
    expect(await cancelled).toBe('mine');
  });

  it('while the answer is read in chunks breaks the stream off with the reason', async () => {
    const server = await rig.server({ name: 'a' });
    const abort = new AbortController();
    const url = '/stream?chunks=1000&everyMs=10';
    const response = await client({ hosts: [server.url] }).fetch(url, { signal: abort.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    abort.abort('mine');
    const readOn = async (): Promise<void> => {
      while (!(await reader?.read())?.done);
    };
    expect(await failureOf(readOn())).toBe('mine');
  });

  it('says nothing against the host', async () => {
    const [a, b] = [await rig.server({ name: 'a', mode: { kind: 'mute' } }), await rig.server({ name: 'b' })];
    const failover = client({ hosts: [a.url, b.url] });
    for (let turn = 0; turn < 4; turn++) await abortOne(failover, a, turn);
    expect(stateOf(failover, a.url)).toBe('up');
    expect(failover.status.current).toBe(a.url);
    expect(b.counts().requests).toBe(0);
  });

  it('of a time-out signal is told as that, through ky too', async () => {
    const server = await rig.server({ name: 'a', mode: { kind: 'mute' } });
    const failover = client({ hosts: [server.url] });
    const init = (): RequestInit => ({ signal: AbortSignal.timeout(100) });
    expect(await failureOf(failover.fetch('/work', init()))).toMatchObject({ name: 'TimeoutError' });
    expect(await failureOf(Promise.resolve(failover.http.get('work', init() as object)))).toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('of one request leaves the others alone', async () => {
    const server = await rig.server({ name: 'a', mode: { kind: 'slowHeaders', delayMs: 400, probes: 'spared' } });
    const failover = client({ hosts: [server.url] });
    const abort = new AbortController();
    const failure = failureOf(failover.fetch('/work?id=1', { signal: abort.signal }));
    const other = failover.fetch('/work?id=2');
    await eventually('both are there', () => server.counts().work === 2);
    abort.abort('mine');
    expect(await failure).toBe('mine');
    expect((await other).status).toBe(200);
  });
});

async function abortOne(failover: Failover, server: Server, turn: number): Promise<void> {
  const abort = new AbortController();
  const failure = failureOf(failover.fetch('/work?id=1', { signal: abort.signal }));
  await eventually('it is there', () => server.counts().work === turn + 1);
  abort.abort('mine');
  expect(await failure).toBe('mine');
}
