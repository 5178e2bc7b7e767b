// Key strokes in the files of all shipped packs: how long the language server takes to answer in
// headless Chromium, and how that compares with native code in the same run.
//
//   node bench/wasm/strokes.mjs
//
// It reads what `cargo xtask bench` makes first: the studio's package, and the conversation with
// its native times in target/bench/strokes.json. CHROME_PATH names the browser.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const files = new Map([
  ["/studio.js", ["wasm/studio/pkg-web/longma_studio.js", "text/javascript"]],
  ["/longma_studio_bg.wasm", ["wasm/studio/pkg-web/longma_studio_bg.wasm", "application/wasm"]],
  ["/strokes.json", ["target/bench/strokes.json", "application/json"]],
]);

/** Runs in the page: milliseconds until the answer to each message. */
async function talk() {
  const { default: init, LanguageServer } = await import("/studio.js");
  await init({ module_or_path: "/longma_studio_bg.wasm" });
  const { texts, begin, strokes } = await (await fetch("/strokes.json")).json();
  const server = new LanguageServer("file:///rules/", texts, "en");
  const timed = (message) => {
    const start = performance.now();
    server.receive(message);
    return performance.now() - start;
  };
  const first = begin.map(timed).reduce((sum, time) => sum + time);
  return { first, times: strokes.map(({ message }) => timed(message)) };
}

async function main() {
  for (const [path] of files.values()) {
    if (!existsSync(join(root, path))) throw new Error(`${path} is not there: run \`cargo xtask bench\``);
  }
  if (!process.env.CHROME_PATH) {
    console.log("skipped: key strokes in Chromium (CHROME_PATH names none)");
    return;
  }
  const server = createServer((request, response) => {
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    const [path, type] = files.get(request.url) ?? [];
    response.setHeader("Content-Type", type ?? "text/html; charset=utf-8");
    response.end(path === undefined ? "<!doctype html><title>Longma</title>" : readFileSync(join(root, path)));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { chromium } = await import("playwright-core");
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
  const browser = await chromium.launch({ executablePath: process.env.CHROME_PATH, headless: true, args });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const { first, times } = await page.evaluate(talk);
    const { strokes } = JSON.parse(readFileSync(join(root, "target/bench/strokes.json"), "utf8"));
    console.log(`\nkey strokes over all shipped packs, Chromium ${browser.version()}; the house is read and checked in ${first.toFixed(0)} ms`);
    console.log("kind | asked | Chromium: median, 95 %, most (ms) | native: median (ms) | ratio of the medians");
    for (const kind of ["script", "completion", "manifest", "captions", "cases", "house"]) {
      const at = strokes.map((stroke, i) => (stroke.kind === kind ? i : -1)).filter((i) => i >= 0);
      const sorted = (list) => list.sort((a, b) => a - b);
      const here = sorted(at.map((i) => times[i]));
      const native = sorted(at.map((i) => strokes[i].native / 1000));
      const part = (list, share) => list[Math.min(list.length - 1, Math.floor(list.length * share))];
      const figures = [0.5, 0.95, 1].map((share) => part(here, share).toFixed(1)).join(", ");
      const ratio = part(here, 0.5) / part(native, 0.5);
      console.log(`${kind} | ${at.length} | ${figures} | ${part(native, 0.5).toFixed(2)} | ${ratio.toFixed(1)}`);
    }
  } finally {
    await browser.close();
    server.close();
  }
}

await main();
