import { afterEach, describe, expect, test, vi } from 'vitest';
import { forward } from '../../../../src/serviceWorker/modes/forward.ts';
import { readSiteOptions } from '../../../../src/site/options.ts';
import { A, B } from './fakeWorker.ts';

const CONFIG = readSiteOptions({ hosts: [A, B] });

afterEach(() => {
  vi.unstubAllGlobals();
});

/** What B is asked, and what it answers. */
function backup(
  answer: Response,
  { url, redirected = false }: { readonly url?: string; readonly redirected?: boolean } = {},
) {
  const asked: Request[] = [];
  vi.stubGlobal('fetch', async (to: string, init: RequestInit) => {
    asked.push(new Request(to, init));
    Object.defineProperties(answer, { url: { value: url ?? to }, redirected: { value: redirected } });
    return answer;
  });
  return asked;
}

const document = (path: string, headers: Record<string, string> = {}): Request => {
  const request = new Request(A + path, { headers });
  Object.defineProperty(request, 'mode', { value: 'navigate' });
  return request;
};

const LONG =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7';

describe('what a backup is asked', () => {
  test('is a document without anything that would have to be allowed first', async () => {
    const asked = backup(new Response('b'));
    await forward(document('/x?y', { accept: LONG, 'user-agent': 'me', authorization: 'Bearer 1' }), B, CONFIG);
    expect(asked[0]).toMatchObject({ url: `${B}/x?y`, method: 'GET', mode: 'cors', credentials: 'omit' });
    expect([...(asked[0]?.headers ?? [])]).toEqual([['accept', 'text/html,*/*;q=0.8']]);
  });

  test('is what a page has sent, with the page’s own headers and body', async () => {
    const asked = backup(new Response('b'));
    const headers = {
      authorization: 'Bearer 1',
      'x-own': '2',
      'user-agent': 'me',
      accept: LONG,
      'cache-control': 'no-cache',
    };
    const request = new Request(`${A}/api`, { method: 'PUT', headers, body: '{"a":1}' });
    await forward(request, B, CONFIG);
    expect(Object.fromEntries(asked[0]?.headers ?? [])).toEqual({
      accept: '*/*',
      authorization: 'Bearer 1',
      'content-type': 'text/plain;charset=UTF-8',
      'x-own': '2',
    });
    expect(await asked[0]?.text()).toBe('{"a":1}');
  });

  test.each([
    '//evil.example/1',
    '/\\evil.example/2',
    '/@evil.example',
    '/%2f%2fevil.example',
    '/https://evil.example',
  ])('stays on the backup for %s', async (path) => {
    const asked = backup(new Response('b'));
    await forward(document(path), B, CONFIG);
    expect(new URL(asked[0]?.url ?? '').origin).toBe(B);
  });
});

describe('what a backup answers', () => {
  test('keeps of a document what the browser is to know', async () => {
    const headers = {
      'content-type': 'text/html',
      'content-security-policy': "default-src 'self'",
      'content-security-policy-report-only': "default-src 'none'",
      'content-encoding': 'gzip',
      'content-length': '7',
      'clear-site-data': '"*"',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
      refresh: '0;url=https://evil.example',
      'service-worker-allowed': '/',
    };
    backup(new Response('b', { status: 404, headers }));
    const answer = await forward(document('/'), B, CONFIG);
    expect(answer.status).toBe(404);
    expect([...answer.headers.keys()].sort()).toEqual([
      'content-security-policy',
      'content-security-policy-report-only',
      'content-type',
      'cross-origin-opener-policy',
      'x-frame-options',
    ]);
    expect(answer.redirected).toBe(false);
  });

  test.each([204, 205, 304])('has no body where its status (%i) allows none', async (status) => {
    backup(new Response(null, { status }));
    expect((await forward(new Request(`${A}/api`), B, CONFIG)).status).toBe(status);
  });

  test('is a redirect on the own host where it comes from another place of the site', async () => {
    backup(new Response('b'), { url: `${B}/signed-in?x=1`, redirected: true });
    const answer = await forward(document('/'), B, CONFIG);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `${A}/signed-in?x=1`]);
  });

  test('is shown where the redirects ended at the page that was asked for: else there would be no end', async () => {
    backup(new Response('b'), { url: `${B}/x`, redirected: true });
    expect(await (await forward(document('/x'), B, CONFIG)).text()).toBe('b');
  });

  test.each([
    'https://evil.example/',
    'https://b.example.evil.example/',
    'https://b.example:444/',
    'http://b.example/',
  ])('is refused where it comes from %s', async (url) => {
    backup(new Response('b'), { url, redirected: true });
    await expect(forward(document('/'), B, CONFIG)).rejects.toThrow('redirects');
    backup(new Response('b'), { url, redirected: true });
    await expect(forward(new Request(`${A}/script.js`), B, CONFIG)).rejects.toThrow('redirects');
  });
});
