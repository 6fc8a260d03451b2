import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../../../src/policy/retryAfter.ts';

const FOREVER = Number.POSITIVE_INFINITY;
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number) => String(value).padStart(2, '0');

/** The three forms of RFC 9110 §5.6.7, by the platform's calendar. */
const FORMS = {
  'IMF-fixdate': (date: Date) => date.toUTCString(),
  'RFC 850': (date: Date) =>
    `${DAYS[date.getUTCDay()]}, ${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${two(date.getUTCFullYear() % 100)} ${date.toISOString().slice(11, 19)} GMT`,
  asctime: (date: Date) =>
    `${DAYS[date.getUTCDay()]?.slice(0, 3)} ${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2, ' ')} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()}`,
} as const;
const NOW = Date.UTC(2025, 5, 15, 12, 30, 45, 678);
const wholeSecond = (min: string, max: string) =>
  fc.integer({ min: Date.parse(min) / 1000, max: Date.parse(max) / 1000 }).map((seconds) => seconds * 1000);

describe('Retry-After in seconds', () => {
  it.each([
    ['0', 0],
    ['1', 1000],
    ['120', 120_000],
    ['007', 7000],
  ])('reads %s as %i ms', (value, expected) => {
    expect(parseRetryAfter(value, NOW, FOREVER)).toBe(expected);
  });

  it('reads any whole number, and never waits less than it says below the cap', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seconds, capMs) => {
        expect(parseRetryAfter(String(seconds), NOW, capMs)).toBe(Math.min(seconds * 1000, capMs));
      }),
    );
  });

  it('cuts a year, and a number too long for any clock, to the cap', () => {
    expect(parseRetryAfter('31536000', NOW, 3_600_000)).toBe(3_600_000);
    expect(parseRetryAfter('9'.repeat(1000), NOW, 3_600_000)).toBe(3_600_000);
  });
});

describe('Retry-After as a date', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'reads the RFC’s own example %j',
    (value) => {
      expect(parseRetryAfter(value, Date.UTC(1994, 10, 6, 8, 49, 36, 500), FOREVER)).toBe(500);
    },
  );

  it.each(['IMF-fixdate', 'asctime'] as const)(
    'agrees with the platform’s calendar for every second, as %s',
    (form) => {
      fc.assert(
        fc.property(wholeSecond('1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z'), (atMs) => {
          expect(parseRetryAfter(FORMS[form](new Date(atMs)), 0, FOREVER)).toBe(atMs);
        }),
        { numRuns: 2000 },
      );
    },
  );

  it('reads a two-digit year as the one that is at most 50 years ahead and less than 50 behind', () => {
    const now = wholeSecond('1971-01-01T00:00:00Z', '2200-01-01T00:00:00Z');
    fc.assert(
      fc.property(now, fc.integer({ min: 0, max: 49 * 366 }), (nowMs, days) => {
        const aheadMs = days * 86_400_000;
        expect(parseRetryAfter(FORMS['RFC 850'](new Date(nowMs + aheadMs)), nowMs, FOREVER)).toBe(aheadMs);
        expect(parseRetryAfter(FORMS['RFC 850'](new Date(nowMs - aheadMs)), nowMs, FOREVER)).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('turns to the past at 50 years and a second', () => {
    const nowMs = Date.UTC(2025, 5, 15);
    expect(parseRetryAfter('Saturday, 15-Jun-75 00:00:00 GMT', nowMs, FOREVER)).toBe(Date.UTC(2075, 5, 15) - nowMs);
    expect(parseRetryAfter('Saturday, 15-Jun-75 00:00:01 GMT', nowMs, FOREVER)).toBe(0);
  });

  it('is no wait once it is over, and the cap where it is far away', () => {
    expect(parseRetryAfter('Sun, 06 Nov 1994 08:49:37 GMT', NOW, 1000)).toBe(0);
    expect(parseRetryAfter('Fri, 31 Dec 9999 23:59:59 GMT', NOW, 1000)).toBe(1000);
  });

  it('knows leap days and leap seconds', () => {
    expect(parseRetryAfter('Thu, 29 Feb 2024 00:00:00 GMT', 0, FOREVER)).toBe(Date.UTC(2024, 1, 29));
    expect(parseRetryAfter('Tue, 29 Feb 2000 00:00:00 GMT', 0, FOREVER)).toBe(Date.UTC(2000, 1, 29));
    expect(parseRetryAfter('Sat, 31 Dec 2016 23:59:60 GMT', 0, FOREVER)).toBe(Date.UTC(2017, 0, 1));
  });
});

describe('what is no Retry-After', () => {
  it.each([
    '',
    ' ',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    'Infinity',
    'NaN',
    '120, 120',
    'soon',
    '2025-06-15T12:30:45Z',
    'Wed, 29 Feb 2023 00:00:00 GMT',
    'Thu, 29 Feb 1900 00:00:00 GMT',
    'Sun, 31 Apr 2025 00:00:00 GMT',
    'Sun, 32 Dec 2025 00:00:00 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:00:61 GMT',
    'Sun, 06 Nov 1994 08:49:37 CET',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun Nov 6 08:49:37 1994',
    'Sun Nov  6 08:49:37 94',
  ])('ignores %j', (value) => {
    expect(parseRetryAfter(value, NOW, FOREVER)).toBeNull();
  });

  it('ignores a missing header', () => {
    expect(parseRetryAfter(null, NOW, FOREVER)).toBeNull();
  });

  it('gives null or a wait within [0, cap] for any text', () => {
    const like = fc.stringMatching(/^[SMTWF][a-z]{2,8},? [\d A-Z][\d a-z -]{3,12} \d\d:\d\d:\d\d( GMT)?$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), like), (value) => {
        const waitMs = parseRetryAfter(value, NOW, 5000);
        if (waitMs !== null) expect(waitMs >= 0 && waitMs <= 5000).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
