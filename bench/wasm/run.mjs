// Measures WebAssembly in Node and in headless Chromium: sizes, time to the first status
// and evaluations per second, compared with the same rules written by hand in JavaScript.
//
//   node bench/wasm/run.mjs          prints tables
//   node bench/wasm/run.mjs --json   prints all measurements as JSON
//
// It reads what `cargo xtask bench` builds first: the packages in wasm/, the packs, and
// the persons that the native benchmark writes to target/bench. CHROME_PATH names the
// browser. No figure passes or fails.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { measured, median } from "./measure.mjs";

/** Fresh starts of each kind; the median is reported. */
const STARTS = 15;

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = (...path) => join(root, ...path);
const FILES = {
  wasm: here("wasm/device/pkg-web/longma_device_bg.wasm"),
  glue: here("wasm/device/pkg-web/longma_device.js"),
  studio: here("wasm/studio/pkg-web/longma_studio_bg.wasm"),
  packs: here("target/rules-small.longma"),
  packsWithPlaces: here("target/rules.longma"),
  nodeGlue: here("wasm/device/pkg-node/longma_device.js"),
  byHandGlue: here("bench/wasm/by-hand/pkg-node/longma_by_hand.js"),
  byHandWasm: here("bench/wasm/by-hand/pkg-node/longma_by_hand_bg.wasm"),
  persons: here("target/bench/persons.json"),
  sample: here("rules/reference/risk_areas.sample.csv"),
};
const REAL = join(process.env.LONGMA_DATA ?? here("../shared/data"), "risk-areas-gansu.csv");

const skipped = [];

async function main() {
  for (const file of Object.values(FILES)) {
    if (!existsSync(file)) throw new Error(`${file.slice(root.length)} is not there: run \`cargo xtask bench\``);
  }
  const { now, worlds } = people();
  const lists = { sample: FILES.sample, real: REAL };
  if (!existsSync(REAL)) skipped.push("the real list of risk areas (LONGMA_DATA names no folder with it)");
  for (const name of Object.keys(worlds)) if (!existsSync(lists[name])) delete worlds[name];

  const found = { sizes: sizes(), node: node(now, worlds, lists) };
  const chromium = await browser(now, worlds, lists);
  if (chromium !== undefined) found.chromium = chromium;
  if (process.argv.includes("--json")) console.log(JSON.stringify({ ...found, skipped }, null, 1));
  else print(found);
}

/** The persons of the native benchmark, by list and size. */
function people() {
  const { now, worlds } = JSON.parse(readFileSync(FILES.persons, "utf8"));
  const sizes = (persons) => Object.fromEntries(persons.map(({ name, facts }) => [name, facts]));
  const world = ({ name, persons, compared }) => [name, { persons: sizes(persons), compared }];
  return { now, worlds: Object.fromEntries(worlds.map(world)) };
}

// ---- measuring -------------------------------------------------------------

function sizes() {
  const of = (file) => {
    const bytes = readFileSync(file);
    const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
    return {
      raw: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      brotli: brotliCompressSync(bytes, brotli).length,
    };
  };
  const all = { wasm: of(FILES.wasm), glue: of(FILES.glue), packs: of(FILES.packs) };
  const withPlaces = of(FILES.packsWithPlaces);
  const byHand = of(here("bench/wasm/by-hand.mjs"));
  const sum = (form) => all.wasm[form] + all.glue[form] + all.packs[form];
  return { ...all, packsWithPlaces: withPlaces, studio: of(FILES.studio), together: { raw: sum("raw"), gzip: sum("gzip"), brotli: sum("brotli") }, byHand, byHandRust: of(FILES.byHandWasm) };
}

function node(now, worlds, lists) {
  const facts = worlds.sample.persons.typical[0];
  const task = join(tmpdir(), `longma-start-${process.pid}.json`);
  const { packs, nodeGlue: glue, sample: list } = FILES;
  writeFileSync(task, JSON.stringify({ packs, list, glue, facts, now }));
  const start = (which) => {
    const script = here("bench/wasm/start-node.mjs");
    return JSON.parse(execFileSync(process.execPath, [script, which, task], { encoding: "utf8" }));
  };
  const starts = { longma: [], byHand: [] };
  for (let i = 0; i < STARTS; i++) for (const which of Object.keys(starts)) starts[which].push(start(which));
  const longma = createRequire(import.meta.url)(glue);
  const texts = withLists(worlds, lists);
  const rust = createRequire(import.meta.url)(FILES.byHandGlue);
  const found = measured(longma, { packs: readFileSync(packs), now, worlds: texts, rust });
  return { version: process.version, start: summed(starts), worlds: found };
}

function withLists(worlds, lists) {
  const text = ([name, world]) => [name, { ...world, csv: readFileSync(lists[name], "utf8") }];
  return Object.fromEntries(Object.entries(worlds).map(text));
}

async function browser(now, worlds, lists) {
  if (!process.env.CHROME_PATH) {
    skipped.push("Chromium (CHROME_PATH names none)");
    return undefined;
  }
  const { chromium } = await import("playwright-core");
  const server = await served(lists);
  const address = `http://127.0.0.1:${server.address().port}/`;
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
  args.push("--disable-background-networking", "--disable-component-update", "--disable-sync");
  const browser = await chromium.launch({ executablePath: process.env.CHROME_PATH, headless: true, args });
  try {
    // A fresh context has no cached files and no cached compiled code.
    const fresh = async (task) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(address);
      const answer = await task(page);
      await context.close();
      return answer;
    };
    const inPage = (page, name, ...given) =>
      page.evaluate(async ([name, given]) => (await import("/page.mjs"))[name](...given), [name, given]);
    const facts = worlds.sample.persons.typical[0];
    const starts = { longma: [], byHand: [] };
    for (let i = 0; i < STARTS; i++) {
      for (const which of Object.keys(starts)) {
        starts[which].push(await fresh((page) => inPage(page, "start", which, facts, now)));
      }
    }
    const found = await fresh((page) => inPage(page, "measureAll", { now, worlds }));
    return { version: browser.version(), start: summed(starts), worlds: found };
  } finally {
    await browser.close();
    server.close();
  }
}

/** Serves what a page needs, uncompressed, on the loopback address. */
async function served(lists) {
  const own = ["by-hand", "measure", "page", "start"].map((name) => [`/${name}.mjs`, here(`bench/wasm/${name}.mjs`)]);
  const files = new Map([
    ...own,
    ["/wasm/longma_device.js", FILES.glue],
    ["/wasm/longma_device_bg.wasm", FILES.wasm],
    ["/rules.longma", FILES.packs],
    ["/list/sample", lists.sample],
    ["/list/real", lists.real],
  ]);
  const types = { mjs: "text/javascript", js: "text/javascript", wasm: "application/wasm", json: "application/json" };
  const server = createServer((request, response) => {
    // Cross-origin-isolated pages have a finer clock.
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    const file = files.get(request.url);
    if (request.url === "/") {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end("<!doctype html><title>Longma</title>");
    } else if (file === undefined) {
      response.writeHead(404).end();
    } else {
      response.setHeader("Content-Type", types[request.url.split(".").at(-1)] ?? "text/csv; charset=utf-8");
      response.end(readFileSync(file));
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

/** Medians of the parts of all starts, and the ratio of their totals. */
function summed(starts) {
  const found = {};
  for (const [which, runs] of Object.entries(starts)) {
    if (runs.some(({ level }) => level !== starts.longma[0].level)) throw new Error("the first statuses differ");
    const { level, ...parts } = runs[0];
    const of = (part) => median(runs.map((run) => run[part]).sort((a, b) => a - b));
    found[which] = Object.fromEntries(Object.keys(parts).map((part) => [part, of(part)]));
  }
  const ratios = starts.longma.map(({ total }, i) => total / starts.byHand[i].total);
  return { ratio: median(ratios.sort((a, b) => a - b)), ...found };
}

// ---- printing --------------------------------------------------------------

function print({ sizes, ...places }) {
  for (const what of skipped) console.log(`skipped: ${what}`);
  const names = Object.keys(places);
  const title = (name) => `${name === "node" ? "Node" : "Chromium"} ${places[name].version}`;
  const all = Object.values(places);

  console.log("\ntime of Longma in WebAssembly ÷ time by hand in JavaScript, median (quartiles)");
  row("", ...names.map(title));
  row("start to first status", ...all.map(({ start }) => start.ratio.toFixed(1)));
  const { worlds } = all[0];
  for (const world of Object.keys(worlds)) {
    for (const size of Object.keys(worlds[world].evaluations)) {
      const of = (what) => all.map((place) => ratio(place.worlds[world].evaluations[size][what]));
      row(`facts to segments: ${size} person, ${world} list`, ...of("segments"));
      row(`facts to status from now on: ${size} person, ${world} list`, ...of("status"));
      row(`  the same ÷ by hand in Rust`, ...of("rust"));
    }
    row(`look-up: ${world} list`, ...all.map((place) => ratio(place.worlds[world].lookUp)));
    row(`read the list: ${world}`, ...all.map((place) => ratio(place.worlds[world].list)));
  }

  console.log("\na second: Longma / by hand");
  row("", ...names.map(title));
  for (const world of Object.keys(worlds)) {
    for (const size of Object.keys(worlds[world].evaluations)) {
      const of = (what) => all.map((place) => rates(place.worlds[world].evaluations[size][what]));
      row(`facts to segments: ${size} person, ${world} list`, ...of("segments"));
      row(`facts to status from now on: ${size} person, ${world} list`, ...of("status"));
      row(`  the same ÷ by hand in Rust`, ...of("rust"));
    }
    row(`look-ups: ${world} list`, ...all.map((place) => rates(place.worlds[world].lookUp)));
    row(`readings of the list: ${world}`, ...all.map((place) => rates(place.worlds[world].list)));
  }

  console.log(`\nmilliseconds from start to first status: Longma / by hand, medians of ${STARTS} fresh starts`);
  row("", ...names.map(title));
  for (const part of Object.keys(all[0].start.longma)) {
    const ms = (time) => (time === undefined ? "–" : time.toFixed(2));
    const of = ({ start }) => `${ms(start.longma[part])} / ${ms(start.byHand[part])}`;
    row(part, ...all.map(of));
  }

  console.log("\nbytes");
  row("", "raw", "gzip 9", "brotli 11");
  for (const [name, { raw, gzip, brotli }] of Object.entries(sizes)) {
    const names = { packsWithPlaces: "packs with places", byHand: "by hand, JavaScript", byHandRust: "by hand, Rust" };
    row(names[name] ?? name, ...[raw, gzip, brotli].map(grouped));
  }
  for (const [world, { compared }] of Object.entries(worlds)) {
    console.log(`\nsame levels at all times: ${compared} persons, ${world} list, in each place`);
  }
}

function row(name, ...cells) {
  console.log(name.padEnd(56) + cells.map((cell) => cell.padStart(26)).join(""));
}

const ratio = (found) => {
  if (found === undefined) return "–";
  const [middle, low, high] = found.ratio;
  return `${short(middle)} (${short(low)}–${short(high)})`;
};
const rates = (found) => (found === undefined ? "–" : `${short(found.longma)} / ${short(found.hand)}`);
const short = (number) => (number < 100 ? number.toFixed(1) : grouped(Math.round(number)));
const grouped = (number) => number.toLocaleString("en");

await main().catch((error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
