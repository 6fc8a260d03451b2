import type { WorkerSite } from './navigation/workerSite.ts';

/**
 * What a worker does from its installation on: it keeps the offline page, has the browser ask the server while the worker starts, and
 * takes the place of the one before when its pages say so, not by itself: they would be half of one version, half of the other.
 */
export function followLifecycle(site: WorkerSite): void {
  const { scope } = site;
  keepOfflinePage(site);
  scope.addEventListener('activate', (event) => event.waitUntil(scope.registration.navigationPreload?.enable()));
  scope.addEventListener('message', (event) => {
    const data = event.data as { readonly type?: unknown } | null | undefined;
    // As workbox-window's `messageSkipWaiting` says it.
    const asksToTakeOver = event.origin === scope.location.origin && data?.type === 'SKIP_WAITING';
    if (asksToTakeOver) void scope.skipWaiting();
  });
}

/** The part of it that is not the own affair of an app's worker. */
export function keepOfflinePage({ scope, offline }: WorkerSite): void {
  scope.addEventListener('install', (event) => event.waitUntil(offline.keep()));
  scope.addEventListener('activate', (event) => event.waitUntil(offline.removeOld()));
}
