// Parity in a browser: the same lines in headless Chromium, on a page served from this machine.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { lines, report } from "./compare.mjs";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
/** The files that the page may request, with their content types. */
const SERVED = new Map([
  ["/tests/parity/compare.mjs", "text/javascript"],
  ["/wasm/device/pkg-web/longma_device.js", "text/javascript"],
  ["/wasm/device/pkg-web/longma_device_bg.wasm", "application/wasm"],
  ["/target/rules.longma", "application/octet-stream"],
  ["/target/parity/inputs.ndjson", "text/plain"],
]);
const root = new URL("../../", import.meta.url);
const file = (path) => readFile(fileURLToPath(new URL(`.${path}`, root)));

const server = createServer((request, response) => {
  const type = SERVED.get(request.url);
  if (type === undefined) {
    response.writeHead(request.url === "/" ? 200 : 404, { "content-type": "text/html" }).end("<!doctype html>");
    return;
  }
  file(request.url).then(
    (body) => response.writeHead(200, { "content-type": type }).end(body),
    () => response.writeHead(404).end(),
  );
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));

const browser = await chromium.launch({ executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium", args: FLAGS });
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const got = await page.evaluate(async () => {
    const { default: init, Engine } = await import("/wasm/device/pkg-web/longma_device.js");
    const { answer, lines } = await import("/tests/parity/compare.mjs");
    await init();
    const text = async (path) => (await fetch(path)).text();
    const packs = new Uint8Array(await (await fetch("/target/rules.longma")).arrayBuffer());
    return lines(await text("/target/parity/inputs.ndjson")).map((line) => answer(Engine, packs, JSON.parse(line)));
  });
  report("browser", lines(String(await file("/target/parity/expected.ndjson"))), got);
} finally {
  await browser.close();
  server.close();
}
