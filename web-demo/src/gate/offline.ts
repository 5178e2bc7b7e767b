// So that a page opens without a network. The scope is the pages and workers whose names begin alike, and none of the
// other pages. In development Vite serves the files.
export function opensOffline(): void {
  // Where it is refused, the page works with a network.
  if (import.meta.env.PROD && "serviceWorker" in navigator) navigator.serviceWorker.register("./gate-keeper.js", { scope: "./gate" }).catch(() => undefined);
}
