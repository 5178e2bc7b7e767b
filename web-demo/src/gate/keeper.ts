// The service worker of the gate page and the page with a holder's code: keeps their own files, so that they open
// without a network. The gate's documents are none of its business (documents.ts keeps those that the engine took, as a whole).
declare const self: ServiceWorkerGlobalScope;

/** The pages' files, relative to this one. The build writes their names here. */
const files: string[] = JSON.parse("__GATE_FILES__");
/** A name for these very files: files with other contents have other names. */
const CACHE = `longma-gate-page ${files.join(" ")}`;

const address = (name: string): string => new URL(name, self.location.href).href;
/** The page of an address, however it is spelt. */
const pageOf = (url: string): string => address(url.startsWith(address("gate-pass")) ? "gate-pass.html" : "gate.html");
const kept = new Set(files.map(address));

self.addEventListener("install", (event) => {
  // A page that is open keeps its own files: a newer keeper waits until it is closed.
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(files.map((name) => new Request(address(name), { cache: "no-cache" })))));
});

self.addEventListener("activate", (event) => {
  const drop = async (): Promise<void> => {
    const old = (await caches.keys()).filter((name) => name.startsWith("longma-gate-page ") && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(drop());
});

const fromCache = async (name: string): Promise<Response | undefined> => (await caches.open(CACHE)).match(name);

async function page(request: Request): Promise<Response> {
  // The newest page while there is a network; it names its own files.
  const got = await fetch(request).catch(() => undefined);
  return got?.ok ? got : ((await fromCache(pageOf(request.url))) ?? got ?? Response.error());
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (kept.has(request.url)) event.respondWith(fromCache(request.url).then((found) => found ?? fetch(request)));
});

export {};
