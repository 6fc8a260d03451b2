/**
 * `dist/sw.js`: a site's whole worker. Its configuration, a `SiteConfig`, stands before it as `self.SWITCHOVER`: `npx switchover init`
 * and the Vite plug-in write both into one file.
 */
import type { SiteConfig } from '../site/config.ts';
import { assetResponder } from './assets/responder.ts';
import { siteHealth } from './assets/siteHealth.ts';
import { workerScope } from './events.ts';
import { followLifecycle } from './lifecycle.ts';
import { navigationResponder } from './navigation/navigation.ts';
import { passageResponder } from './navigation/passage.ts';
import { openSite } from './navigation/workerSite.ts';
import { answerBy } from './responders.ts';

const scope = workerScope();
const config = (scope as unknown as { readonly SWITCHOVER: SiteConfig }).SWITCHOVER;
const site = openSite(config, scope);

if (site !== null) {
  followLifecycle(site);
  answerBy(scope, [navigationResponder(site), assetResponder(config, siteHealth(site)), passageResponder(site)]);
}
