// WeChat's own tool, without its server: "build npm" and the compile before an upload.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import compat from "miniprogram-compat";
import { phone } from "./support/phone.mjs";
import { NAME, buildNpm, emptyFolder, filesOf, install, project, source, tarball, write } from "./support/package.mjs";

/** What WeChat takes as a main package. */
const LIMIT = 2 * 1024 * 1024;
const tool = fileURLToPath(new URL("support/compile.mjs", import.meta.url));
const packed = tarball();

/** A project of one page, compiled. */
function compiled(config) {
  const folder = emptyFolder("wechat");
  write(folder, {
    "package.json": JSON.stringify({ name: "app", version: "1.0.0", dependencies: { [NAME]: "0.1.0" } }),
    "project.config.json": JSON.stringify({ appid: "wx0123456789abcdef", compileType: "miniprogram", ...config }),
    "app.json": JSON.stringify({ pages: ["pages/index/index"] }),
    "app.js": "App({});",
    "pages/index/index.json": "{}",
    "pages/index/index.wxml": "<view>{{ text }}</view>",
    "pages/index/index.js": `const { createEngine } = require("${NAME}");
const rules = require("${NAME}/rules/gansu");
Page({ onLoad() { createEngine({ rules }); } });`,
  });
  install(folder, packed);
  const out = emptyFolder("wechat-out");
  const told = execFileSync(process.execPath, [tool, folder, out], { cwd: out, env: { ...process.env, PWD: out, INIT_CWD: out }, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout: 120_000 });
  return { folder, out, npm: JSON.parse(told) };
}

const ours = `miniprogram_npm/${NAME}`;
const size = (folder) => filesOf(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

test("\"build npm\" copies the package, the engine included, and what it copies is what the other tests run", () => {
  const { folder, npm } = compiled({});
  assert.deepEqual(npm, { miniProgramPackNum: 1, otherNpmPackNum: 0, warnList: [] });
  const copied = join(folder, ours);
  const files = filesOf(copied);
  const mine = emptyFolder("copied");
  install(mine, packed);
  buildNpm(mine);
  assert.deepEqual(files, filesOf(join(mine, ours)));
  for (const file of files) assert.ok(readFileSync(join(copied, file)).equals(readFileSync(join(mine, ours, file))), file);
});

test("what would be uploaded has the engine in both forms and fits into the main package", (context) => {
  const { out } = compiled({});
  const files = filesOf(out);
  for (const file of ["index.js", "rules/gansu.js", "longma.wasm.br", "longma.wasm"]) assert.ok(files.includes(`${ours}/${file}`), file);
  assert.ok(size(out) < LIMIT, `${size(out)} bytes`);
  context.diagnostic(`a page with the whole package: ${size(out)} bytes`);
});

/** The settings that the README gives. */
const LEAN = JSON.parse(/```json project\.config\.json\n(.*?)```/s.exec(readFileSync(join(source, "README.md"), "utf8"))[1]);

test("with the plain engine and the samples left out, the app holds to the budget", (context) => {
  const { out } = compiled(LEAN);
  const files = filesOf(join(out, ours));
  assert.deepEqual(files, ["index.js", "longma.wasm.br", "rules/gansu.js"]);
  assert.ok(size(out) <= 350_000, `${size(out)} bytes`);
  context.diagnostic(`a page with what it needs: ${size(out)} bytes`);
});

test("what the tool makes of the package for old engines decides too", async (context) => {
  const { out } = compiled({ ...LEAN, setting: { es6: true, minified: true } });
  const grown = size(out) - size(compiled(LEAN).out);
  context.diagnostic(`the same page as ECMAScript 5: ${size(out)} bytes, ${grown} more`);
  assert.equal(Math.round(grown / 10_000), 5, "the READMEs say about 50 kB");
  const script = readFileSync(join(out, ours, "index.js"), "utf8");
  assert.ok(!script.includes("=>"), "it is ECMAScript 5");
  const device = phone(out);
  const { createEngine, LongmaError } = device.require(NAME);
  const rules = device.require(`${NAME}/rules/gansu`);
  const { persons, tables } = phone(project("wechat-samples")).require(`${NAME}/samples`);
  const engine = await createEngine({ rules, tables });
  const { facts, at } = persons[0];
  const outcome = engine.decide(facts);
  assert.equal(outcome.card(at).face.level, outcome.at(at).code.level);
  const refused = await createEngine({ rules }).catch((error) => error);
  assert.ok(refused instanceof LongmaError && refused instanceof device.run("Error"));
  assert.equal(refused.problems[0].code, "table-missing");
});

test("the base libraries that run ECMAScript 2017 are those that the READMEs name", () => {
  // The first versions with async functions, trailing commas in calls and everything else of ECMAScript 2017.
  const enough = { ios: 11, chrome: 58, safari: 11 };
  const short = (version) => compat.getBrowsersList(version).map((it) => it.split(" ")).filter(([name, from]) => Number(from) < enough[name]).map(([name]) => name);
  assert.deepEqual(short("2.30.0"), []);
  assert.deepEqual(short("2.29.9"), ["safari"]);
  assert.deepEqual(short("2.20.2"), ["safari"]);
  assert.deepEqual(short("2.20.1"), ["chrome", "safari"]);
  for (const readme of ["README.md", "README.zh-CN.md"]) {
    const text = readFileSync(join(source, readme), "utf8");
    assert.ok(text.includes("2.20.2") && text.includes(" 2.30"), readme);
  }
});
