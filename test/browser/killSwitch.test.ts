import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Server } from '../rig/cluster.ts';
import { useRig } from '../rig/vitest.ts';
import { until } from '../rig/wait.ts';
import { bundle } from './rig/bundle.ts';
import { type Site, startSite } from './rig/site.ts';
import type { Tab } from './rig/tab.ts';
import { eachEngine } from './rig/vitest.ts';

const LIMIT_MS = 20_000;

/** A worker such as one wants to be rid of: it takes all pages, and answers each with what it has kept. */
const BAD_WORKER = `
  addEventListener('install', (event) => event.waitUntil(skipWaiting()));
  addEventListener('activate', (event) => event.waitUntil(clients.claim()));
  addEventListener('fetch', (event) => {
    if (event.request.mode !== 'navigate') return;
    event.respondWith(new Response(PAGE.replace('by the server', 'by the worker'), { headers: { 'content-type': 'text/html' } }));
  });
`;

/** Registers its worker whenever it is loaded, as a site's pages go on to do. */
const PAGE = `<!doctype html><html lang="en"><title>by the server</title><script>
  navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
</script></html>`;

eachEngine(({ openTab }) => {
  const rig = useRig({ for: 'all' });
  let site: Site;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    site = await startSite(rig, { hostnames: ['a.localhost'], files: { 'index.html': PAGE } });
    server = site.a;
    origin = server.url;
  });

  const open = async (path: string): Promise<Tab> => {
    const tab = await openTab(origin + path);
    await until(
      () => isControlled(tab),
      LIMIT_MS,
      () => `${path} is not under the worker`,
    );
    return tab;
  };

  test('the kill switch takes away a worker that a missing script leaves in charge, and every open page is free of it', async () => {
    site.write('sw.js', `const PAGE = ${JSON.stringify(PAGE)};${BAD_WORKER}`);
    const plain = await open('/?plain');
    const routed = await open('/#/inbox?a=b');
    await plain.evaluate(keepThings);
    await plain.reload();
    expect(await plain.title()).toBe('by the worker');

    rmSync(join(site.folder, 'sw.js'));
    await plain.evaluate(lookForUpdate);
    await plain.reload();
    expect(await plain.title()).toBe('by the worker');
    expect(await plain.evaluate(registrations)).toBe(1);

    site.write('sw.js', await bundle('src/serviceWorker/killSwitch.ts'));
    await plain.evaluate(lookForUpdate).catch(() => {});
    for (const tab of [plain, routed]) {
      await until(
        async () => !(await isControlled(tab)),
        LIMIT_MS,
        () => 'a page is still under a worker',
      );
      await until(
        async () => (await tab.title()) === 'by the server',
        LIMIT_MS,
        () => 'a page was not loaded again',
      );
    }
    expect(await plain.url()).toBe(`${origin}/?plain`);
    expect(await routed.url()).toBe(`${origin}/?#/inbox?a=b`);
    // It clears what it finds beside that, in its own time.
    await expect
      .poll(() => plain.evaluate(kept), { timeout: LIMIT_MS })
      .toEqual({ caches: ['own'], records: ['switchover:site:outbox'] });

    // The pages go on to register it. Each time it goes by itself, and loads nothing again.
    await until(
      async () => (await plain.evaluate(registrations)) === 0,
      LIMIT_MS,
      () => 'a worker has stayed',
    );
    const [pages, scripts] = [pageLoads(server), scriptLoads(server)];
    await plain.reload();
    await until(
      () => scriptLoads(server) > scripts,
      LIMIT_MS,
      () => 'the page has not registered its worker',
    );
    await until(
      async () => (await plain.evaluate(registrations)) === 0,
      LIMIT_MS,
      () => 'a worker has come back',
    );
    expect(await plain.title()).toBe('by the server');
    expect(pageLoads(server)).toBe(pages + 1);
  });
});

const isControlled = (tab: Tab): Promise<boolean> =>
  // A page that is being loaded again has no answer.
  tab.evaluate(() => navigator.serviceWorker.controller !== null).catch(() => true);

const loads = (server: Server, wanted: RegExp): number =>
  server.counts().received.filter(({ path }) => wanted.test(path)).length;

const pageLoads = (server: Server): number => loads(server, /^\/(\?|$)/);
const scriptLoads = (server: Server): number => loads(server, /^\/sw\.js$/);

const registrations = async (): Promise<number> => (await navigator.serviceWorker.getRegistrations()).length;

/** Resolves when the browser has looked for another script, whatever it has found. */
async function lookForUpdate(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  await registration?.update().catch(() => {});
}

/** Puts what a worker, the pages, and somebody else would keep into the browser. */
async function keepThings(): Promise<void> {
  await caches.open('switchover:site:offline');
  await caches.open('own');
  await new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open('switchover');
    opening.onupgradeneeded = () => opening.result.createObjectStore('keyval');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const writing = opening.result.transaction('keyval', 'readwrite');
      for (const key of ['health', 'moves', 'outbox']) writing.objectStore('keyval').put('x', `switchover:site:${key}`);
      writing.oncomplete = () => resolve();
    };
  });
}

async function kept(): Promise<{ caches: string[]; records: string[] }> {
  const records = await new Promise<string[]>((resolve, reject) => {
    const opening = indexedDB.open('switchover');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const reading = opening.result.transaction('keyval').objectStore('keyval').getAllKeys();
      reading.onsuccess = () => resolve(reading.result.map(String));
    };
  });
  return { caches: await caches.keys(), records };
}
