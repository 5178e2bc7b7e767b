// The recipes, built with the frameworks of the registry and the tarball, and what they build, run on a phone's terms.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { opened } from "./support/app.mjs";
import { phone } from "./support/phone.mjs";
import { NAME, at, emptyFolder, filesOf, install, project, source, tarball } from "./support/package.mjs";

const packed = tarball();
const npm = (folder, ...words) =>
  execFileSync("npm", words, { cwd: folder, encoding: "utf8", stdio: "pipe", timeout: 400_000, env: { ...process.env, NODE_ENV: "production" } });

/** Installs a framework once for each lock file. `npm ci` refuses Taro's: some of its optional parts are not on the registry. */
function framework(recipe) {
  const from = join(source, "recipes", recipe);
  const lock = createHash("sha256").update(readFileSync(join(from, "package-lock.json"))).digest("hex");
  const folder = at("target/npm/recipes", `${recipe}-${lock.slice(0, 12)}`);
  const stamp = join(folder, "node_modules/.longma-installed");
  if (!existsSync(stamp)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const file of ["package.json", "package-lock.json", ".npmrc"]) cpSync(join(from, file), join(folder, file));
    npm(folder, "install", "--ignore-scripts", "--include=dev");
    writeFileSync(stamp, "");
  }
  return folder;
}

/** A recipe, built. Returns the folder that the vendor's tool would open. */
function built(recipe, output) {
  const folder = framework(recipe);
  rmSync(join(folder, "src"), { recursive: true, force: true });
  rmSync(join(folder, "dist"), { recursive: true, force: true });
  cpSync(join(source, "recipes", recipe), folder, { recursive: true, filter: (file) => !/(package-lock\.json|node_modules|dist)$/.test(file) });
  install(folder, packed);
  npm(folder, "run", "build");
  return join(folder, output);
}

/** What the first sample's card shows by the package itself. */
async function expected() {
  const device = phone(project("recipes"));
  const { createEngine } = device.require(NAME);
  const { persons, tables } = device.require(`${NAME}/samples`);
  const engine = await createEngine({ rules: device.require(`${NAME}/rules/gansu`), tables });
  return engine.decide(persons[0].facts).card(persons[0].at).face;
}

for (const [recipe, output, wasm] of [
  ["taro", "dist", "/longma.wasm.br"],
  ["uni-app", "dist/build/mp-weixin", "/static/longma.wasm.br"],
]) {
  test(`${recipe}: the built app has the engine at its path and shows a sample's colour`, async (context) => {
    const folder = emptyFolder(recipe);
    cpSync(built(recipe, output), folder, { recursive: true });
    assert.ok(readFileSync(join(folder, wasm)).equals(readFileSync(join(source, "miniprogram_dist/longma.wasm.br"))));
    const bytes = filesOf(folder).reduce((sum, file) => sum + readFileSync(join(folder, file)).length, 0);
    context.diagnostic(`${recipe}: ${bytes} bytes in all`);
    assert.ok(bytes < 2 * 1024 * 1024);
    const face = await expected();
    const words = face.words["zh-CN"];
    const device = phone(folder);
    const set = await opened(device, "pages/index/index", (text) => text.includes(words));
    assert.deepEqual(device.asked, [wasm]);
    assert.ok(set.split("\n").at(-1).includes(`"${face.tone}"`), set);
    const without = await opened(phone(folder, { wasm: false }), "pages/index/index", (text) => text.includes("版本过旧"));
    assert.ok(without.includes("此应用或系统版本过旧，无法在本机判定健康码，请出示上一次的码"), without);
  });
}
