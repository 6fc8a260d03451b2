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

const HTML = 'text/html;charset=utf-8';

/** Says which worker a kept page belongs to: a site in another folder may have one of its own. */
const SCOPE = 'switchover-scope';

export function offlinePage({ name, hosts, offlinePage }: SiteConfig, scope: WorkerScope): OfflinePage {
  const cacheName = offlineCache(name);
  const keep = async (): Promise<void> => {
    const { registration, caches } = scope;
    // What comes by a redirect is as likely a sign-in page, and no browser shows it in place of another.
    const response = await scope.fetch(offlinePage, { cache: 'reload', redirect: 'error' });
    if (!response.ok) throw new Error(`The offline page ${offlinePage} was answered with ${response.status}.`);
    const headers = { 'content-type': HTML, [SCOPE]: registration.scope };
    const page = new Response(await response.blob(), { headers });
    await (await caches.open(cacheName)).put(offlinePage, page);
  };
  return {
    keep,
    async removeOld() {
      for (const key of await scope.caches.keys()) {
        if (!isWorkerCache(key) || key === cacheName) continue;
        const [kept] = await (await scope.caches.open(key)).matchAll();
        if (kept?.headers.get(SCOPE) === scope.registration.scope) await scope.caches.delete(key);
      }
    },
    async show(url, to) {
      const kept = await scope.caches.match(offlinePage, { cacheName }).catch(() => undefined);
      const html = kept === undefined ? lastResort(url, hosts) : await kept.text();
      // Both are checked: an origin has no character that means anything in HTML.
      return asPage(to === undefined ? html : html.replace('<html', `<html data-to="${to}"`));
    },
  };
}

const asPage = (html: string): Response =>
  new Response(html, { status: 503, headers: { 'content-type': HTML, 'cache-control': 'no-store' } });

/** Browsers empty caches when the disk is full. */
function lastResort(url: string, hosts: SiteConfig['hosts']): string {
  const links = hosts.map(({ origin }) => `<p><a href="${addressOn(origin, url)}">${origin}</a>`);
  const head =
    '<!doctype html><html lang=en><meta name=viewport content="width=device-width"><meta http-equiv=refresh content=15>';
  return `${head}<title>No answer</title><h1>The server does not answer</h1>${links.join('')}`;
}
