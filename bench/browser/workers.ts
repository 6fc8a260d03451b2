import type { SiteOptions } from '../../src/site/options.ts';

/** The workers of others, and of users, as they write them. Each is bundled for its site, and weighed. */

/** What answers pages by the network, asked while the worker starts. */
export const WORKBOX = `
  import { enable } from 'workbox-navigation-preload';
  import { NavigationRoute, registerRoute } from 'workbox-routing';
  import { NetworkOnly } from 'workbox-strategies';

  enable();
  registerRoute(new NavigationRoute(new NetworkOnly()));
`;

/** The same for a worker by whose hands files go, too, as they go by ours. */
export const WORKBOX_FILES = `
  import { enable } from 'workbox-navigation-preload';
  import { NavigationRoute, registerRoute, setDefaultHandler } from 'workbox-routing';
  import { NetworkOnly } from 'workbox-strategies';

  enable();
  registerRoute(new NavigationRoute(new NetworkOnly()));
  setDefaultHandler(new NetworkOnly());
`;

export const SERWIST = `
  import { NetworkOnly, Serwist } from 'serwist';

  const runtimeCaching = [{ matcher: ({ request }) => request.mode === 'navigate', handler: new NetworkOnly() }];
  new Serwist({ navigationPreload: true, runtimeCaching }).addEventListeners();
`;

/** As https://developer.chrome.com/docs/workbox/managing-fallback-responses has it. It shows `offline.html`. */
export const OFFLINE_FALLBACK = `
  import { offlineFallback } from 'workbox-recipes';
  import { setDefaultHandler } from 'workbox-routing';
  import { NetworkOnly } from 'workbox-strategies';

  setDefaultHandler(new NetworkOnly());
  offlineFallback();
`;

/** The least that shows a page of its own in time. */
export const HAND_WRITTEN = `
  const PAGE = '/offline.html';
  const LIMIT_MS = 5000;

  self.addEventListener('install', (event) => {
    event.waitUntil(caches.open('offline').then((cache) => cache.add(PAGE)));
  });
  self.addEventListener('activate', (event) => {
    event.waitUntil(Promise.resolve(self.registration.navigationPreload?.enable()));
  });
  self.addEventListener('fetch', (event) => {
    if (event.request.mode === 'navigate') event.respondWith(answer(event));
  });

  async function answer({ request, preloadResponse }) {
    const control = new AbortController();
    let timer;
    const limit = new Promise((_, reject) => {
      timer = setTimeout(() => reject(control.abort()), LIMIT_MS);
    });
    const ask = async () => (await preloadResponse) ?? fetch(request, { signal: control.signal });
    try {
      const response = await Promise.race([ask(), limit]);
      if (response.status < 502) return response;
    } catch {
      // Nobody has answered.
    } finally {
      clearTimeout(timer);
    }
    return caches.match(PAGE);
  }
`;

/** A worker of Workbox that has our plug-in. */
export const withPlugin = (options: SiteOptions): string => `
  import { enable } from 'workbox-navigation-preload';
  import { NavigationRoute, registerRoute } from 'workbox-routing';
  import { NetworkOnly } from 'workbox-strategies';
  import { workboxPlugin } from './src/serviceWorker/index.ts';

  enable();
  registerRoute(new NavigationRoute(new NetworkOnly({ plugins: [workboxPlugin(${JSON.stringify(options)})] })));
`;

/** A worker of one's own that has our part for pages. */
export const withNavigation = (options: SiteOptions): string => `
  import { handleNavigation } from './src/serviceWorker/index.ts';

  handleNavigation(${JSON.stringify(options)});
`;
