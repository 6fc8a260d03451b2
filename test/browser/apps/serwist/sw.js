import { NetworkFirst, NetworkOnly, Serwist } from 'serwist';
import { workboxPlugin } from 'switchover/service-worker';
import { options } from './switchover.options.js';

const switchover = workboxPlugin(options);

const serwist = new Serwist({
  precacheEntries: self.__SW_MANIFEST,
  // With navigation preload, Serwist asks the server for precached pages, too.
  navigationPreload: true,
  precacheOptions: { plugins: [switchover] },
  runtimeCaching: [
    { matcher: /\/news\//, handler: new NetworkFirst({ plugins: [switchover] }) },
    {
      matcher: ({ request }) => request.mode === 'navigate',
      handler: new NetworkOnly({ plugins: [switchover] }),
    },
  ],
});
serwist.addEventListeners();
