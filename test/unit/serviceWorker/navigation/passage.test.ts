import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { left } from '../../../../src/policy/rememberedHealth.ts';
import type { FetchEvent } from '../../../../src/serviceWorker/events.ts';
import { passageResponder } from '../../../../src/serviceWorker/modes/passage.ts';
import { A, B, type FakeWorker, fakeWorker, type Saying } from './fakeWorker.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** What a page asks for by its own code. */
function ask({ site }: FakeWorker, path: string, init: RequestInit = {}): Promise<Response> | null {
  const request = new Request(A + path, init);
  Object.defineProperty(request, 'destination', { value: '' });
  return passageResponder(site)({ request, waitUntil: () => {} } as unknown as FetchEvent);
}

const worker = (network: (request: Request) => Saying, isOut: boolean): FakeWorker => {
  const made = fakeWorker({ mode: 'transparent' }, network);
  if (isOut) made.site.known.note(made.navigate('/'), A, (host) => left(host, 'dead', 60_000));
  return made;
};

const named = ({ url }: Request): Response => new Response(url.endsWith('health.txt') ? 'ok' : new URL(url).origin);
const deadBut =
  (...well: readonly string[]) =>
  (request: Request): Saying =>
    well.includes(new URL(request.url).origin) ? named(request) : new TypeError('Failed to fetch');

describe('what a page asks of its own origin', () => {
  test('is the browser’s affair while the host is well, but for what can be read again', async () => {
    const made = worker(named, false);
    expect(ask(made, '/api', { method: 'POST', body: '1' })).toBeNull();
    expect(await (await ask(made, '/api'))?.text()).toBe(A);
  });

  test('is the very host’s where it refuses redirects, as a probe does', () => {
    expect(ask(worker(named, true), '/switchover-health.txt', { redirect: 'error' })).toBeNull();
  });

  test.each(['GET', 'POST', 'DELETE'])('goes to a backup while the host is out (%s)', async (method) => {
    const made = worker(named, true);
    expect(await (await ask(made, '/api', { method }))?.text()).toBe(B);
    expect(made.asked.some(({ url }) => url === `${A}/api`)).toBe(false);
  });

  test('goes to the host itself where no backup is well', async () => {
    expect(await (await ask(worker(deadBut(A), true), '/api', { method: 'POST', body: '1' }))?.text()).toBe(A);
  });

  test('is not written twice: a backup that breaks off is asked no more, and the next request finds another', async () => {
    let well = [B];
    const made = worker((request) => deadBut(...well)(request), true);
    expect(await (await ask(made, '/1'))?.text()).toBe(B);
    well = [A];
    await expect(ask(made, '/2', { method: 'POST', body: '1' })).rejects.toThrow('Failed to fetch');
    expect(made.asked.some(({ url }) => url === `${A}/2`)).toBe(false);
    expect(await (await ask(made, '/3', { method: 'POST', body: '1' }))?.text()).toBe(A);
  });
});
