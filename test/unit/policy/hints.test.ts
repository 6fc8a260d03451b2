import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_HINTS, readHints } from '../../../src/policy/hints.ts';

const read = (headers: Record<string, string>) => {
  const all = new Headers(headers);
  return readHints((name) => all.get(name));
};

/** The same of a server that says its role, as every server that gives hints does. */
const readWithRole = (headers: Record<string, string>) => read({ 'switchover-role': 'active', ...headers });

describe('readHints', () => {
  it('gives one frozen object for every answer without hints', () => {
    expect(read({ 'content-type': 'text/plain' })).toBe(NO_HINTS);
    expect(Object.isFrozen(NO_HINTS)).toBe(true);
  });

  it('looks at one header only where no role is given, and takes no other hint', () => {
    const asked: string[] = [];
    const hints = readHints((name) => {
      asked.push(name);
      return name === 'switchover-epoch' ? 'chat;42' : null;
    });
    expect(hints).toBe(NO_HINTS);
    expect(asked).toEqual(['switchover-role']);
  });

  it('reads all four headers', () => {
    const hints = read({
      'Switchover-Role': 'draining',
      'Switchover-Active': 'https://Chat2.Example.com:443/',
      'Switchover-Epoch': 'chat-eu;42',
      'Switchover-Retry-Window': '30',
    });
    expect(hints).toEqual({
      role: 'draining',
      active: 'https://chat2.example.com',
      epoch: { cluster: 'chat-eu', number: 42 },
      retryWindowMs: 30_000,
    });
  });

  it.each(['active', 'standby', 'draining'])('reads the role %s alone', (role) => {
    expect(read({ 'switchover-role': role })).toEqual({ ...NO_HINTS, role });
  });

  it.each(['', 'Active', 'leader', 'active, standby', 'null'])('ignores the role %j', (role) => {
    expect(read({ 'switchover-role': role })).toEqual(NO_HINTS);
  });

  it.each([
    '',
    'chat2.example.com',
    'https://me@chat2.example.com',
    'https://a, https://b',
    'ftp://a',
    'javascript:alert(1)',
  ])('ignores the active host %j', (active) => {
    expect(readWithRole({ 'switchover-active': active }).active).toBeNull();
  });

  it.each([
    '',
    'c',
    'c;',
    ';1',
    'c;-1',
    'c;1.5',
    'c;1e3',
    'c;99999999999999999999',
    'c;9007199254740992',
    'a b;1',
    'c;1;2',
    'c;1, c;2',
  ])('ignores the epoch %j', (epoch) => {
    expect(readWithRole({ 'switchover-epoch': epoch }).epoch).toBeNull();
  });

  it('ignores a cluster’s name of over 64 characters', () => {
    expect(readWithRole({ 'switchover-epoch': `${'c'.repeat(64)};1` }).epoch?.number).toBe(1);
    expect(readWithRole({ 'switchover-epoch': `${'c'.repeat(65)};1` }).epoch).toBeNull();
  });

  it('reads every epoch up to the largest exact integer', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w.:-]{1,64}$/), fc.maxSafeNat(), (cluster, number) => {
        expect(readWithRole({ 'switchover-epoch': `${cluster};${number}` }).epoch).toEqual({ cluster, number });
      }),
    );
    expect(readWithRole({ 'switchover-epoch': 'c; 9007199254740991' }).epoch?.number).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('holds the retry window to an hour', () => {
    expect(readWithRole({ 'switchover-retry-window': '0' }).retryWindowMs).toBe(0);
    expect(readWithRole({ 'switchover-retry-window': '3600' }).retryWindowMs).toBe(3_600_000);
    expect(readWithRole({ 'switchover-retry-window': '31536000' }).retryWindowMs).toBe(3_600_000);
    expect(readWithRole({ 'switchover-retry-window': '9'.repeat(400) }).retryWindowMs).toBe(3_600_000);
  });

  it.each(['', '-5', '1.5', 'soon', 'NaN', '5, 5'])('ignores the retry window %j', (window) => {
    expect(readWithRole({ 'switchover-retry-window': window }).retryWindowMs).toBeNull();
  });

  it('keeps the good hints beside a malformed one', () => {
    expect(readWithRole({ 'switchover-role': 'standby', 'switchover-epoch': '?', 'switchover-active': '?' })).toEqual({
      ...NO_HINTS,
      role: 'standby',
    });
  });

  it('looks no further where a server does not say its role', () => {
    expect(read({ 'switchover-epoch': 'c;1', 'switchover-retry-window': '5' })).toBe(NO_HINTS);
  });

  it('never throws, whatever the headers say', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string(), { nil: null }), { minLength: 4, maxLength: 4 }), (values) => {
        let at = 0;
        const hints = readHints(() => values[at++] ?? null);
        expect(Object.keys(hints).sort()).toEqual(['active', 'epoch', 'retryWindowMs', 'role']);
      }),
    );
  });
});
