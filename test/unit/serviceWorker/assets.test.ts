import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isIntact } from '../../../src/serviceWorker/assets/integrity.ts';
import { assetMemory } from '../../../src/serviceWorker/assets/memory.ts';
import { assetResponder } from '../../../src/serviceWorker/assets/responder.ts';
import type { FetchEvent } from '../../../src/serviceWorker/events.ts';

const A = 'https://a.example';
const B = 'https://b.example';
const CDN = ['https://cdn1.example', 'https://cdn2.example', 'https://cdn3.example'] as const;
const SITE = {
  hosts: [A, B].map((origin) => ({ origin, probe: `${origin}/health` })),
  assets: [CDN],
  navigationMs: 5_000,
  waryNavigationMs: 2_000,
};

/** What each origin does: a function for what it answers, or nothing for silence. */
type Servers = Record<string, ((url: string) => Response | Promise<Response>) | null>;

interface Call {
  readonly url: string;
  readonly credentials: RequestCredentials | undefined;
  readonly signal: AbortSignal;
}

let calls: Call[];
let servers: Servers;

const refuse = () => Promise.reject(new TypeError('refused'));

/** As a browser gives it: with an address. */
function answer(url: string, status = 200, headers: HeadersInit = {}): Response {
  const response = new Response(`from ${new URL(url).hostname}`, { status, headers });
  Object.defineProperty(response, 'url', { value: url });
  return response;
}

const serve = (url: string) => answer(url);

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  servers = {};
  vi.stubGlobal('location', { origin: A });
  vi.stubGlobal('fetch', (input: string | Request, init: RequestInit = {}) => {
    const url = typeof input === 'string' ? input : input.url;
    const signal = init.signal ?? new AbortController().signal;
    calls.push({ url, credentials: init.credentials, signal });
    const server = servers[new URL(url).origin];
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      if (server) resolve(server(url));
    });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A request as a worker sees one. Node's own has no destination. */
function eventOf(url: string, request: Partial<Request> & { readonly signal?: AbortSignal } = {}): FetchEvent {
  const usual = {
    url,
    method: 'GET',
    mode: url.startsWith(`${A}/`) ? 'same-origin' : 'cors',
    destination: 'script',
    cache: 'default',
    integrity: '',
    headers: new Headers(),
    signal: new AbortController().signal,
  };
  return { request: { ...usual, ...request } } as unknown as FetchEvent;
}

const asked = () => calls.map(({ url }) => new URL(url).origin);

async function textOf(given: Promise<Response> | null): Promise<string> {
  return (await given)?.text() ?? 'left alone';
}

test('a slow origin is not given up while nobody else has the file', async () => {
  const respond = assetResponder(SITE);
  let speak = (): void => {};
  servers = {
    [A]: (url) =>
      new Promise((resolve) => {
        speak = () => resolve(answer(url));
      }),
    [B]: refuse,
  };
  const text = textOf(respond(eventOf(`${A}/app.js`)));
  await vi.advanceTimersByTimeAsync(13_000);
  speak();
  expect(await text).toBe('from a.example');
  expect(asked()).toEqual([A, B]);
});

test('a silent origin is let go of when another has answered, and passed over from then on', async () => {
  const respond = assetResponder(SITE);
  servers = { [A]: null, [B]: serve };
  const text = textOf(respond(eventOf(`${A}/app.js`)));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await text).toBe('from b.example');
  expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  expect(calls[1]?.credentials).toBe('omit');
  expect(await textOf(respond(eventOf(`${A}/more.js`)))).toBe('from b.example');
  expect(asked()).toEqual([A, B, B]);
});

test('when nobody answers, nobody is blamed', async () => {
  const respond = assetResponder(SITE);
  servers = { [A]: refuse, [B]: refuse };
  await expect(respond(eventOf(`${A}/app.js`))).rejects.toThrow('refused');
  servers = { [A]: serve, [B]: serve };
  expect(await textOf(respond(eventOf(`${A}/app.js`)))).toBe('from a.example');
  expect(asked()).toEqual([A, B, A]);
});

test('when all say that they are out, the page hears it from the one that it asked', async () => {
  const respond = assetResponder(SITE);
  servers = { [A]: (url) => answer(url, 503), [B]: (url) => answer(url, 502) };
  expect((await respond(eventOf(`${A}/app.js`)))?.status).toBe(503);
  expect(asked()).toEqual([A, B]);
});

test.each([
  [404, [A]],
  [500, [A, B]],
  [429, [A, B]],
])('a status of %i makes it ask %j', async (status, origins) => {
  const respond = assetResponder(SITE);
  servers = { [A]: (url) => answer(url, status), [B]: serve };
  await respond(eventOf(`${A}/app.js`));
  expect(asked()).toEqual(origins);
});

test('what a redirect of a backup brings from elsewhere is not passed on as the page’s own', async () => {
  const respond = assetResponder(SITE);
  servers = { [A]: refuse, [B]: () => answer('https://evil.example/app.js') };
  await expect(respond(eventOf(`${A}/app.js`))).rejects.toThrow();
});

test('a part that does not say which one it is is no use', async () => {
  const respond = assetResponder(SITE);
  const [first, second, third] = CDN;
  servers = {
    [first]: refuse,
    [second]: (url) => answer(url, 206),
    [third]: (url) => answer(url, 206, { 'content-range': 'bytes 0-3/9' }),
  };
  const event = eventOf(`${first}/film.mp4`, { headers: new Headers({ range: 'bytes=0-' }) });
  expect(await textOf(respond(event))).toBe('from cdn3.example');
});

test('a page that gives up ends all that was asked for it', async () => {
  const respond = assetResponder(SITE);
  servers = { [A]: null, [B]: null };
  const page = new AbortController();
  const answered = respond(eventOf(`${A}/app.js`, { signal: page.signal }));
  const ended = expect(answered).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(5_000);
  page.abort();
  await ended;
  expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, true]);
});

test('where a group allows no CORS the page’s own request goes out at last, and the next ones are left alone', async () => {
  const respond = assetResponder(SITE);
  const url = `${CDN[0]}/logo.png`;
  servers = { [CDN[0]]: refuse, [CDN[1]]: refuse, [CDN[2]]: refuse };
  const event = eventOf(url, { mode: 'no-cors', destination: 'image' });
  vi.stubGlobal('fetch', (input: string | Request) => {
    calls.push({
      url: typeof input === 'string' ? input : input.url,
      credentials: undefined,
      signal: event.request.signal,
    });
    return input === event.request ? Promise.resolve(answer(url)) : refuse();
  });
  expect(await textOf(respond(event))).toBe('from cdn1.example');
  expect(asked()).toEqual([...CDN, CDN[0]]);
  expect(respond(event)).toBeNull();
});

test.each([
  ['what is sent', `${A}/app.js`, { method: 'POST' }],
  ['a page', `${A}/app.js`, { mode: 'navigate', destination: 'document' }],
  ['what a page fetches from its host', `${A}/data.json`, { destination: '' }],
  ['a probe', `${CDN[0]}/health`, { destination: '', cache: 'no-store' }],
  ['what carries a token', `${CDN[0]}/data.json`, { headers: new Headers({ authorization: 'Bearer x' }) }],
  ['an origin that is not listed', 'https://c.example/app.js', {}],
  ['a name that only begins like one', `${A}.evil.example/app.js`, {}],
  ['a user that looks like one', 'https://a.example:x@evil.example/app.js', {}],
  ['another port', `${A}:8443/app.js`, {}],
] as const)('%s is left alone', (_, url, request) => {
  expect(assetResponder(SITE)(eventOf(url, request as Partial<Request>))).toBeNull();
  expect(calls).toEqual([]);
});

test('after a while one request tries an origin that failed, and all do once it has answered', () => {
  let nowMs = 0;
  const memory = assetMemory(() => nowMs);
  expect(memory.doubtOf(A)).toBe('none');
  memory.failed(A, eventOf(A));
  expect(memory.doubtOf(A)).toBe('doubted');
  nowMs = 30_000;
  expect([1, 2, 3].map(() => memory.doubtOf(A))).toEqual(['trial', 'doubted', 'doubted']);
  memory.served(A);
  expect(memory.doubtOf(A)).toBe('none');
});

test('integrity holds for any hash of the strongest kind, and for none of a weaker one', async () => {
  const text = 'alert(1)';
  const body = new TextEncoder().encode(text).buffer;
  const hash = (bits: number, of = text) => `sha${bits}-${createHash(`sha${bits}`).update(of).digest('base64')}`;
  expect(await isIntact(body, hash(256))).toBe(true);
  expect(await isIntact(body, `${hash(384, 'other')} ${hash(384)}?later`)).toBe(true);
  expect(await isIntact(body, `${hash(256)} ${hash(512, 'other')}`)).toBe(false);
  expect(await isIntact(body, hash(384, 'other'))).toBe(false);
  expect(await isIntact(body, 'md5-x')).toBe(true);
});
