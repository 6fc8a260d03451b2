import { describe, expectTypeOf, test } from 'vitest';
import type { Failover as Root } from '../../src/index.node.ts';
import {
  type BannerView,
  type ChannelHandle,
  type ChannelState,
  type Failover,
  FailoverBanner,
  FailoverProvider,
  type PoolStatus,
  useChannel,
  useFailover,
  useHostStatus,
  useSession,
} from '../../src/react/index.ts';

describe('the hooks', () => {
  test('give what a failover has', () => {
    expectTypeOf(useFailover).returns.toEqualTypeOf<Root>();
    expectTypeOf<Failover>().toEqualTypeOf<Root>();
    expectTypeOf(useSession).returns.toExtend<{ readonly state: string; readonly host: string | null }>();
  });

  test('give what was selected, and compare that', () => {
    expectTypeOf(useHostStatus()).toEqualTypeOf<PoolStatus>();
    expectTypeOf(useHostStatus(({ current }) => current)).toEqualTypeOf<string>();
    useHostStatus(
      ({ hosts }) => hosts.map(({ origin }) => origin),
      (a, b) => a.length === b.length,
    );
    // @ts-expect-error: nothing was selected that could be compared
    useHostStatus(undefined, Object.is);
    // @ts-expect-error: a status has no such part
    useHostStatus(({ host }) => host);
  });

  test('take the options of a channel, and give its state or what was made of it', () => {
    expectTypeOf(useChannel('/channel')).toEqualTypeOf<ChannelHandle>();
    expectTypeOf(useChannel('/channel').state).toEqualTypeOf<ChannelState>();
    expectTypeOf(useChannel('/channel', { select: ({ kind }) => kind === 'open' }).state).toEqualTypeOf<boolean>();
    useChannel('/channel', { credential: async () => 'token', name: 'ann', onMessage: undefined });
    useChannel('/channel', { onMessage: (data) => expectTypeOf(data).toBeUnknown() });
    // @ts-expect-error: a channel has no such option
    useChannel('/channel', { onmessage: () => {} });
  });
});

describe('the components', () => {
  test('take what they need', () => {
    expectTypeOf(FailoverProvider).toBeCallableWith({ options: { hosts: ['https://a.example.com'] } });
    expectTypeOf(FailoverProvider).toBeCallableWith({ failover: {} as Failover, children: 'text' });
    expectTypeOf(FailoverBanner).toBeCallableWith({});
    expectTypeOf(FailoverBanner).toBeCallableWith({ texts: { moved: null }, children: ({ text }: BannerView) => text });
    // @ts-expect-error: there is no such text
    FailoverBanner({ texts: { well: 'fine' } });
  });
});
