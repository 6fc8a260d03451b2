import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SwitchoverError } from '../../../src/policy/error.ts';
import { parseHost, scanHost } from '../../../src/policy/host.ts';

const REFUSED: readonly (readonly [why: string, text: string])[] = [
  ['no text', ''],
  ['no scheme', 'chat.example.com'],
  ['a scheme without slashes', 'https:chat.example.com'],
  ['one slash', 'https:/chat.example.com'],
  ['three slashes', 'https:///chat.example.com'],
  ['another scheme', 'wss://chat.example.com'],
  ['a scheme that only begins like http', 'httpss://chat.example.com'],
  ['a user name', 'https://user@chat.example.com'],
  ['a password', 'https://user:secret@chat.example.com'],
  ['an empty user name', 'https://@chat.example.com'],
  ['a backslash for a slash', 'https:\\\\chat.example.com'],
  ['a backslash after the name', 'https://chat.example.com\\@evil.example'],
  ['a backslash in the path', 'https://chat.example.com/a\\b'],
  ['a query', 'https://chat.example.com/?a=1'],
  ['an empty query', 'https://chat.example.com?'],
  ['a fragment', 'https://chat.example.com/#top'],
  ['a space before', ' https://chat.example.com'],
  ['a space after', 'https://chat.example.com '],
  ['a space within', 'https://chat .example.com'],
  ['a line break', 'https://chat.example.com\n'],
  ['a tab', 'https://chat\t.example.com'],
  ['a null character', 'https://chat.example.com\0'],
  ['a non-ASCII name', 'https://bücher.example'],
  ['a full-width dot', 'https://chat。example'],
  ['a letter that lower-cases into ASCII', 'https://\u212Aafka.example'],
  ['a percent-encoded name', 'https://ch%61t.example.com'],
  ['no name', 'https://'],
  ['no name but a port', 'https://:443'],
  ['an empty label', 'https://chat..example.com'],
  ['an empty first label', 'https://.example.com'],
  ['a dot at the end', 'https://chat.example.com.'],
  ['a label of 64 characters', `https://${'a'.repeat(64)}.example`],
  ['a name of 254 characters', `https://${'a.'.repeat(126)}ab`],
  ['an empty port', 'https://chat.example.com:'],
  ['port 0', 'https://chat.example.com:0'],
  ['port 65536', 'https://chat.example.com:65536'],
  ['a port with a sign', 'https://chat.example.com:+443'],
  ['a port that is no number', 'https://chat.example.com:https'],
  ['two ports', 'https://chat.example.com:1:2'],
  ['hexadecimal IPv4', 'https://0x7f.0.0.1'],
  ['IPv4 in two parts', 'https://127.1'],
  ['octal IPv4', 'https://010.0.0.1'],
  ['IPv4 as one number', 'https://2130706433'],
  ['IPv4 as one hexadecimal number', 'https://0x7f000001'],
  ['IPv4 with a part of 256', 'https://1.2.3.256'],
  ['IPv4 with five parts', 'https://1.2.3.4.5'],
  ['a name that ends in a number', 'https://chat.example.1'],
  ['a name that ends in an empty hexadecimal number', 'https://chat.0x'],
  ['IPv6 without brackets', 'https://::1'],
  ['IPv6 without an end', 'https://[::1'],
  ['empty brackets', 'https://[]'],
  ['IPv6 with a zone', 'https://[fe80::1%25eth0]'],
  ['IPv6 of seven groups', 'https://[1:2:3:4:5:6:7]'],
  ['IPv6 of nine groups', 'https://[1:2:3:4:5:6:7:8:9]'],
  ['IPv6 with two gaps', 'https://[1::2::3]'],
  ['IPv6 with two gaps around eight groups', 'https://[1:2:3:4::5:6:7:8::]'],
  ['IPv6 with a gap for nothing', 'https://[1:2:3:4::5:6:7:8]'],
  ['IPv6 with three colons', 'https://[1:::2]'],
  ['IPv6 with a colon before', 'https://[:1::2]'],
  ['IPv6 with a group of five digits', 'https://[12345::]'],
  ['IPv6 with IPv4 in its middle', 'https://[::1.2.3.4:1]'],
  ['IPv6 with odd IPv4', 'https://[::ffff:127.1]'],
  ['IPv6 with octal IPv4', 'https://[::ffff:010.0.0.1]'],
  ['IPv6 with a stray dot', 'https://[::.]'],
  ['IPv4 in brackets', 'https://[1.2.3.4]'],
  ['a dot segment', 'https://chat.example.com/a/../b'],
  ['a single dot segment', 'https://chat.example.com/./b'],
  ['an encoded dot segment', 'https://chat.example.com/a/%2e%2E'],
  ['a half-encoded dot segment', 'https://chat.example.com/.%2e/a'],
  ['an empty segment', 'https://chat.example.com//a'],
  ['two slashes at the end', 'https://chat.example.com/a//'],
  ['a stray percent', 'https://chat.example.com/100%'],
  ['a non-ASCII path', 'https://chat.example.com/ü'],
  ['a path that browsers would rewrite', 'https://chat.example.com/{a}'],
];

const label = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/).filter((text) => !/^xn--/i.test(text));
const name = fc
  .array(label, { minLength: 1, maxLength: 4 })
  .map((labels) => labels.join('.'))
  .filter((text) => !/(^|\.)(\d+|0x[\da-f]*)$/i.test(text));
const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
const scheme = fc.constantFrom('http', 'https', 'HTTPS', 'hTTp');
const base = fc
  .array(
    fc.stringMatching(/^([a-zA-Z0-9.~!$&'()*+,;=:@_-]|%2F|%c3){1,8}$/).filter((text) => !/^\.{1,2}$/.test(text)),
    { maxLength: 3 },
  )
  .map((segments) => segments.map((text) => `/${text}`).join(''));

function written(parts: { scheme: string; name: string; port: number | undefined; base?: string }): string {
  return `${parts.scheme}://${parts.name}${parts.port === undefined ? '' : `:${parts.port}`}${parts.base ?? ''}`;
}

describe('what is refused', () => {
  it.each(REFUSED)('refuses %s', (_why, text) => {
    expect(() => parseHost(text, true)).toThrowError(expect.objectContaining({ code: 'INVALID_HOST' }));
    expect(scanHost(text)).toBeNull();
  });

  it('says what to write instead', () => {
    try {
      parseHost('https://bücher.example');
      expect.unreachable();
    } catch (error) {
      expect(SwitchoverError.is(error) && error.remedy).toMatch(/punycode/);
    }
  });

  it('never shows a password in a message', () => {
    for (const text of [
      'https://me:secret@host',
      'https:me:secret@host',
      'me:secret@\nhost',
      'https://a@b:secret@c',
      'a\nb:secret@c',
    ]) {
      expect(() => parseHost(text)).toThrowError(/^(?!.*secret)/s);
    }
  });

  it('keeps messages short and on one line, whatever the text', () => {
    const text = `https://${'x\n\u001b[31m'.repeat(1000)}`;
    expect(() => parseHost(text)).toThrowError(/^[ -~…]{1,200}$/);
  });

  it('refuses what is not a text', () => {
    for (const value of [undefined, null, 5, {}, ['a', 'b'], Number.NaN]) {
      expect(() => parseHost(value as unknown as string)).toThrowError(
        expect.objectContaining({ code: 'INVALID_HOST' }),
      );
    }
  });

  it('never accepts what the URL standard refuses, nor reads another origin in it', () => {
    const texts = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.string({ unit: fc.constantFrom(...'aB1:/\\@.[]%?#x0 \t') }).map((tail) => `https://${tail}`),
      fc.string({ unit: fc.constantFrom(...'0123456789abcfx.:') }).map((tail) => `http://${tail}`),
      fc.string({ unit: fc.constantFrom(...'0123:.fF') }).map((tail) => `http://[${tail}]`),
      fc.string({ unit: fc.constantFrom(...'./%2eEa') }).map((tail) => `https://h/${tail}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const host = scanHost(text);
        if (host !== null) expect(new URL(text).origin).toBe(host.origin);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('what is accepted', () => {
  it('takes a host apart', () => {
    expect(parseHost('https://Chat1.Example.com:8443/Base/v1/')).toEqual({
      origin: 'https://chat1.example.com:8443',
      scheme: 'https',
      hostname: 'chat1.example.com',
      port: 8443,
      basePath: '/Base/v1',
      local: false,
    });
  });

  it('leaves default ports out of the origin, but says them', () => {
    expect(parseHost('https://a.example:443')).toMatchObject({ origin: 'https://a.example', port: 443 });
    expect(parseHost('http://a.example:80', true)).toMatchObject({ origin: 'http://a.example', port: 80 });
    expect(parseHost('https://a.example:80')).toMatchObject({ origin: 'https://a.example:80', port: 80 });
  });

  it('takes one slash after the name for none', () => {
    expect(parseHost('https://a.example/').basePath).toBe('');
  });

  it('takes names in punycode', () => {
    expect(parseHost('https://XN--bcher-kva.example').origin).toBe(new URL('https://bücher.example').origin);
  });

  it('takes names and labels of the full length', () => {
    expect(parseHost(`https://${'a'.repeat(63)}.example`).hostname).toHaveLength(71);
    expect(parseHost(`https://${'a.'.repeat(126)}a`).hostname).toHaveLength(253);
  });

  it('gives the origin, name, port and path that a browser would', () => {
    fc.assert(
      fc.property(fc.record({ scheme, name, port, base }), (parts) => {
        const host = parseHost(written(parts), true);
        const url = new URL(written(parts));
        expect(host.origin).toBe(url.origin);
        expect(host.hostname).toBe(url.hostname);
        expect(host.scheme).toBe(url.protocol.slice(0, -1));
        expect(host.port).toBe(Number(url.port || (host.scheme === 'http' ? 80 : 443)));
        expect(host.basePath).toBe(url.pathname.replace(/\/$/, ''));
      }),
      { numRuns: 2000 },
    );
  });

  it('gives IPv4 origins as a browser would', () => {
    fc.assert(
      fc.property(fc.ipV4(), port, (address, at) => {
        const text = written({ scheme: 'https', name: address, port: at });
        expect(parseHost(text).origin).toBe(new URL(text).origin);
      }),
    );
  });

  it('gives IPv6 origins as a browser would, however they are written', () => {
    const group = fc.oneof(fc.constantFrom('0', '0000', '1', 'ABCD', '0a0'), fc.stringMatching(/^[\da-fA-F]{1,4}$/));
    const groups = (count: number) =>
      fc.array(group, { minLength: count, maxLength: count }).map((all) => all.join(':'));
    const gap = fc
      .tuple(fc.array(group, { maxLength: 4 }), fc.array(group, { maxLength: 3 }))
      .map(([head, tail]) => `${head.join(':')}::${tail.join(':')}`);
    const address = fc.oneof(
      groups(8),
      gap,
      fc.ipV6(),
      fc.tuple(groups(6), fc.ipV4()).map(([head, tail]) => `${head}:${tail}`),
      fc.ipV4().map((tail) => `::ffff:${tail}`),
    );
    fc.assert(
      fc.property(address, port, (text, at) => {
        const full = written({ scheme: 'https', name: `[${text}]`, port: at });
        expect(parseHost(full).origin).toBe(new URL(full).origin);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['[1:0:0:2:0:0:0:3]', '[1:0:0:2::3]'],
    ['[1:0:0:2:0:0:3:4]', '[1::2:0:0:3:4]'],
    ['[1:0:2:3:4:5:6:7]', '[1:0:2:3:4:5:6:7]'],
    ['[0:0:0:0:0:0:0:0]', '[::]'],
    ['[2001:DB8::0010]', '[2001:db8::10]'],
    ['[::FFFF:192.168.0.1]', '[::ffff:c0a8:1]'],
    ['[0:0:1::]', '[0:0:1::]'],
  ])('writes %s as %s', (from, to) => {
    expect(parseHost(`https://${from}`).hostname).toBe(to);
  });

  it('gives back an origin unchanged', () => {
    fc.assert(
      fc.property(fc.record({ scheme, name, port }), (parts) => {
        const { origin } = parseHost(written(parts), true);
        expect(parseHost(origin, true).origin).toBe(origin);
      }),
    );
  });
});

describe('http', () => {
  it.each(['localhost', 'LOCALHOST', 'app.localhost', '127.0.0.1', '127.255.0.9', '[::1]', '[0:0:0:0:0:0:0:1]'])(
    'is allowed to %s, which is local',
    (hostname) => {
      expect(parseHost(`http://${hostname}:8080`).local).toBe(true);
    },
  );

  it.each([
    'chat.example.com',
    'notlocalhost',
    'localhost.example',
    '128.0.0.1',
    '127.example',
    '[::2]',
    '[::ffff:7f00:1]',
  ])('is refused to %s unless insecure hosts are allowed', (hostname) => {
    const text = `http://${hostname}:8080`;
    expect(() => parseHost(text)).toThrowError(expect.objectContaining({ code: 'INSECURE_HOST' }));
    expect(parseHost(text, true)).toMatchObject({ scheme: 'http', local: false });
  });
});
