import { readSiteOptions, type SiteOptions } from '../site/options.ts';
import { workerScope } from './events.ts';
import { followLifecycle } from './lifecycle.ts';
import { MODES } from './modes/byName.ts';
import { passageResponder } from './modes/passage.ts';
import { navigationResponder } from './navigation/navigation.ts';
import { openSite } from './navigation/openSite.ts';
import { answerBy } from './responders.ts';

/**
 * Has a worker of your own see to it that a page survives its server: it answers navigations (GET, to the worker's own origin), and in
 * `transparent` mode also what such a page asks of its origin while a backup stands in.
 *
 * A navigation is answered by the server, asked by navigation preload where the browser has it. Where that fails, stays silent for
 * `navigationMs`, or says that it is not there (502, 503, 504, 52x), `mode` says what happens: the offline page, a redirect to a backup
 * that a probe has just found well, or the backup's document under the same address. Forms that are sent (POST) are left to the browser.
 *
 * Call it while the worker starts, before other `fetch` listeners: what one of them answers first does not come here. It also keeps the
 * offline page at installation, turns navigation preload on at activation, and heeds the message `SKIP_WAITING` from pages of its own
 * origin. On an origin that is not among `hosts` it does nothing.
 *
 * @throws SwitchoverError as for all options of a site: `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`.
 */
export function handleNavigation(options: SiteOptions): void {
  const scope = workerScope();
  const config = readSiteOptions(options);
  const site = openSite(config, scope, MODES[config.mode]);
  if (site === null) return;
  followLifecycle(site);
  answerBy(scope, [navigationResponder(site), passageResponder(site)]);
}
