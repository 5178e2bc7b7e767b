// The page's side of the engine's worker.
import type { Asked, Asks, Kind, Told } from "./protocol";

export interface Engine {
  ask<K extends Kind>(kind: K, what: Asks[K]["ask"]): Promise<Asks[K]["told"]>;
}

export function startEngine(): Engine {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "longma-gate" });
  const waiting = new Map<number, { told(told: never): void; failed(error: Error): void }>();
  let broken: Error | undefined;
  let last = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Told>) => {
    const asker = waiting.get(data.id);
    waiting.delete(data.id);
    if ("failed" in data) asker?.failed(new Error(data.failed));
    else asker?.told(data.told as never);
  });
  worker.addEventListener("error", (event) => {
    broken = new Error(event.message || "the worker did not start");
    for (const asker of waiting.values()) asker.failed(broken);
    waiting.clear();
  });
  return {
    ask: (kind, what) =>
      new Promise((told, failed) => {
        if (broken !== undefined) {
          failed(broken);
          return;
        }
        const id = ++last;
        waiting.set(id, { told, failed });
        worker.postMessage({ id, kind, ...what } as Asked);
      }),
  };
}
