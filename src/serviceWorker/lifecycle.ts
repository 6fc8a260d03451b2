import type { ExtendableMessageEvent } from './events.ts';
import type { WorkerSite } from './navigation/workerSite.ts';

/**
 * What a worker does from its installation on: it keeps the offline page, has the browser ask the server while the worker starts, and
 * takes the place of the one before when its pages say so, not by itself: they would be half of one version, half of the other.
 */
export function followLifecycle(site: WorkerSite): void {
  const { scope } = site;
  keepOfflinePage(site);
  scope.addEventListener('activate', (event) =>
    event.waitUntil(Promise.resolve(scope.registration.navigationPreload?.enable())),
  );
  scope.addEventListener('message', (event) => {
    if (asksToTakeOver(event, scope.location.origin)) event.waitUntil(scope.skipWaiting());
  });
}

/** The part of it that is not the own affair of an app's worker. */
export function keepOfflinePage({ scope, offline }: WorkerSite): void {
  scope.addEventListener('install', (event) => event.waitUntil(offline.keep()));
  scope.addEventListener('activate', (event) => event.waitUntil(offline.removeOld()));
}

/** As workbox-window's `messageSkipWaiting` says it. */
function asksToTakeOver({ data, origin }: ExtendableMessageEvent, own: string): boolean {
  return origin === own && (data as { type?: unknown } | null)?.type === 'SKIP_WAITING';
}
