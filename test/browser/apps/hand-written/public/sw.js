// Before any listener of this worker's own.
importScripts('switchover-interpose.js');

const SHELL = 'shell-1';
const NEWS = 'news-1';

addEventListener('install', (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(['/', '/register.js'])));
});

addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url);
  if (pathname === '/' || pathname === '/register.js') event.respondWith(fromShell(event.request));
  else if (pathname.startsWith('/news/')) event.respondWith(fresh(event.request));
});

const fromShell = async (request) => (await caches.match(request, { cacheName: SHELL })) ?? fetch(request);

async function fresh(request) {
  const cache = await caches.open(NEWS);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request);
    if (kept === undefined) throw error;
    return kept;
  }
}
