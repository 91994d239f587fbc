// Keeps the app shell at hand: the page, its scripts and styles load without a network; data never comes from here.
// A photo or an answer of /api must not be cached: it belongs to the person who was signed in.
import { version } from '$app/env';
import { assets, immutable } from '$app/manifest';

declare const self: ServiceWorkerGlobalScope;

const CACHE = `shell-${version}`;
const SHELL = '/index.html';

async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  const files = [...immutable, ...assets].map((file) => (file.path.startsWith('/') ? file.path : `/${file.path}`));
  await cache.addAll([...files, SHELL]);
}

async function dropOld(): Promise<void> {
  const keys = await caches.keys();
  await Promise.all(keys.filter((key) => key !== CACHE).map((key) => caches.delete(key)));
}

/** Files named by their content come from the cache; a page comes from the network, from the cache when there is none. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  if (request.mode === 'navigate') {
    try {
      return await fetch(request);
    } catch (error) {
      const shell = await cache.match(SHELL);
      if (shell) return shell;
      throw error;
    }
  }
  return (await cache.match(request)) ?? fetch(request);
}

self.addEventListener('install', (event) => {
  event.waitUntil(fill());
});
self.addEventListener('activate', (event) => {
  event.waitUntil(dropOld());
});
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  const ours = url.origin === self.location.origin && !url.pathname.startsWith('/api/');
  if (ours && event.request.method === 'GET') event.respondWith(answer(event.request));
});
