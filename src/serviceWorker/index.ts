/**
 * Parts for a site that has a service worker already: navigations, files, and a plug-in for Workbox and Serwist. A site that has none
 * gets a whole worker from `npx switchover init` or `switchover/vite`. The guide: docs/existing-workers.md.
 *
 * @module switchover/service-worker
 */
export * from '../policy/error.ts';
export type { NavigationMode, SiteConfig, SiteHost } from '../site/config.ts';
export type { SiteHostOption, SiteOptions } from '../site/options.ts';
export { handleAssets } from './handleAssets.ts';
export { handleNavigation } from './handleNavigation.ts';
export { interpose } from './interpose.ts';
export { type NavigationPlugin, type StrategyCall, workboxPlugin } from './workboxPlugin.ts';
