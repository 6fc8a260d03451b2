import { readSiteOptions, type SiteOptions } from '../site/options.ts';
import { assetResponder } from './assets/responder.ts';
import { siteHealth } from './assets/siteHealth.ts';
import { workerScope } from './events.ts';
import { openSite } from './navigation/openSite.ts';
import { answerBy } from './responders.ts';

/**
 * Has a worker of your own give pages the files of dead origins from another that has the same: images, styles, scripts, modules,
 * fonts, media and workers of the site's `hosts`, and of the other origins in `assets`, of these also what pages get with `fetch`.
 *
 * Call it while the worker starts, before `handleNavigation` and before other `fetch` listeners: what one of them answers first does
 * not come here, and what is not for files goes on to them. It reads `hosts`, `name`, `assets`, `navigationMs` (until the first byte of
 * a file) and `waryNavigationMs`. On an origin that is not among `hosts` it does nothing.
 *
 * @throws SwitchoverError as for all options of a site: `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`.
 */
export function handleAssets(options: SiteOptions): void {
  const scope = workerScope();
  const site = openSite(readSiteOptions(options), scope, {});
  if (site !== null) answerBy(scope, [assetResponder(site.config, siteHealth(site))]);
}
