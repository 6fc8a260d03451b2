import type { Options as KyOptions } from 'ky';
import { describe, expectTypeOf, test } from 'vitest';
import type { Failover, FailoverOptions, RequestOptions } from '../../src/index.node.ts';

declare const failover: Failover;

describe('the options of one request', () => {
  test('ride on the init of every fetch', () => {
    expectTypeOf<RequestInit['failover']>().toEqualTypeOf<RequestOptions | undefined>();
    expectTypeOf(failover.fetch).toBeCallableWith('/', { failover: { pin: 'https://a.example.com' } });
  });

  test('ride on the options of ky, which are made from that init', () => {
    expectTypeOf<KyOptions['failover']>().toEqualTypeOf<RequestOptions | undefined>();
    expectTypeOf(failover.http.get).toBeCallableWith('x', { failover: { idempotencyKey: true }, searchParams: 'a=1' });
    expectTypeOf(failover.http.extend).toBeCallableWith({ failover: { retry: false } });
    expectTypeOf<NonNullable<FailoverOptions['ky']>['failover']>().toEqualTypeOf<RequestOptions | undefined>();
  });

  test('are checked there', () => {
    // @ts-expect-error There is no such option.
    void failover.http.get('x', { failover: { pinned: 'https://a.example.com' } });
    // @ts-expect-error A duration is a number.
    void failover.http.get('x', { failover: { timeout: { totalMs: '1s' } } });
  });
});
