/**
 * A failover in React's components, on the web and on phones. The guide: docs/react.md.
 *
 * @module switchover/react
 */
export type { Failover, FailoverOptions } from '../createFailover.ts';
export type * from '../publicFailover.ts';
export type * from '../publicParts.ts';
export {
  type BannerRegion,
  type BannerTexts,
  type BannerView,
  FailoverBanner,
  type FailoverBannerProps,
} from './banner.ts';
export type { BannerKind } from './bannerKind.ts';
export { useFailover, useHostStatus, useSession } from './hooks.ts';
export { FailoverProvider, type FailoverProviderProps } from './provider.ts';
export type { SessionHandle, SessionView } from './sessionStore.ts';
export type { ChannelCallbacks } from './sharedChannel.ts';
export type { Equality } from './store.ts';
export { type ChannelHandle, type UseChannelOptions, useChannel } from './useChannel.ts';
