import { workboxPlugin } from 'switchover/service-worker';
import { enable } from 'workbox-navigation-preload';
import { precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { NetworkFirst, NetworkOnly } from 'workbox-strategies';
import { options } from './switchover.options.js';

const switchover = workboxPlugin(options);

enable();
precacheAndRoute(self.__WB_MANIFEST);
registerRoute(/\/news\//, new NetworkFirst({ plugins: [switchover] }));
registerRoute(new NavigationRoute(new NetworkOnly({ plugins: [switchover] })));
