// The vendor's own compiler takes the built mini-program, offline, and it fits into the platform's limits.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { generateKeyPairSync } from "node:crypto";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { execFileSync } from "node:child_process";
import ci from "miniprogram-ci";

const root = fileURLToPath(new URL("..", import.meta.url));
const MAIN_PACKAGE = 2 * 1024 * 1024;
const SUBPACKAGE = 2 * 1024 * 1024;
let work = "";

before(() => {
  work = mkdtempSync(join(tmpdir(), "longma-vendor-"));
});
after(() => rmSync(work, { recursive: true, force: true }));

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile())
    .map((it) => relative(folder, join(it.parentPath, it.name)));

describe("the vendor's compiler", () => {
  it("packs npm from the tarball to the files that the build laid out", async () => {
    const home = join(work, "npm");
    const packed = join(root, "../packages/longma-miniprogram");
    const [{ filename }] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", work], { cwd: packed, encoding: "utf8" })) as [{ filename: string }];
    execFileSync("mkdir", ["-p", join(home, "node_modules/longma-miniprogram"), join(home, "mini")]);
    execFileSync("tar", ["-xzf", join(work, filename), "--strip-components=1", "-C", join(home, "node_modules/longma-miniprogram")]);
    writeFileSync(join(home, "package.json"), JSON.stringify({ name: "app", version: "1.0.0", dependencies: { "longma-miniprogram": "0.1.0" } }));
    writeFileSync(join(home, "mini/app.json"), readFileSync(join(root, "dist/app.json")));
    const result = (await ci.packNpmManually({ packageJsonPath: join(home, "package.json"), miniprogramNpmDistDir: join(home, "mini") })) as { miniProgramPackNum: number };
    assert.equal(result.miniProgramPackNum, 1);
    const made = join(home, "mini/miniprogram_npm/longma-miniprogram");
    const laid = join(root, "dist/miniprogram_npm/longma-miniprogram");
    for (const name of filesIn(laid)) assert.ok(readFileSync(join(laid, name)).equals(readFileSync(join(made, name))), `${name} differs`);
    const left = filesIn(made).filter((name) => !filesIn(laid).includes(name));
    assert.deepEqual(left.filter((name) => !/\.d\.ts$|^longma\.wasm$/.test(name)), [], "the build leaves out declarations and the engine that is not compressed");
  });

  it("compiles the whole app, with the main package below 2 MB", { timeout: 300_000 }, async () => {
    const project = join(work, "project");
    cpSync(join(root, "dist"), join(project, "dist"), { recursive: true });
    cpSync(join(root, "project.config.json"), join(project, "project.config.json"));
    cpSync(join(root, "package.json"), join(project, "package.json"));
    symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048, privateKeyEncoding: { type: "pkcs1", format: "pem" }, publicKeyEncoding: { type: "pkcs1", format: "pem" } });
    const given = new ci.Project({ appid: "wx0000000000000000", type: "miniProgram", projectPath: project, privateKey, ignores: ["node_modules/**/*"] });
    // What the vendor's server would say of the app. What the tool asks it all the same meets a closed door.
    ci.proxy("http://127.0.0.1:9");
    given.attr = () => Promise.resolve({ platform: false, appType: 0, isSandbox: false, released: false, setting: { MaxCodeSize: 2, MaxSubpackageSubCodeSize: 2, MaxSubpackageFullCodeSize: 30, NavigateMiniprogramLimit: 10, MaxSubPackageLimit: 100, MinTabbarCount: 2, MaxTabbarCount: 5, MaxTabbarIconSize: 40 } });
    const saved = join(work, "compiled.zip");
    const result = (await ci.getCompiledResult({ project: given, version: "0.1.0", desc: "test", setting: { useProjectConfig: true }, onProgressUpdate: () => undefined }, saved)) as Record<string, string | Buffer>;
    const sizes = Object.entries(result).map(([name, body]) => ({ name, size: Buffer.byteLength(body as string) }));
    const gate = sizes.filter(({ name }) => name.startsWith("gate/"));
    const sum = (files: { size: number }[]): number => files.reduce((all, { size }) => all + size, 0);
    const total = sum(sizes) - sum(gate);
    const largest = sizes.sort((a, b) => b.size - a.size).slice(0, 8).map(({ name, size }) => `${name} ${(size / 1024).toFixed(1)} kB`);
    console.log(`main package ${(total / 1024).toFixed(0)} kB, subpackage of the gate ${(sum(gate) / 1024).toFixed(0)} kB, in ${sizes.length} files, zipped ${(statSync(saved).size / 1024).toFixed(0)} kB; largest: ${largest.join(", ")}`);
    assert.ok(total < MAIN_PACKAGE, `${total} bytes`);
    assert.ok(sum(gate) < SUBPACKAGE, `${sum(gate)} bytes of the gate`);
    const names = sizes.map(({ name }) => name);
    for (const name of ["miniprogram_npm/longma-miniprogram/longma.wasm.br", "miniprogram_npm/longma-miniprogram/rules/gansu.js", "gate/gate.wasm.br", "app.json"]) {
      assert.ok(names.some((it) => it.endsWith(name)), `${name} is not in the package: ${names.slice(0, 20).join(", ")}`);
    }
  });
});
