import { describe, expect, test } from 'vitest';
import type { ExtendableMessageEvent, FetchEvent, WorkerScope } from '../../../src/serviceWorker/events.ts';
import { followLifecycle } from '../../../src/serviceWorker/lifecycle.ts';
import type { WorkerSite } from '../../../src/serviceWorker/navigation/workerSite.ts';
import { watchFetches } from '../../../src/serviceWorker/ownWorker/fetches.ts';
import { listenLast } from '../../../src/serviceWorker/ownWorker/listenLast.ts';
import { watchNavigation } from '../../../src/serviceWorker/ownWorker/watch.ts';

const ORIGIN = 'https://a.example';

/** A worker's scope, as far as listeners go: `onfetch` takes its place among them when it is first set, as in a browser. */
class Scope extends EventTarget {
  readonly location = { origin: ORIGIN };
  readonly registration = { scope: `${ORIGIN}/` };
  #onfetch: ((event: Event) => void) | null = null;
  get onfetch() {
    return this.#onfetch;
  }
  set onfetch(listener) {
    if (this.#onfetch === null) super.addEventListener('fetch', (event) => this.#onfetch?.(event));
    this.#onfetch = listener;
  }
}

const asScope = (scope: object): WorkerScope => scope as unknown as WorkerScope;
const asEvent = (event: object): FetchEvent => event as unknown as FetchEvent;

describe('a listener that is to come last', () => {
  test('comes after those that are added later, and after onfetch', () => {
    const scope = new Scope();
    const heard: string[] = [];
    listenLast(asScope(scope), () => heard.push('last'));
    scope.addEventListener('fetch', () => heard.push('first'));
    scope.onfetch = () => heard.push('attribute');
    scope.addEventListener('message', () => heard.push('message'));
    scope.addEventListener('fetch', () => heard.push('second'));
    scope.dispatchEvent(new Event('fetch'));
    expect(heard).toEqual(['first', 'attribute', 'second', 'last']);
  });

  test('does not hear of what another has answered', () => {
    const scope = new Scope();
    const heard: string[] = [];
    listenLast(asScope(scope), () => heard.push('last'));
    // As `respondWith` does.
    scope.addEventListener('fetch', (event) => event.stopImmediatePropagation());
    scope.dispatchEvent(new Event('fetch'));
    expect(heard).toEqual([]);
  });
});

describe('the requests of a worker for a watched navigation', () => {
  const url = `${ORIGIN}/page`;
  const watched = (status = 200) => {
    const asked: { input: unknown; signal: AbortSignal | null | undefined }[] = [];
    const scope = {
      location: { origin: ORIGIN },
      fetch: async (input: unknown, init?: RequestInit) => {
        asked.push({ input, signal: init?.signal });
        return new Response(null, { status });
      },
    };
    const fetches = watchFetches(asScope(scope));
    const watch = watchNavigation(asEvent({}));
    return { scope, fetches, watch, asked };
  };

  test.each([
    ['its address', url],
    ['its address with a fragment', `${url}#part`],
    ['its path', '/page'],
    ['a URL', new URL(url)],
  ])('end with its time: %s', async (_what, input) => {
    const { scope, fetches, watch, asked } = watched();
    fetches.add(url, watch);
    await scope.fetch(input);
    await watch.asked(Promise.reject(new Error('nothing'))).abort();
    expect(asked[0]?.signal?.aborted).toBe(true);
  });

  test('end with the signal that the worker gave, too', async () => {
    const { scope, fetches, watch, asked } = watched();
    const control = new AbortController();
    fetches.add(url, watch);
    await scope.fetch(url, { signal: control.signal });
    control.abort();
    expect(asked[0]?.signal?.aborted).toBe(true);
  });

  test('that are for something else, or sent, or of a page, are as ever', async () => {
    const { scope, fetches, watch, asked } = watched(503);
    fetches.add(url, watch);
    await scope.fetch(`${ORIGIN}/other`);
    await scope.fetch(url, { method: 'POST' });
    await scope.fetch(new Request(url, { mode: 'cors' }));
    expect(asked.map(({ signal }) => signal)).toEqual([undefined, undefined, undefined]);
  });

  test('fail where the server says that nobody is there, so that the worker looks into its caches', async () => {
    const { scope, fetches, watch } = watched(503);
    fetches.add(url, watch);
    await expect(scope.fetch(url)).rejects.toThrow('503');
    expect(watch.asked(Promise.resolve(new Response())).end?.()).toMatchObject({ status: 503 });
  });

  test('are as ever once the navigation is over', async () => {
    const { scope, fetches, watch, asked } = watched(503);
    fetches.add(url, watch)();
    expect((await scope.fetch(url)).status).toBe(503);
    expect(asked[0]?.signal).toBeUndefined();
  });
});

describe('navigation preload of a watched navigation', () => {
  test('is an error where the server says that nobody is there', async () => {
    const event = asEvent({ preloadResponse: Promise.resolve(new Response(null, { status: 502 })) });
    watchNavigation(event);
    await expect(event.preloadResponse).rejects.toThrow('502');
  });

  test('that nobody answers ends with the navigation’s time, which is a time-out of the server', async () => {
    const event = asEvent({ preloadResponse: new Promise(() => {}) });
    const watch = watchNavigation(event);
    const asked = watch.asked(Promise.reject(new Error('nothing')));
    await asked.abort();
    await expect(event.preloadResponse).rejects.toThrow('abort');
    expect(asked.end?.()).toMatchObject({ status: 0, cause: 'timeout' });
  });

  test('is as it was for a navigation that the worker leaves alone', async () => {
    class Event {
      get preloadResponse() {
        return Promise.resolve(new Response(null, { status: 502 }));
      }
    }
    const event = asEvent(new Event());
    watchNavigation(event).end();
    expect((await event.preloadResponse)?.status).toBe(502);
  });
});

test('what a worker has without the server counts once its request is given up', async () => {
  const watch = watchNavigation(asEvent({}));
  const page = new Response('kept');
  expect(await watch.asked(Promise.resolve(page)).abort()).toBe(page);
  expect(await watch.asked(Promise.reject(new Error('nothing kept'))).abort()).toBeUndefined();
});

test.each([
  [{ type: 'SKIP_WAITING' }, ORIGIN, 1],
  [{ type: 'SKIP_WAITING' }, 'https://evil.example', 0],
  [{ type: 'SKIP_WAITING' }, '', 0],
  [{ type: 'OTHER' }, ORIGIN, 0],
  ['SKIP_WAITING', ORIGIN, 0],
  [null, ORIGIN, 0],
])('a new worker takes over at the message %j from %j: %i times', (data, origin, times) => {
  const scope = new Scope();
  let taken = 0;
  const skipWaiting = async () => {
    taken += 1;
  };
  followLifecycle({ scope: asScope(Object.assign(scope, { skipWaiting })), offline: {} } as unknown as WorkerSite);
  const message: Partial<ExtendableMessageEvent> = { data, origin, waitUntil: () => {} };
  scope.dispatchEvent(Object.assign(new Event('message'), message));
  expect(taken).toBe(times);
});
