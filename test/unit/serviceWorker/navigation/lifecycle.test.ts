import { expect, test, vi } from 'vitest';
import type { WorkerScope } from '../../../../src/serviceWorker/events.ts';
import { followLifecycle } from '../../../../src/serviceWorker/lifecycle.ts';
import { A, B, fakeWorker } from './fakeWorker.ts';

test('a waiting worker takes over when a page of its own origin says so, and for nobody and nothing else', () => {
  const skipWaiting = vi.fn(async () => {});
  const listeners = new Map<string, (event: unknown) => void>();
  const scope = {
    location: { origin: A },
    skipWaiting,
    addEventListener: (type: string, listener: (event: unknown) => void) => listeners.set(type, listener),
  } as unknown as WorkerScope;
  const { site } = fakeWorker({}, () => new Response());
  followLifecycle({ ...site, scope });
  const say = (origin: string, data: unknown) => listeners.get('message')?.({ origin, data, waitUntil: () => {} });
  say(B, { type: 'SKIP_WAITING' });
  say('', { type: 'SKIP_WAITING' });
  for (const data of [null, undefined, 'SKIP_WAITING', { type: 'skip' }, 7]) say(A, data);
  expect(skipWaiting).not.toHaveBeenCalled();
  say(A, { type: 'SKIP_WAITING' });
  expect(skipWaiting).toHaveBeenCalledOnce();
});
