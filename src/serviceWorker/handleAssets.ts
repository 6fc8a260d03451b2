import { readSiteOptions, type SiteOptions } from '../site/options.ts';
import { assetResponder } from './assets/responder.ts';
import { workerScope } from './events.ts';

/**
 * Has a worker of your own give pages the files of dead origins from another that has the same: images, styles, scripts, modules,
 * fonts, media and workers of the site's `hosts`, and of the other origins in `assets`, of these also what pages get with `fetch`.
 *
 * Call it while the worker starts, before other listeners: a request that one of them answers first does not come here. All that it
 * does not answer goes on to them. It reads `hosts`, `assets`, `navigationMs` (until the first byte of a file) and `waryNavigationMs`.
 *
 * @throws SwitchoverError as for all options of a site: `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`.
 */
export function handleAssets(options: SiteOptions): void {
  const respond = assetResponder(readSiteOptions(options));
  workerScope().addEventListener('fetch', (event) => {
    const answer = respond(event);
    if (answer !== null) event.respondWith(answer);
  });
}
