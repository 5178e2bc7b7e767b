// The READMEs: every block with a file's name is run or built, from the tarball, in an empty folder.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { opened } from "./support/app.mjs";
import { phone } from "./support/phone.mjs";
import { NAME, at, emptyFolder, filesOf, install, source, write } from "./support/package.mjs";

const FENCE = /^```(\w+)(?: (\S+))?\n(.*?)^```$/gms;
const text = (file) => readFileSync(join(source, file), "utf8");
const blocks = (file) => [...text(file).matchAll(FENCE)].map(([, kind, path, code]) => ({ kind, path, code }));
const all = blocks("README.md");
const code = (path) => all.find((block) => block.path === path).code;

/** The app of the README: its blocks, with the manifests that a developer has already, built by WeChat's tool. */
const app = (() => {
  const folder = emptyFolder("readme");
  install(folder);
  const pages = ["pages/index/index", "pages/code/code"];
  write(folder, {
    "package.json": JSON.stringify({ name: "app", version: "1.0.0", dependencies: { [NAME]: "0.1.0" } }),
    "project.config.json": JSON.stringify({ appid: "wx0123456789abcdef", compileType: "miniprogram" }),
    "app.json": JSON.stringify({ pages, subPackages: [{ root: "health", pages: ["pages/code/code"] }], workers: "workers" }),
    "app.js": "App({});",
    "health/pages/code/code.wxml": "<view>{{packs}}</view>",
  });
  for (const page of [...pages, "health/pages/code/code"]) write(folder, { [`${page}.json`]: "{}" });
  const ours = ["project.config.json", "config/index.js", "vite.config.js"];
  for (const block of all) if (block.path !== undefined && !ours.includes(block.path)) write(folder, { [block.path]: block.code });
  for (const { kind, code: lines } of all) if (kind === "sh" && lines.startsWith("mkdir")) execFileSync("bash", ["-ec", lines], { cwd: folder });
  cpSync(join(folder, "node_modules", NAME, "miniprogram_dist"), join(folder, "health/miniprogram_npm", NAME), { recursive: true });
  const out = emptyFolder("readme-out");
  const tool = fileURLToPath(new URL("support/compile.mjs", import.meta.url));
  execFileSync(process.execPath, [tool, folder, out], { stdio: "pipe", timeout: 120_000 });
  return out;
})();

const sample = phone(app).require(`${NAME}/samples`).persons[0];

test("both languages have the same blocks, and each is run, built or compared by a test here", () => {
  assert.deepEqual(blocks("README.zh-CN.md"), all);
  const names = all.map(({ kind, path }) => path ?? kind);
  assert.deepEqual(names, [
    "sh", "pages/index/index.js", "pages/index/index.wxml", "pages/index/index.wxss", "pages/code/code.js", "pages/code/code.wxml",
    "project.config.json", "health/pages/code/code.js", "sh", "workers/index.js", "rules.js", "config/index.js", "vite.config.js",
  ]);
  const installs = all.filter(({ kind }) => kind === "sh").map(({ code: lines }) => lines.split("\n")[0]);
  assert.deepEqual(installs, [`npm install ${NAME}`, "mkdir -p workers/longma"]);
});

test("the first page shows a colour that its styles have", async () => {
  const set = await opened(phone(app), "pages/index/index", (shown) => shown !== "");
  const { tone, text: words } = JSON.parse(set);
  assert.match(words, /[绿黄红]码/);
  assert.ok(code("pages/index/index.wxss").includes(`.${tone} {`), tone);
});

test("without WebAssembly the second page shows the last card with its time", async () => {
  const kept = {};
  const opening = (device) => {
    Object.assign(device.context.wx, { setStorageSync: (key, value) => (kept[key] = JSON.stringify(value)), getStorageSync: (key) => kept[key] && JSON.parse(kept[key]) });
    return opened(device, "pages/code/code", (shown) => shown !== "");
  };
  const nothing = JSON.parse(await opening(phone(app, { wasm: false })));
  assert.match(nothing.note, /^此应用或系统版本过旧/);
  assert.equal(nothing.text, undefined);
  const shown = JSON.parse(await opening(phone(app)));
  assert.equal(shown.note, "");
  const last = JSON.parse(await opening(phone(app, { wasm: false })));
  assert.equal(last.text, shown.text);
  assert.ok(last.note.endsWith(`（${sample.at}）`), last.note);
});

test("the page of a subpackage starts its own engine", async () => {
  const device = phone(app);
  const { packs } = JSON.parse(await opened(device, "health/pages/code/code", (shown) => shown !== ""));
  assert.ok(packs > 0);
  assert.deepEqual(device.asked, [`/health/miniprogram_npm/${NAME}/longma.wasm.br`]);
});

for (const platform of ["wechat", "alipay"]) {
  test(`the worker answers on ${platform}, and says what is wrong with facts`, async () => {
    const device = phone(app, { platform, thread: "worker" });
    let listener;
    const answers = [];
    let told;
    device.context.worker = { onMessage: (given) => (listener = given), postMessage: (answer) => (answers.push(answer), told()) };
    device.require("./index", "/workers");
    const ask = (message) => new Promise((answered) => ((told = answered), listener(message)));
    await ask({ id: 1, facts: sample.facts, at: sample.at });
    await ask({ message: { id: 2, facts: "{", at: sample.at } });
    assert.equal(answers[0].id, 1);
    assert.match(answers[0].card.face.words["zh-CN"], /[绿黄红]码/);
    assert.equal(answers[1].id, 2);
    assert.match(answers[1].problem, /JSON/);
  });
}

test("new rules are fetched, taken over and kept, and wrong ones are not kept", async () => {
  const bundle = readFileSync(at("target/rules-small.longma"));
  const user = {};
  const device = phone(app, { user });
  const { wx } = device.context;
  const files = wx.getFileSystemManager();
  const answers = { "https://longma.example/rules": bundle, "https://longma.example/wrong": Buffer.from("no bundle") };
  wx.env = { USER_DATA_PATH: "wxfile://usr" };
  wx.getFileSystemManager = () => ({ ...files, writeFileSync: (path, data) => (user[path] = Buffer.from(data)) });
  wx.request = ({ url, success }) => setImmediate(() => success({ data: Uint8Array.from(answers[url]).buffer }));
  const { path, fetch } = device.require("./rules");
  const { createEngine } = device.require(NAME);
  const { tables } = device.require(`${NAME}/samples`);
  const engine = await createEngine({ rules: device.require(`${NAME}/rules/gansu`), tables });
  await assert.rejects(fetch(engine, "https://longma.example/wrong"), (error) => error.name === "LongmaError");
  assert.deepEqual(user, {});
  await fetch(engine, "https://longma.example/rules");
  assert.ok(user[path].equals(bundle));
  const next = await createEngine({ rules: path, tables });
  assert.deepEqual(JSON.parse(JSON.stringify(next.packs())), JSON.parse(JSON.stringify(engine.packs())));
});

test("the recipes of Taro and uni-app say what the README says", () => {
  const lines = (shown) => shown.trim().split("\n").map((line) => line.trim()).join("\n");
  assert.ok(lines(text("recipes/taro/config/index.js")).includes(lines(code("config/index.js"))));
  assert.ok(text("recipes/uni-app/vite.config.js").includes(code("vite.config.js").trim()));
  for (const [recipe, wasm] of [["taro/src/pages/index/index.jsx", "/longma.wasm.br"], ["uni-app/src/pages/index/index.vue", "/static/longma.wasm.br"]]) {
    assert.ok(text(`recipes/${recipe}`).includes(`wasm: "${wasm}"`), recipe);
    for (const readme of ["README.md", "README.zh-CN.md"]) assert.ok(text(readme).includes(`wasm: "${wasm}"`), recipe);
  }
});

test("the sizes in the READMEs are true", () => {
  const dist = (file) => statSync(join(source, "miniprogram_dist", file)).size;
  assert.ok(dist("index.js") + dist("rules/gansu.js") + dist("longma.wasm.br") <= 350_000);
  assert.equal((dist("longma.wasm") / 1e6).toFixed(1), "0.7");
  const { ignore } = JSON.parse(code("project.config.json")).packOptions;
  for (const { type, value } of ignore) {
    assert.equal(type, "file");
    assert.ok(filesOf(app).includes(value), value);
  }
});
