export { SwitchoverError, type SwitchoverErrorCode } from '../policy/error.ts';
export type { NavigationMode, SiteConfig, SiteHost } from '../site/config.ts';
export type { SiteHostOption, SiteOptions } from '../site/options.ts';
export { handleAssets } from './handleAssets.ts';
export { handleNavigation } from './handleNavigation.ts';
export { interpose } from './interpose.ts';
export { type NavigationPlugin, workboxPlugin } from './workboxPlugin.ts';
