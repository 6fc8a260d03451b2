/**
 * `dist/kill-sw.js`: a worker that takes the worker of a site away, whoever wrote that. It is put where the old one's script was;
 * an answer of 404 there would leave the old one in charge. Guide: docs/kill-switch.md.
 *
 * The new worker does not wait, since it is there for the day on which the old one does harm. It removes the caches and records of
 * this library's workers, unregisters, and has the pages that were under the old worker load again, at the address where they are:
 * from then on no worker stands between them and their server. What pages keep (sessions, unsent messages) stays.
 */
import { createStore, delMany, keys } from 'idb-keyval';
import { DATABASE, isSharedKey, isWorkerCache } from '../site/names.ts';
import type { ExtendableEvent } from './events.ts';

/** What a worker needs to take itself away. */
interface LeavingScope {
  readonly registration: { unregister(): Promise<boolean> };
  readonly clients: { matchAll(options: { type: 'window' }): Promise<readonly Page[]> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
}

interface Page {
  readonly url: string;
  /** Rejects for a page that is not under this worker, or that is gone. */
  navigate(url: string): Promise<unknown>;
}

const scope = globalThis as unknown as LeavingScope;

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener('activate', (event) =>
  event.waitUntil(Promise.allSettled([removeCaches(), removeRecords(), leave()])),
);

/** First gone, then the pages: whatever loads while a worker is on its way into service waits for that worker. */
async function leave(): Promise<void> {
  const pages = await scope.clients.matchAll({ type: 'window' });
  if (!(await scope.registration.unregister())) return;
  await Promise.allSettled(pages.map((page) => page.navigate(addressThatLoads(page.url))));
  // A page that registered it once more while others were still under it has taken the unregistration back (Chromium).
  await scope.registration.unregister();
}

/**
 * A page's own address. Where it has a fragment, Firefox and WebKit take that for a jump within the document, and load nothing: an
 * empty parameter makes it another address of the same page.
 */
const addressThatLoads = (url: string): string =>
  url.replace(/^([^#]*)#/, (_, page: string) => `${page}${page.includes('?') ? '&' : '?'}#`);

async function removeCaches(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter(isWorkerCache).map((name) => caches.delete(name)));
}

async function removeRecords(): Promise<void> {
  const databases = await indexedDB.databases();
  // To open it would make it.
  if (!databases.some(({ name }) => name === DATABASE.name)) return;
  const store = createStore(DATABASE.name, DATABASE.store);
  await delMany((await keys<string>(store)).filter(isSharedKey), store);
}
