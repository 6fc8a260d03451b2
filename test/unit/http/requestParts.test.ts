import { describe, expect, it } from 'vitest';
import { readInit } from '../../../src/http/requestParts.ts';

const URL_TEXT = 'https://chat.example/path?q=1#part';

describe('the URL', () => {
  it.each([
    ['text, as it is written', '/api/me?x=%20', '/api/me?x=%20'],
    ['a URL', new URL(URL_TEXT), URL_TEXT],
    ['a Request', new Request(URL_TEXT), URL_TEXT],
    ['anything that can be read as text', { toString: () => '/x' } as unknown as string, '/x'],
  ])('may be %s', (_, input, url) => {
    expect(readInit(input, undefined).url).toBe(url);
  });
});

describe('the fields of an init', () => {
  it('are all kept, known to the standard or not, but for the three that others set', () => {
    const dispatcher = {};
    const kept = { method: 'PUT', headers: { a: 'b' }, keepalive: true, priority: 'high', cf: { x: 1 }, dispatcher };
    const signal = new AbortController().signal;
    const given = { ...kept, body: 'x', signal, failover: { pin: 'https://a' } } as RequestInit;
    const { init } = readInit('/x', given);
    expect(init).toEqual(kept);
    expect((init as { dispatcher?: unknown }).dispatcher).toBe(dispatcher);
  });

  it('are copied: the copy may be written to', () => {
    const given: RequestInit = { method: 'POST' };
    readInit('/x', given).init.method = 'GET';
    expect(given).toEqual({ method: 'POST' });
  });

  it('count where they are inherited, as they do for fetch', () => {
    expect(readInit('/x', Object.create({ method: 'POST' })).init.method).toBe('POST');
    expect(readInit('/x', new Request(URL_TEXT, { method: 'POST' })).init.method).toBe('POST');
  });

  it('need not be there', () => {
    expect(readInit('/x', undefined)).toEqual({
      url: '/x',
      method: 'GET',
      headers: undefined,
      signal: undefined,
      request: null,
      init: {},
    });
  });
});

describe('the method', () => {
  it('is told in upper case, and sent as it was written', () => {
    const { method, init } = readInit('/x', { method: 'post' });
    expect([method, init.method]).toEqual(['POST', 'post']);
  });

  it("is the Request's, unless the init has one", () => {
    const request = new Request(URL_TEXT, { method: 'DELETE' });
    expect([readInit(request, {}).method, readInit(request, { method: 'PUT' }).method]).toEqual(['DELETE', 'PUT']);
    expect(readInit(request, { method: undefined } as unknown as RequestInit).method).toBe('DELETE');
  });
});

describe('a Request', () => {
  it('gives every field that fetch takes with a URL', () => {
    const fields = {
      method: 'POST',
      mode: 'same-origin',
      credentials: 'include',
      cache: 'no-store',
      redirect: 'manual',
      referrer: '',
      referrerPolicy: 'origin',
      integrity: 'sha256-abc',
      keepalive: true,
    } as const;
    const request = new Request(URL_TEXT, { ...fields, headers: { 'x-it': 'is' }, body: 'x' });
    const { init, headers } = readInit(request, undefined);
    const again = new Request('https://other.example/', init);
    for (const [name, value] of Object.entries(fields)) {
      const expected = name === 'referrer' ? request.referrer : value;
      expect([name, again[name as keyof typeof fields]]).toEqual([name, expected]);
    }
    expect(new Headers(headers).get('x-it')).toBe('is');
    expect(again.headers.get('x-it')).toBe('is');
  });

  it('gives no field that has its default, for platforms that know it not', () => {
    expect(Object.keys(readInit(new Request(URL_TEXT), undefined).init)).toEqual(['method', 'headers']);
  });

  it('gives no field that a polyfill leaves empty', () => {
    const polyfill = { url: URL_TEXT, method: 'GET', headers: new Headers(), mode: null, referrer: null };
    expect(Object.keys(readInit(polyfill as unknown as Request, undefined).init)).toEqual(['method', 'headers']);
  });

  it("of a navigation loses its mode, which is the browser's alone to ask for", () => {
    const navigation = { url: URL_TEXT, method: 'GET', headers: new Headers(), mode: 'navigate', redirect: 'manual' };
    const { init } = readInit(navigation as unknown as Request, undefined);
    expect([init.mode, init.redirect]).toEqual([undefined, 'manual']);
  });

  it('gives way to the init, field for field', () => {
    const request = new Request(URL_TEXT, { credentials: 'include', headers: { a: '1', b: '2' } });
    const { init, headers } = readInit(request, { credentials: 'omit', headers: { c: '3' } });
    expect([init.credentials, headers]).toEqual(['omit', { c: '3' }]);
  });

  it('is handed on, for it may hold the body', () => {
    const request = new Request(URL_TEXT);
    expect(readInit(request, undefined).request).toBe(request);
    expect(readInit(new URL(URL_TEXT), undefined).request).toBeNull();
  });
});

describe('the signal', () => {
  const own = new AbortController().signal;
  const request = new Request(URL_TEXT, { signal: new AbortController().signal });

  it.each([
    ["is the init's", readInit('/x', { signal: own }), own],
    ["is the Request's", readInit(request, {}), request.signal],
    ["is the init's where both have one", readInit(request, { signal: own }), own],
    ['is none where the init says null', readInit(request, { signal: null }), undefined],
    ['is none where nobody gives one', readInit('/x', {}), undefined],
  ])('%s', (_, parts, signal) => {
    expect(parts.signal).toBe(signal);
    expect(parts.init).not.toHaveProperty('signal');
  });
});
