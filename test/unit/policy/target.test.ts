import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHost } from '../../../src/policy/host.ts';
import { pathOn, urlOn } from '../../../src/policy/target.ts';

const ONE = parseHost('https://one.example');
const TWO = parseHost('https://two.example:8443');
const SIX = parseHost('https://[2001:db8::1]');
const PLAIN = [ONE, TWO, SIX];
const V1 = parseHost('https://v1.example/base');
const V2 = parseHost('https://v2.example/other/base');
const BASED = [V1, V2];

/** Texts made of the pieces by which URL parsers are fooled. */
const trick = fc
  .array(
    fc.constantFrom(
      ...[
        '/',
        '//',
        '\\',
        ':',
        '@',
        '?',
        '#',
        '.',
        '..',
        '%2e',
        '\t',
        '\n',
        '\r',
        ' ',
        '\0',
        '\u00a0',
        '&',
        ';',
        '[',
        ']',
      ],
      ...[
        'https:',
        'HTTP:',
        'https://one.example',
        'HTTPS://One.Example',
        'https://one.example:443',
        'two.example',
        ':8443',
      ],
      ...[
        'https://two.example:8443',
        'evil.example',
        'https://[2001:DB8:0::1]',
        'base',
        '/base',
        'api',
        'a',
        'data:',
        'ü',
        '💥',
      ],
    ),
    { maxLength: 7 },
  )
  .map((pieces) => pieces.join(''));
const anyText = fc.oneof({ weight: 4, arbitrary: trick }, fc.string({ unit: 'binary' }), fc.webUrl());
const path = fc
  .tuple(fc.webPath(), fc.option(fc.webQueryParameters(), { nil: '' }), fc.option(fc.webFragments(), { nil: '' }))
  .map(([name, query, fragment]) => `${name}${query && `?${query}`}${fragment && `#${fragment}`}`);

function parse(text: string, onto?: string): URL | null {
  try {
    return new URL(text, onto);
  } catch {
    return null;
  }
}

describe('pathOn', () => {
  it.each([
    ['/api/me', '/api/me'],
    ['api/me', '/api/me'],
    ['./api', '/./api'],
    ['?q=1', '?q=1'],
    ['#top', '#top'],
    ['', ''],
    ['/a?u=//evil.example', '/a?u=//evil.example'],
    ['a?u=https://evil.example', '/a?u=https://evil.example'],
    ['/a:b', '/a:b'],
    ['@evil.example', '/@evil.example'],
    ['.evil.example', '/.evil.example'],
  ])('takes the relative URL %j for ours', (url, expected) => {
    expect(pathOn(url, PLAIN)).toBe(expected);
    expect(pathOn(url, BASED)).toBe(expected);
  });

  it.each([
    ['https://one.example', ''],
    ['https://one.example/', '/'],
    ['https://one.example?q', '?q'],
    ['https://one.example#f', '#f'],
    ['https://one.example/a?b#c', '/a?b#c'],
    ['https://one.example:443/a', '/a'],
    ['HTTPS://ONE.example/A', '/A'],
    ['https://two.example:8443/a', '/a'],
    ['https://[2001:DB8:0:0::1]:443/a', '/a'],
  ])('takes %s, whose origin is listed, for ours', (url, expected) => {
    expect(pathOn(url, PLAIN)).toBe(expected);
  });

  it.each([
    'https://evil.example/a',
    'https://one.example.evil.example/a',
    'https://one.exampleevil/',
    'https://evil.example/https://one.example/',
    'http://one.example/a',
    'https://one.example:8443/a',
    'https://two.example/a',
    'https://two.example:84433/a',
    'https://user@one.example/a',
    'https://one.example@evil.example/a',
    'https://one.example:443@evil.example/a',
    'https://one.example\\@evil.example/a',
    'https://one.example\\.evil.example/a',
    'https://one.example\t.evil.example/a',
    'https:one.example/a',
    'https:/one.example/a',
    '//one.example/a',
    '//evil.example/a',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n\\evil.example',
    '\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    ' //evil.example',
    '\t//evil.example',
    '\0https://evil.example',
    'ht\ntps://evil.example',
    'data:text/plain,hi',
    'blob:https://one.example/1-2-3',
    'mailto:me@one.example',
    'javascript:alert(1)',
    'wss://one.example/live',
    'localhost:3000/a',
  ])('leaves %j alone', (url) => {
    expect(pathOn(url, PLAIN)).toBeNull();
  });

  it('strips the base path of the host that an absolute URL names', () => {
    expect(pathOn('https://v1.example/base/a', BASED)).toBe('/a');
    expect(pathOn('https://v2.example/other/base/a?b', BASED)).toBe('/a?b');
    expect(pathOn('https://v2.example:443/other/base', BASED)).toBe('');
    expect(pathOn('https://v1.example/base?q', BASED)).toBe('?q');
  });

  it.each([
    'https://v1.example/',
    'https://v1.example/basement',
    'https://v1.example/other/base/a',
    'https://v2.example/base/a',
    'https://v1.example/base/../admin',
    'https://v1.example/base/a/%2E./../admin',
    'https://v1.example/base\\..\\admin',
    'https://v1.example/base/..',
    'https://v1.example/base/.. ',
    'https://v1.example/base/..\0',
    'https://V1.example/base/.\t./admin',
  ])('leaves %j alone, which is not below its host’s base path', (url) => {
    expect(pathOn(url, BASED)).toBeNull();
  });

  it('takes dots that are no dot segments for ours', () => {
    expect(pathOn('https://v1.example/base/..a/b..?x=/../y', BASED)).toBe('/..a/b..?x=/../y');
  });

  it('never takes for ours what a URL parser sends to a host that is not listed', () => {
    const origins = new Set(PLAIN.map((host) => host.origin));
    fc.assert(
      fc.property(anyText, fc.constantFrom(...PLAIN), (url, page) => {
        if (pathOn(url, PLAIN) === null) return;
        expect(origins).toContain(parse(url, `${page.origin}/`)?.origin ?? ONE.origin);
      }),
      { numRuns: 20_000 },
    );
  });

  it('never takes for ours an absolute URL that a URL parser sends out of its host’s base path', () => {
    fc.assert(
      fc.property(trick, (tail) => {
        const url = `https://v1.example/base${tail}`;
        if (pathOn(url, BASED) !== null) expect(new URL(url).pathname).toMatch(/^\/base(\/|$)/);
      }),
      { numRuns: 5000 },
    );
  });

  it('changes nothing on the host that the URL already named', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(...PLAIN), (url, page) => {
        const before = parse(url, `${page.origin}/`);
        const ours = pathOn(url, PLAIN);
        const host = PLAIN.find((one) => one.origin === before?.origin);
        if (ours !== null && before !== null && host !== undefined)
          expect(parse(urlOn(host, ours))?.href).toBe(before.href);
      }),
      { numRuns: 10_000 },
    );
  });

  it('gives the same path for every host that serves it', () => {
    fc.assert(
      fc.property(path, fc.constantFrom(...PLAIN, ...BASED), (tail, host) => {
        expect(pathOn(urlOn(host, tail), [...PLAIN, ...BASED])).toBe(tail);
      }),
    );
  });
});

describe('urlOn', () => {
  it('joins origin, base path and path', () => {
    expect(urlOn(ONE, '/a?b')).toBe('https://one.example/a?b');
    expect(urlOn(V2, '/a')).toBe('https://v2.example/other/base/a');
    expect(urlOn(V2, '?b')).toBe('https://v2.example/other/base?b');
    expect(urlOn(V2, '')).toBe('https://v2.example/other/base');
  });

  it('never leaves the host, whatever the path', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(...PLAIN, ...BASED), (tail, host) => {
        expect(new URL(urlOn(host, tail)).origin).toBe(host.origin);
      }),
      { numRuns: 10_000 },
    );
  });
});
