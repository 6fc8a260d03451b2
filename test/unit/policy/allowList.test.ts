import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAllowed } from '../../../src/policy/allowList.ts';

const STAR = ['https://*.example.com'];

describe('the allow list', () => {
  it('allows nothing where it is empty', () => {
    expect(isAllowed('https://a.example.com', [])).toBe(false);
  });

  it.each(['https://a.example.com', 'https://a.b.example.com', 'HTTPS://A.Example.COM', 'https://a.example.com/base'])(
    'a star stands for every name below its domain: %s',
    (url) => {
      expect(isAllowed(url, STAR)).toBe(true);
    },
  );

  it.each([
    'https://example.com',
    'https://evilexample.com',
    'https://a.example.com.evil.net',
    'https://evil.net/.example.com',
    'https://evil.net?.example.com',
    'https://evil.net#.example.com',
    'https://a.example.com@evil.net',
    'https://evil.net\\.example.com',
    'http://a.example.com',
    'https://a.example.com:8443',
    'https://.example.com',
    'https://a..example.com',
    '',
    'a.example.com',
  ])('a star allows nothing else: %s', (url) => {
    expect(isAllowed(url, STAR)).toBe(false);
  });

  it('a pattern without a star stands for its origin alone, in any spelling and with any base path', () => {
    expect(isAllowed('https://a.example.com/x', ['https://A.example.com:443/y'])).toBe(true);
    expect(isAllowed('https://b.a.example.com', ['https://a.example.com'])).toBe(false);
    expect(isAllowed('https://a.example.com:444', ['https://a.example.com'])).toBe(false);
  });

  it("a pattern's port must be the URL's", () => {
    expect(isAllowed('https://a.example.com:8443', ['https://*.example.com:8443'])).toBe(true);
    expect(isAllowed('https://a.example.com', ['https://*.example.com:8443'])).toBe(false);
    expect(isAllowed('https://a.example.com', ['https://*.example.com:443'])).toBe(true);
  });

  it('one pattern that fits is enough', () => {
    expect(isAllowed('https://a.example.com', ['https://other.net', ...STAR])).toBe(true);
  });

  it.each([
    '*',
    '*.',
    '**.example.com',
    '*.example.com',
    'https://*',
    'https://*.',
    'https://a*.example.com',
    'https://a.*.example.com',
    'https://*.*.example.com',
    'https://user@*.example.com',
    '*://*.example.com',
    'ftp://*.example.com',
    '',
  ])('a pattern that is none allows nothing: %s', (pattern) => {
    for (const url of ['https://a.example.com', 'https://a.b.example.com', 'https://example.com']) {
      expect(isAllowed(url, [pattern])).toBe(false);
    }
  });

  it('whatever a star allows has the pattern’s domain as its own end, as URL parsers see it', () => {
    const part = fc.constantFrom('a', 'example', '.', '.com', 'evil', '.example.com', '@', ':', '/', '\\', '#', '%2e');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const url = `https://${parts.join('')}`;
        if (!isAllowed(url, STAR)) return;
        const { hostname, port, username } = new URL(url);
        expect(hostname.endsWith('.example.com')).toBe(true);
        expect(port + username).toBe('');
      }),
      { numRuns: 2000 },
    );
  });
});
