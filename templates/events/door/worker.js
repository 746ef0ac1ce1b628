/* The door page for a phone without a network. Rendered by events/door/views_offline.py.

   When installed, it keeps the offline page and its files, and never anything else: what the server
   says about guests and the venue goes through and leaves no copy. */

const CACHE = "nsca-door-{{ version }}";
const SHELL = {{ shell|safe }};
const ASSETS = {{ assets|safe }};
const PATIENCE = 8_000; // milliseconds for a page, before it counts as no network

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, pathname));
  else if (ASSETS.includes(pathname)) event.respondWith(asset(request));
});

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll([SHELL, ...ASSETS].map((url) => new Request(url, { cache: "reload", credentials: "omit" })));
  await self.skipWaiting();
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/* The server's page; without a network the one for that, at the first address of the link. */
async function page(request, pathname) {
  const home = /^\/door\/[^/]+\//.exec(pathname)?.[0];
  const answer = await Promise.race([fetch(request).catch(() => null), after(PATIENCE)]);
  if (answer && ![502, 504].includes(answer.status)) return answer;
  return home && pathname !== home ? Response.redirect(home) : kept(SHELL);
}

const asset = async (request) => (await kept(request)) ?? fetch(request);
const kept = (what) => caches.open(CACHE).then((cache) => cache.match(what));
const after = (patience) => new Promise((resolve) => setTimeout(resolve, patience, null));
