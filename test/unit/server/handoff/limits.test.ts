import { describe, expect, test } from 'vitest';
import { memoryCodes } from '../../../../src/server/handoff/codes.ts';
import { RATES, RateLimit } from '../../../../src/server/handoff/rateLimit.ts';
import { createHandoff, type HandoffOptions } from '../../../../src/server/index.ts';
import { virtualClock } from '../../../../src/testing/index.ts';

describe('codes in memory', () => {
  test('are gone with their time, and given out once', async () => {
    const clock = virtualClock();
    const codes = memoryCodes({ clock });
    expect(codes.put('one', 'first', 1_000)).toBe(true);
    expect(codes.put('two', 'second', 2_000)).toBe(true);
    expect(codes.put('two', 'another', 2_000)).toBe(false);
    await clock.advance(1_000);
    expect([codes.take('one'), codes.take('two'), codes.take('two')]).toEqual([null, 'second', null]);
    await clock.advance(1_000);
    expect(clock.timers).toEqual([]);
  });

  test('are no more, and no larger, than they may be; what is taken or over makes room', async () => {
    const clock = virtualClock();
    const codes = memoryCodes({ clock, count: 2, bytes: 20 });
    const put = (hash: string, size: number) => codes.put(hash, 'x'.repeat(size), 1_000);
    expect([put('a', 6), put('b', 5), put('c', 4), put('d', 1)]).toEqual([true, false, true, false]);
    void codes.take('a');
    expect(put('e', 6)).toBe(true);
    await clock.advance(1_000);
    expect(put('f', 10)).toBe(true);
  });
});

describe('a rate limit', () => {
  const rates = { perAddress: 1, addressBurst: 20, total: 100, totalBurst: 1_000 };
  const admitted = (limit: RateLimit, address: string | null, times: number, nowMs = 0): number =>
    Array.from({ length: times }, () => limit.admit(address, nowMs)).filter((wait) => wait === null).length;

  test('is for each address, and comes back with time', () => {
    const limit = new RateLimit(rates, 0);
    expect([admitted(limit, '192.0.2.1', 30), admitted(limit, '192.0.2.2', 30)]).toEqual([20, 20]);
    expect(limit.admit('192.0.2.1', 0)).toBe(1);
    expect(admitted(limit, '192.0.2.1', 30, 5_000)).toBe(5);
  });

  test('counts a refused request tenfold', () => {
    const limit = new RateLimit(rates, 0);
    for (let n = 0; n < 2; n++) {
      expect(limit.admit('192.0.2.1', 0)).toBeNull();
      limit.refused('192.0.2.1', 0);
    }
    expect(limit.admit('192.0.2.1', 0)).toBe(1);
  });

  test('takes a network of IPv6 for one address', () => {
    const same = ['2001:db8::1', '2001:db8:0:0:ffff::2', '2001:db8:0:0::3'];
    const limit = new RateLimit({ ...rates, addressBurst: 1 }, 0);
    expect(same.map((address) => limit.admit(address, 0) === null)).toEqual([true, false, false]);
    const others = ['2001:db8:0:1::1', '::1', '::ffff:192.0.2.1', '::ffff:192.0.2.2'];
    expect(others.map((address) => limit.admit(address, 0))).toEqual([null, null, null, null]);
  });

  test('of all is not used up by one who is stopped by his own', () => {
    const limit = new RateLimit({ ...rates, total: 1, totalBurst: 25 }, 0);
    admitted(limit, '192.0.2.1', 1_000);
    expect(admitted(limit, '192.0.2.2', 20)).toBe(5);
    expect(admitted(limit, null, 20)).toBe(0);
  });

  test('forgets addresses before it grows without end, and lets an office in at once', () => {
    const limit = new RateLimit({ ...RATES, totalBurst: 1e6 }, 0);
    expect(admitted(limit, '192.0.2.1', 300)).toBe(300);
    expect(limit.admit('192.0.2.1', 0)).not.toBeNull();
    for (let n = 0; n < 10_001; n++) limit.admit(`10.${n >> 8}.${n & 255}.1`, 0);
    expect(limit.admit('192.0.2.1', 0)).toBeNull();
  });
});

test('options that can’t be meant are refused at once', () => {
  const good = { origins: ['https://a.example.com'], verify: () => null, current: () => null, open: () => null };
  const codeOf = (bad: object): string => {
    try {
      createHandoff({ ...good, ...bad } as HandoffOptions);
      return 'taken';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(codeOf({})).toBe('taken');
  expect(codeOf({ origins: [] })).toBe('NO_HOSTS');
  expect(codeOf({ origins: ['http://a.example.com'] })).toBe('INSECURE_HOST');
  expect(codeOf({ origins: ['https://a.example.com', 'https://A.example.com:443'] })).toBe('DUPLICATE_HOST');
  const invalid = [
    { verify: null },
    { current: undefined },
    { open: 'x' },
    { ttlMs: 30_001 },
    { ttlMs: 0 },
    { path: '//evil' },
    { path: '/handoff/' },
    { own: 'https://b.example.com' },
    { referrer: 'never' },
    { maxBytes: -1 },
    { rates: { perAdress: 1 } },
    { rates: { total: 0 } },
    { origin: 'https://a.example.com' },
  ];
  for (const bad of invalid) expect([bad, codeOf(bad)]).toEqual([bad, 'INVALID_OPTION']);
});
