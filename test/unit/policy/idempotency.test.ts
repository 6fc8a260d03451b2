import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReplaySafe, isSafeMethod } from '../../../src/policy/idempotency.ts';

const anyMethod = fc.oneof(
  fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH', 'TRACE', 'get', 'QUERY', ''),
  fc.stringMatching(/^[A-Z]{1,10}$/),
);

describe('replay', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('is safe for %s', (method) => {
    expect(isReplaySafe(method, false)).toBe(true);
  });

  it.each(['POST', 'PATCH', 'QUERY', 'FOO', ''])('is not safe for %j without an Idempotency-Key', (method) => {
    expect(isReplaySafe(method, false)).toBe(false);
  });

  it('is safe for any method with an Idempotency-Key', () => {
    fc.assert(fc.property(anyMethod, (method) => isReplaySafe(method, true)));
  });

  it('is safe for every method that changes nothing', () => {
    fc.assert(fc.property(anyMethod, (method) => isReplaySafe(method, false) || !isSafeMethod(method)));
  });

  it('counts PUT and DELETE as changing something', () => {
    expect(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST'].filter(isSafeMethod)).toEqual([
      'GET',
      'HEAD',
      'OPTIONS',
    ]);
  });
});
