import type { SiteConfig } from '../../site/config.ts';
import { isWorkerCache, offlineCache } from '../../site/names.ts';
import type { WorkerScope } from '../events.ts';
import { addressOn } from './address.ts';

/** The page that is shown where there is no other. */
export interface OfflinePage {
  /** Fetches it from the server and keeps it. Rejects where that gives anything but the page. */
  keep(): Promise<void>;
  /** Removes what a former version of this worker kept under another name. */
  removeOld(): Promise<void>;
  /**
   * The page as an answer to a navigation.
   *
   * @param to The host that it is to lead to, if that is well. Default: the one in whose place it stands.
   */
  show(url: string, to?: string): Promise<Response>;
}

/** It is kept under the worker's scope, which says whose it is: a site in another folder may have one of its own. */
export function offlinePage(
  { name, hosts, offlinePage }: SiteConfig,
  { caches, registration }: WorkerScope,
): OfflinePage {
  const cacheName = offlineCache(name);
  return {
    async keep() {
      // What comes by a redirect is as likely a sign-in page, and no browser shows it in place of another.
      const response = await fetch(offlinePage, { cache: 'reload', redirect: 'error' });
      if (!response.ok) throw new Error(`${offlinePage}: ${response.status}`);
      const cache = await caches.open(cacheName);
      // Without the headers: by `Vary` it might not be found.
      await cache.put(registration.scope, new Response(await response.blob()));
    },
    async removeOld() {
      for (const key of await caches.keys()) {
        if (!isWorkerCache(key) || key === cacheName) continue;
        if (await caches.match(registration.scope, { cacheName: key })) await caches.delete(key);
      }
    },
    async show(url, to) {
      const kept = await caches.match(registration.scope, { cacheName }).catch(() => undefined);
      const html = kept ? await kept.text() : lastResort(url, hosts);
      // Both are checked: an origin has no character that means anything in HTML.
      return new Response(to ? html.replace('<html', `<html data-to="${to}"`) : html, {
        status: 503,
        headers: { 'content-type': 'text/html', 'cache-control': 'no-store' },
      });
    },
  };
}

/** Browsers empty caches when the disk is full. */
function lastResort(url: string, hosts: SiteConfig['hosts']): string {
  const links = hosts.map(({ origin }) => `<p><a href="${addressOn(origin, url)}">${origin}</a>`);
  const head =
    '<!doctype html><html lang=en><meta http-equiv=refresh content=15><meta name=viewport content="width=device-width">';
  return `${head}<title>No answer</title><h1>No answer</h1>${links.join('')}`;
}
