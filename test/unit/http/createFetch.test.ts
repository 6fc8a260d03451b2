import { describe, expect, it } from 'vitest';
import { createFetch } from '../../../src/http/createFetch.ts';
import { perRequest } from '../../../src/http/requestOptions.ts';
import type { AttemptTrace } from '../../../src/policy/error.ts';
import type { HostBehaviour, SentRequest } from '../../../src/testing/index.ts';
import { A, B, C, letter, type WorldOptions, world } from '../runtime/world.ts';
import { rejection } from './fakes.ts';

const PATH = '/api/me';

function client(network: Record<string, HostBehaviour> = {}, options: WorldOptions = {}) {
  const w = world({ network, ...options });
  const fetch = createFetch(w.pool, { options: perRequest });
  return {
    ...w,
    fetch,
    /** Sends, lets time pass until it is over, and gives the answer. */
    ask: (init?: RequestInit) => w.clock.until(fetch(PATH, init)),
    /** The same for one that fails; its error. */
    failing: (init?: RequestInit) => rejection(w.clock.until(fetch(PATH, init))),
    /** What requests were sent, without probes, since the last look. */
    sent: () => w.network.log.filter(({ path }) => path === PATH),
    order: () =>
      w.network.log
        .filter(({ path }) => path === PATH)
        .map(({ host }) => letter(host))
        .join(''),
  };
}

/** What it takes to ask the other host for a sign of life. */
const ASKED_MS = 100;

const gapMs = (before: SentRequest | undefined, after: SentRequest | undefined) =>
  (after?.atMs ?? Number.NaN) - (before?.atMs ?? Number.NaN);

const trace = (error: unknown) =>
  (error as { attempts: readonly AttemptTrace[] }).attempts.map(({ host, cause }) => `${letter(host)} ${cause}`);

describe('the way over hosts', () => {
  it('moves at once where another host is ready, without a wait', async () => {
    const w = client({ [A]: 'refuse' });
    const begunMs = w.clock.now();
    expect((await w.ask()).status).toBe(200);
    expect([w.order(), w.clock.now()]).toEqual(['ab', begunMs]);
  });

  it('waits with full jitter, each wait’s end twice as late, where no other is ready', async () => {
    const w = client({ [A]: 'refuse' }, { list: [A], random: () => 0.999 });
    const asked = w.fetch(PATH);
    await w.clock.advance(2_000);
    const sent = w.sent();
    const gaps = sent.slice(1).map((each, i) => gapMs(sent[i], each));
    expect(gaps.length).toBeGreaterThanOrEqual(4);
    gaps.forEach((ms, i) => {
      expect(ms).toBeCloseTo(0.999 * 100 * 2 ** i, 5);
    });
    w.network.set(A, 'ok');
    expect((await w.clock.until(asked)).status).toBe(200);
  });

  it('hands out a last answer as it is, a 5xx included', async () => {
    const w = client({ [A]: { status: 500 }, [B]: { status: 500, body: 'sorry' } }, { budget: { capacity: 10 } });
    const response = await w.ask();
    expect([response.status, w.order().length]).toEqual([500, 3]);
  });

  it('comes from the standby where the active host answers 503 and there is a token for one retry alone', async () => {
    const w = client({ [A]: { status: 503 } });
    const statuses: number[] = [];
    for (let times = 0; times < 30; times++) statuses.push((await w.ask()).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(w.pool.status.current).toBe(B);
  });

  it('passes other origins on untouched', async () => {
    const w = client({ [C]: { body: 'of c' } });
    const init = { headers: { 'x-it': 'is' } };
    expect(await (await w.fetch(`${C}/x`, init)).text()).toBe('of c');
    expect(w.network.log).toMatchObject([{ host: C, path: '/x', headers: { 'x-it': 'is' } }]);
  });

  it('does not follow a request to a host that a server names and the list does not', async () => {
    const w = client({ [A]: { status: 503, headers: { 'switchover-role': 'standby', 'switchover-active': C } } });
    await w.ask();
    expect(w.order()).toBe('ab');
  });
});

describe('the time of an attempt', () => {
  it('is five seconds, and two for thirty seconds after a time-out', async () => {
    const w = client({}, { failback: { proof: 'request' }, budget: { capacity: 10 } });
    const timeOutMs = async () => {
      const before = w.sent().length;
      w.network.set(A, 'hang');
      await w.ask();
      w.network.set(A, 'ok');
      await w.ask();
      return gapMs(w.sent()[before], w.sent()[before + 1]);
    };
    expect(await timeOutMs()).toBe(5_000 + ASKED_MS);
    // What was heard of the other host a short while ago still counts.
    expect(await timeOutMs()).toBe(2_000);
    await w.clock.advance(27_999);
    expect(await timeOutMs()).toBe(2_000 + ASKED_MS);
    await w.clock.advance(30_000);
    expect(await timeOutMs()).toBe(5_000 + ASKED_MS);
    expect(w.order()).toBe('aba'.repeat(4));
  });

  it('is the rest of the total on the only host', async () => {
    const w = client({ [A]: { delayMs: 29_000 } }, { list: [A] });
    expect((await w.ask()).status).toBe(200);
    expect([w.order(), w.clock.now()]).toEqual(['a', 1_029_000]);
  });

  it('is the rest of the total on the last host that is left', async () => {
    const w = client({ [A]: 'refuse', [B]: { delayMs: 20_000 } });
    w.fail(A, 'refused');
    w.fail(A, 'refused');
    expect((await w.ask()).status).toBe(200);
    expect(w.sent().filter(({ host }) => host === B)).toHaveLength(1);
  });

  it('is the rest of the total for what may not be sent again', async () => {
    const w = client({ [A]: { delayMs: 12_000 } });
    expect((await w.ask({ method: 'POST', body: 'x' })).status).toBe(200);
    expect(w.order()).toBe('a');
  });

  it('ends with the total time, over all attempts, and frees what was under way', async () => {
    const w = client({ [A]: 'hang', [B]: 'hang' });
    const error = await w.failing();
    expect(error).toMatchObject({ code: 'TIMEOUT', remedy: expect.stringContaining('totalMs') });
    expect(w.clock.now()).toBe(1_030_000);
    expect(w.network.log.map(({ end }) => end)).not.toContain('open');
    expect(trace(error)[0]).toBe('a timeout');
  });

  it('can be another for one request', async () => {
    const w = client({ [A]: 'hang' });
    await w.ask({ failover: { timeout: { attemptMs: 300 } } });
    expect(gapMs(...(w.sent() as [SentRequest, SentRequest]))).toBe(300 + ASKED_MS);
  });

  it('is not over for a host that stands as still as this one', async () => {
    const w = client({ [A]: { delayMs: 12_000 }, [B]: 'hang' });
    expect((await w.ask()).status).toBe(200);
    expect(w.order()).toBe('a');
    // It was asked at 5 s and, since that counts for 5 s, once more.
    expect(w.network.log.filter(({ host }) => host === B)).toHaveLength(2);
  });

  it('is over when the other host is heard at last', async () => {
    const w = client({ [A]: 'hang', [B]: 'hang' });
    const asked = w.fetch(PATH);
    await w.clock.advance(8_000);
    w.network.set(B, 'ok');
    expect((await w.clock.until(asked)).status).toBe(200);
    expect(w.order()).toBe('ab');
    expect(w.clock.now()).toBe(1_010_000 + ASKED_MS);
  });

  it.each(['refuse', { status: 500 }] as const)(
    'is over where the other host answers in whatever way: %j',
    async (answer) => {
      const w = client({ [A]: 'hang', [B]: answer });
      const asked = w.fetch(PATH).catch(() => null);
      await w.clock.advance(5_000 + ASKED_MS);
      expect(w.order().slice(0, 2)).toBe('ab');
      await w.clock.until(asked);
    },
  );

  it('passes over a host that is silent for one that is heard', async () => {
    const w = client({ [A]: 'hang', [B]: 'hang' }, { list: [A, B, C] });
    expect((await w.ask()).status).toBe(200);
    expect(w.order()).toBe('ac');
  });

  it('leaves no timer once the pool is closed', async () => {
    const w = client({ [A]: 'hang' });
    await w.ask();
    w.pool.close();
    await w.clock.advance(0);
    expect(w.clock.timers).toEqual([]);
  });
});

describe('a wait', () => {
  it('ends as soon as the network is back', async () => {
    const w = client({ [A]: 'refuse', [B]: 'refuse' }, { random: () => 0.999 });
    w.setOnline(false);
    const asked = w.fetch(PATH);
    await w.clock.advance(8_000);
    const before = w.sent().length;
    const leftMs = w.clock.timers.find(({ background }) => !background)?.delayMs;
    expect(leftMs).toBeGreaterThan(1_000);
    w.network.set(A, 'ok');
    w.network.set(B, 'ok');
    w.setOnline(true);
    await w.clock.advance(0);
    expect(w.sent()).toHaveLength(before + 1);
    expect((await asked).status).toBe(200);
  });

  it('ends as soon as the app is back', async () => {
    const w = client({ [A]: 'refuse' }, { list: [A], random: () => 0.999 });
    const asked = w.fetch(PATH);
    await w.clock.advance(8_000);
    w.network.set(A, 'ok');
    w.wake();
    await w.clock.advance(0);
    expect((await asked).status).toBe(200);
  });

  it.each([429, 503])('for a host that asked for it is waited out, news or none: %d', async (status) => {
    const w = client({ [A]: { status, headers: { 'retry-after': '3' } } }, { list: [A], random: () => 0 });
    const asked = w.fetch(PATH);
    await w.clock.advance(1_000);
    w.wake();
    w.setOnline(false);
    w.setOnline(true);
    w.network.set(A, 'ok');
    await w.clock.advance(1_999);
    expect(w.order()).toBe('a');
    expect((await w.clock.until(asked)).status).toBe(200);
    expect(gapMs(...(w.sent() as [SentRequest, SentRequest]))).toBeGreaterThanOrEqual(3_000);
  });

  it('for a busy host is not made where another is ready', async () => {
    const w = client({ [A]: { status: 429, headers: { 'retry-after': '3' } } });
    expect((await w.ask()).status).toBe(200);
    expect([w.order(), w.clock.now()]).toEqual(['ab', 1_000_000]);
    await w.ask();
    expect(w.order()).toBe('abb');
  });

  it('that would end after the request’s time is not begun: the answer is handed out', async () => {
    const w = client({ [A]: { status: 503, headers: { 'retry-after': '31' } } }, { list: [A] });
    expect([(await w.ask()).status, w.clock.now()]).toEqual([503, 1_000_000]);
  });

  it('ends at once when the caller aborts, or the pool is closed', async () => {
    for (const end of ['abort', 'close'] as const) {
      const w = client({ [A]: 'refuse' }, { list: [A], random: () => 0.999 });
      const controller = new AbortController();
      const failed = rejection(w.fetch(PATH, { signal: controller.signal }));
      await w.clock.advance(1_000);
      const reason = new Error('enough');
      if (end === 'abort') controller.abort(reason);
      else w.pool.close();
      const error = await failed;
      if (end === 'abort') expect(error).toBe(reason);
      else expect(error).toMatchObject({ code: 'CLOSED' });
      expect(w.clock.timers.filter(({ background }) => !background)).toEqual([]);
    }
  });
});

describe('the budget of retries', () => {
  const budget = { capacity: 1, refillPerSuccess: 0.25 };

  it('pays for each retry after which work may be done twice, and is earned by successes', async () => {
    const w = client({}, { budget, ejection: { serverErrors: 0 } });
    const failBoth = (status: number) => {
      for (const host of [A, B]) w.network.set(host, status === 200 ? 'ok' : { status });
    };
    const asked = async () => {
      const before = w.sent().length;
      await w.ask();
      return w.sent().length - before;
    };
    failBoth(500);
    expect([await asked(), await asked()]).toEqual([2, 1]);
    failBoth(200);
    for (let i = 0; i < 4; i++) await w.ask();
    failBoth(500);
    expect([await asked(), await asked()]).toEqual([2, 1]);
  });

  it('that is empty ends a request without an answer with BUDGET_EMPTY and its trace', async () => {
    const w = client({ [A]: 'reset' }, { budget: { capacity: 0 } });
    const error = await w.failing();
    expect(error).toMatchObject({
      name: 'SwitchoverError',
      code: 'BUDGET_EMPTY',
      remedy: expect.any(String),
      attempts: [{ host: A, cause: 'reset', tookMs: 0 }],
      cause: { message: 'fetch failed', cause: { code: 'ECONNRESET' } },
    });
  });

  it('does not pay where no work was done', async () => {
    const w = client({ [A]: 'refuse' }, { budget: { capacity: 0 } });
    expect((await w.ask()).status).toBe(200);
    w.network.set(A, 'standby');
    expect((await w.ask({ method: 'POST', body: 'x' })).status).toBe(200);
  });
});

describe('what may not be sent again', () => {
  it('fails with NOT_REPLAYABLE after it may have been processed, and says so', async () => {
    const w = client({ [A]: 'reset' });
    const error = await w.failing({ method: 'POST', body: 'x' });
    expect(error).toMatchObject({ code: 'NOT_REPLAYABLE', remedy: expect.stringContaining('Idempotency-Key') });
    expect([trace(error), w.order()]).toEqual([['a reset'], 'a']);
    expect((error as Error).message).toContain(`${A}: reset`);
  });

  it('goes on where it provably was not processed', async () => {
    for (const fault of ['refuse', 'dns', 'standby'] as const) {
      const w = client({ [A]: fault });
      expect([(await w.ask({ method: 'POST', body: 'x' })).status, w.order()]).toEqual([200, 'ab']);
    }
  });

  it('goes on with an idempotency key, the same on each attempt', async () => {
    const w = client({ [A]: 'reset' });
    await w.ask({ method: 'POST', body: 'x', failover: { idempotencyKey: true } });
    const keys = w.sent().map(({ headers }) => headers['idempotency-key']);
    expect([w.order(), new Set(keys).size, typeof keys[0]]).toEqual(['ab', 1, 'string']);
  });
});

describe('errors', () => {
  it('HOSTS_FAILED after the last attempt, with what each host did and how long it took', async () => {
    const network: Record<string, HostBehaviour> = {
      [A]: { fault: 'reset', delayMs: 100 },
      [B]: { fault: 'reset', delayMs: 200 },
      [C]: { fault: 'reset', delayMs: 300 },
    };
    const w = client(network, { list: [A, B, C], budget: { capacity: 10 } });
    const error = await w.failing();
    expect(error).toMatchObject({
      code: 'HOSTS_FAILED',
      attempts: [
        { host: A, cause: 'reset', tookMs: 100 },
        { host: B, cause: 'reset', tookMs: 200 },
        { host: C, cause: 'reset', tookMs: 300 },
      ],
    });
  });

  it('HOSTS_FAILED after one attempt where no retry is wanted', async () => {
    const w = client({ [A]: 'refuse' });
    expect(await w.failing({ failover: { retry: false } })).toMatchObject({ code: 'HOSTS_FAILED' });
    expect(w.order()).toBe('a');
  });

  it('of a pinned request name its host alone', async () => {
    const w = client({ [A]: 'reset' }, { budget: { capacity: 10 }, random: () => 0 });
    const error = await w.failing({ failover: { pin: A } });
    expect([(error as { code: string }).code, trace(error)]).toEqual(['HOSTS_FAILED', ['a reset', 'a reset']]);
  });

  it('of the caller are its own: nothing is sent, nobody is blamed', async () => {
    const w = client();
    expect(await w.failing({ failover: { pin: C } })).toMatchObject({ code: 'UNLISTED_HOST' });
    expect(await w.failing({ failover: { pinn: A } as never })).toMatchObject({ code: 'INVALID_OPTION' });
    const reason = new Error('enough');
    expect(await w.failing({ signal: AbortSignal.abort(reason) })).toBe(reason);
    expect(await w.failing({ headers: { 'bad name': '' } })).toMatchObject({ name: expect.any(String) });
    w.pool.close();
    expect(await w.failing()).toMatchObject({ code: 'CLOSED' });
    expect([w.network.log, w.told]).toEqual([[], []]);
  });

  it('an abort while a host hangs is the caller’s reason, and the host is not blamed', async () => {
    const w = client({ [A]: 'hang' });
    const controller = new AbortController();
    const failed = rejection(w.fetch(PATH, { signal: controller.signal }));
    await w.clock.advance(1_000);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await failed).toBe(reason);
    expect([w.network.log[0]?.end, w.told]).toEqual(['aborted', []]);
  });
});
