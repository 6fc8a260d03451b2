import type { SiteConfig } from '../site/config.ts';
import { readSiteOptions, type SiteOptions } from '../site/options.ts';
import { type FetchEvent, type WorkerScope, workerScope } from './events.ts';
import { keepOfflinePage } from './lifecycle.ts';
import { MODES } from './modes/byName.ts';
import { passageResponder } from './modes/passage.ts';
import { isNavigation, navigationResponder } from './navigation/navigation.ts';
import { openSite } from './navigation/openSite.ts';
import type { WorkerSite } from './navigation/workerSite.ts';
import { type WatchedFetches, watchFetches } from './ownWorker/fetches.ts';
import { listenLast } from './ownWorker/listenLast.ts';
import { mendNavigation } from './ownWorker/mend.ts';
import { watchNavigation } from './ownWorker/watch.ts';
import { respondBy } from './responders.ts';

/**
 * Stands between the browser and any worker: call it before that worker's own code, and pages survive their server as they do with
 * {@link handleNavigation}, without a change to that code.
 *
 * What the worker answers a navigation with is passed on: also what it has in a cache. Where it fails (it rejects, gives 502, 503, 504
 * or 52x, or nothing within `navigationMs`), `mode` says what happens. The worker's requests to the server are given up when their time is
 * over, and a 503 of the server is an error to them, so that the worker comes to look into its caches; what it finds there goes first.
 * Navigations that the worker leaves to the browser are answered as by {@link handleNavigation}.
 *
 * It keeps the offline page at installation. When the worker takes over, and whether it uses navigation preload, stays its own affair.
 * On an origin that is not among `hosts` it does nothing.
 *
 * @throws SwitchoverError as for all options of a site: `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`.
 */
export function interpose(options: SiteOptions): void {
  interposeFor(readSiteOptions(options), workerScope());
}

/** The same, for options that were checked when they were written. */
export function interposeFor(config: SiteConfig, scope: WorkerScope): void {
  const site = openSite(config, scope, MODES[config.mode]);
  if (site === null) return;
  const responders = [navigationResponder(site), passageResponder(site)];
  const fetches = watchFetches(scope);
  const stepAside = new WeakMap<FetchEvent, () => void>();
  keepOfflinePage(site);
  scope.addEventListener('fetch', (event) => {
    if (isNavigation(event.request)) stepAside.set(event, standBetween(site, event, fetches));
  });
  listenLast(scope, (event) => {
    stepAside.get(event)?.();
    respondBy(event, responders);
  });
}

/** Has the worker's answer to a navigation go through our hands. Returns what ends that, for a navigation which it does not answer. */
function standBetween(site: WorkerSite, event: FetchEvent, fetches: WatchedFetches): () => void {
  const answer = event.respondWith.bind(event);
  const watch = watchNavigation(event);
  const forget = fetches.add(event.request.url, watch);
  let isAnswered = false;
  Object.defineProperty(event, 'respondWith', {
    configurable: true,
    value: (given: unknown) => {
      isAnswered = true;
      answer(mendNavigation(site, event, watch.asked(usable(given))).finally(forget));
    },
  });
  // A listener may leave a navigation to the browser, and keep those after it from hearing of it.
  setTimeout(() => isAnswered || forget());
  return () => {
    forget();
    watch.end();
    Reflect.deleteProperty(event, 'respondWith');
  };
}

/** What no browser would take for an answer is none. */
async function usable(given: unknown): Promise<Response> {
  const answer = await given;
  if (answer instanceof Response && answer.type !== 'error') return answer;
  throw new TypeError('The worker gave no response.');
}
