import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFetch } from '../../../src/http/createFetch.ts';
import { abortWith, reasonOf, throwIfAborted } from '../../../src/runtime/abortReason.ts';
import { fullPool } from '../../../src/runtime/fullPool.ts';
import { virtualClock } from '../../../src/testing/index.ts';

/** As React Native had them for years: a signal is aborted or not, and that is all. */
class OldSignal extends EventTarget {
  aborted = false;
}

class OldController {
  readonly signal = new OldSignal();

  abort(): void {
    if (this.signal.aborted) return;
    this.signal.aborted = true;
    this.signal.dispatchEvent(new Event('abort'));
  }
}

beforeEach(() => void vi.stubGlobal('AbortController', OldController));
afterEach(() => void vi.unstubAllGlobals());

const HOSTS = ['https://a.example.com', 'https://b.example.com'] as const;

/** The first host is mute until its request is aborted, as whatwg-fetch has it. */
function setUp() {
  const clock = virtualClock();
  const asked: string[] = [];
  const fetch = (input: unknown, init: RequestInit = {}) =>
    new Promise<Response>((resolve, reject) => {
      asked.push(String(input).slice(8, 9));
      if (!String(input).startsWith(HOSTS[0])) resolve(new Response('well'));
      init.signal?.addEventListener('abort', () => reject(Object.assign(new Error('Aborted'), { name: 'AbortError' })));
    });
  const pool = fullPool(HOSTS, { clock, fetch });
  return { clock, asked, pool, send: createFetch(pool) };
}

describe('where signals keep no reason', () => {
  test('one that this library has aborted has one all the same', () => {
    const controller = new AbortController();
    expect(() => throwIfAborted(controller.signal)).not.toThrow();
    abortWith(controller, new Error('enough'));
    expect(reasonOf(controller.signal)).toEqual(new Error('enough'));
    expect(() => throwIfAborted(controller.signal)).toThrow('enough');
    const another = new AbortController();
    another.abort();
    expect(reasonOf(another.signal)).toMatchObject({ name: 'AbortError' });
  });

  test('a host that is mute is left in time, and is what the request was waiting for', async () => {
    const { clock, asked, pool, send } = setUp();
    const answer = await clock.until(send('/me'));
    expect(await answer.text()).toBe('well');
    expect(asked.slice(0, 2)).toEqual(['a', 'b']);
    expect(pool.status.hosts[0]?.state).not.toBe('up');
    pool.close();
    await expect(send('/me')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('an abort of the caller is nobody’s fault', async () => {
    const { clock, pool, send } = setUp();
    const controller = new AbortController();
    const waiting = send('/me', { signal: controller.signal }).catch((error: Error) => error.name);
    await clock.advance(10);
    controller.abort();
    expect(await clock.until(waiting)).toBe('AbortError');
    expect(pool.status.hosts[0]?.state).toBe('up');
    pool.close();
  });
});
