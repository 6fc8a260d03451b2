import { afterEach, expect, test, vi } from 'vitest';
import { SwitchoverError } from '../../../src/policy/error.ts';
import { isolateStore } from '../../../src/workerd/isolateStore.ts';
import { requestClock } from '../../../src/workerd/requestClock.ts';
import { workerdFault, workerdFetch } from '../../../src/workerd/workerdFetch.ts';

afterEach(() => vi.unstubAllGlobals());

test('requests share what is known of hosts, and nothing else', () => {
  const [one, other] = [isolateStore(), isolateStore()];
  void one.set('switchover:app:health', 'a is down');
  void one.set('switchover:app:session', 'ann’s token');
  expect(other.get('switchover:app:health')).toBe('a is down');
  expect(other.get('switchover:app:session')).toBeUndefined();
  expect(one.get('switchover:app:session')).toBe('ann’s token');
  void other.delete('switchover:app:health');
  expect(one.get('switchover:app:health')).toBeUndefined();
});

test('an isolate that serves many tenants forgets the pools that nobody wrote of for longest', () => {
  const store = isolateStore();
  for (let n = 0; n < 1_000; n++) void store.set(`${n}:health`, 'known');
  void store.set('0:health', 'written again');
  void store.set('one more:health', 'known');
  expect(['0', '1', '2', 'one more'].map((name) => store.get(`${name}:health`))).toEqual([
    'written again',
    undefined,
    'known',
    'known',
  ]);
});

test('a clock serves the request that it was made in', () => {
  let request: string | null = null;
  class Pair {
    readonly 0: { readonly readyState: number };
    constructor() {
      const mine = request;
      if (mine === null) throw new Error('Disallowed operation called within global scope.');
      this[0] = {
        get readyState() {
          if (request !== mine) throw new Error('Cannot perform I/O on behalf of a different request.');
          return 1;
        },
      };
    }
  }
  vi.stubGlobal('WebSocketPair', Pair);
  const outside = expect.objectContaining({ code: 'OUTSIDE_REQUEST', remedy: expect.stringContaining('each call') });
  expect(codeOf(requestClock)).toEqual(outside);
  request = 'first';
  const clock = requestClock();
  expect(clock.now()).toBeTypeOf('number');
  request = 'second';
  expect(codeOf(() => clock.now())).toEqual(outside);
});

test('where nothing tells of requests, it is the clock of any platform', () => {
  const clock = requestClock();
  expect(clock.now()).toBeTypeOf('number');
});

test('what workerd refuses to be told is left out or done for it', async () => {
  const seen: (RequestInit | undefined)[] = [];
  vi.stubGlobal('fetch', async (_input: string, init?: RequestInit) => {
    seen.push(init);
    return new Response(null, { status: 302, headers: { location: '/login' } });
  });
  vi.stubGlobal('Request', class {});
  await expect(workerdFetch('https://a.example.com/', { redirect: 'error', cache: 'no-store' })).rejects.toThrow(
    'fetch failed',
  );
  expect((await workerdFetch('https://a.example.com/', { redirect: 'manual' })).status).toBe(302);
  expect(seen).toEqual([{ redirect: 'manual' }, { redirect: 'manual' }]);
});

test.each(['Network connection lost.', 'internal error; reference = 5ts0ek1q5anpq5b1dlfmg700'])(
  'what workerd says of a network that failed is understood: %s',
  (message) => {
    expect(workerdFault(new Error(message))).toBe('network');
    expect(workerdFault(new TypeError('Invalid URL: http://'))).toBeNull();
  },
);

function codeOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return SwitchoverError.is(error) ? error : String(error);
  }
}
