// The language server's worker. Packs are checked only here, so the page takes keys while they are.
import init, { LanguageServer } from "../../../wasm/studio/pkg-web/longma_studio.js";
import type { Ask, Told } from "./protocol";

const tell = (told: Told): void => postMessage(told);

let server: LanguageServer | undefined;
const loaded = init();
loaded.catch((error: unknown) => tell({ kind: "failed", detail: String(error) }));

async function asked(ask: Ask): Promise<void> {
  await loaded;
  if (ask.kind === "start") server = new LanguageServer(ask.base, ask.texts, ask.lang);
  else for (const message of (ask.kind === "file" ? server?.file(ask.path) : server?.receive(ask.message)) ?? []) tell({ kind: "lsp", message });
}

// One after the other, as they came.
let last: Promise<void> = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<Ask>) => {
  last = last.then(() => asked(data)).catch((error: unknown) => {
    server = undefined;
    tell({ kind: "failed", detail: String(error) });
  });
});
