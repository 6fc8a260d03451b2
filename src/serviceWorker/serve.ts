import type { NavigationMode, SiteConfig } from '../site/config.ts';
import { assetResponder } from './assets/responder.ts';
import { siteHealth } from './assets/siteHealth.ts';
import { type Responder, workerScope } from './events.ts';
import { followLifecycle } from './lifecycle.ts';
import { navigationResponder } from './navigation/navigation.ts';
import { openSite } from './navigation/openSite.ts';
import type { Mode, WorkerSite } from './navigation/workerSite.ts';
import { answerBy } from './responders.ts';

/**
 * A site's whole worker, for one mode: what others need is not in its file. Its configuration, a `SiteConfig`, stands before it as
 * `self.SWITCHOVER`: `npx switchover init` and the Vite plug-in write both into one file.
 *
 * @param more What the mode answers beside pages and files.
 * @throws Error Where the configuration is for another mode: the browser does not install such a worker.
 */
export function serve(name: NavigationMode, mode: Mode, more?: (site: WorkerSite) => Responder): void {
  const scope = workerScope();
  const config = (scope as unknown as { readonly SWITCHOVER: SiteConfig }).SWITCHOVER;
  if (config.mode !== name) throw new Error(`Made for ${name}`);
  const site = openSite(config, scope, mode);
  if (site === null) return;
  followLifecycle(site);
  const responders = [navigationResponder(site), assetResponder(config, siteHealth(site))];
  answerBy(scope, more === undefined ? responders : [...responders, more(site)]);
}
