// The form of what is published: what is in the tarball, and whether old phones take it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import binaryen from "binaryen";
import { moduleFaults, scriptFaults } from "./support/form.mjs";
import { NAME, at, emptyFolder, filesOf, install, write } from "./support/package.mjs";

const folder = emptyFolder("form");
const installed = install(folder);
const file = (...path) => readFileSync(join(installed, "miniprogram_dist", ...path));
const wasm = file("longma.wasm");
const SCRIPTS = ["index.js", "rules/gansu.js", "samples.js"];

test("the tarball has the engine twice, its scripts, their types, and nothing else", () => {
  const files = filesOf(installed).filter((name) => !name.endsWith(".d.ts"));
  const expected = ["index.js", "longma.wasm", "longma.wasm.br", "rules/gansu.js", "samples.js"].map((it) => `miniprogram_dist/${it}`);
  assert.deepEqual(files, ["LICENSE", "README.md", "README.zh-CN.md", ...expected, "package.json"]);
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  assert.equal(manifest.miniprogram, "miniprogram_dist");
  for (const field of ["dependencies", "scripts", "peerDependencies"]) assert.equal(manifest[field], undefined, field);
  const named = [manifest.main, manifest.types, ...Object.values(manifest.exports).flatMap((it) => (typeof it === "string" ? it : Object.values(it)))];
  for (const path of [...named, ...Object.values(manifest.typesVersions["*"]).flat()]) assert.ok(existsSync(join(installed, path)), path);
});

test("the engine is WebAssembly as it was first released, with mutable globals", () => {
  assert.deepEqual(moduleFaults(wasm), []);
});

test("the compressed engine is the same engine", () => {
  assert.ok(brotliDecompressSync(file("longma.wasm.br")).equals(wasm));
});

test("what later WebAssembly brought would be found", () => {
  const faulty = {
    "sign extension": "(func (export \"f\") (param i32) (result i32) (i32.extend8_s (local.get 0)))",
    "saturating conversion": "(func (export \"f\") (param f64) (result i32) (i32.trunc_sat_f64_s (local.get 0)))",
    "bulk memory": "(memory 1) (func (export \"f\") (memory.fill (i32.const 0) (i32.const 0) (i32.const 1)))",
    "multivalue": "(func (export \"f\") (result i32 i32) (tuple.make 2 (i32.const 0) (i32.const 1)))",
    "reference types": "(func (export \"f\") (param externref))",
    "SIMD": "(func (export \"f\") (result v128) (v128.const i32x4 0 0 0 0))",
    "exported global": "(global (export \"g\") i32 (i32.const 1))",
  };
  for (const [what, body] of Object.entries(faulty)) {
    const module = binaryen.parseText(`(module ${body})`);
    module.setFeatures(binaryen.Features.All);
    assert.notDeepEqual(moduleFaults(module.emitBinary()), [], what);
    module.dispose();
  }
  const counted = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 12, 1, 0]);
  assert.deepEqual(moduleFaults(counted), ["section 12"]);
  assert.deepEqual(moduleFaults(binaryen.parseText("(module (global $g (mut i32) (i32.const 1)) (func (export \"f\") (global.set $g (i32.const 2))))").emitBinary()), []);
});

for (const script of SCRIPTS) {
  test(`${script} is a script of ECMAScript 2017 that takes nothing from its surroundings that a phone lacks`, () => {
    assert.deepEqual(scriptFaults(String(file(script))), []);
  });
}

test("what a phone lacks would be found in a script", () => {
  const faulty = [
    "let a = 1n", "try { f() } catch { }", "import('x')", "import x from 'x'", "let { ...a } = b", "a?.b", "a ?? b", "class A { #b }",
    "async function* a() {}", "/(?<=a)b/", "/a/s", "new TextDecoder()", "new TextEncoder()", "WebAssembly.compile(a)", "fetch('x')",
    "new URL('x')", "performance.now()", "crypto.getRandomValues(a)", "eval('1')", "new Function('1')", "globalThis.a", "BigInt(1)",
    "[].flat()", "[].flatMap(f)", "Object.fromEntries(a)", "''.matchAll(a)", "''.replaceAll(a, b)", "[].at(-1)",
    "Promise.resolve().finally(f)", "Promise.allSettled([])", "''.trimStart()", "structuredClone(a)", "new Intl.NumberFormat()",
    "window.a", "process.env", "Buffer.from(a)", "new WeakRef(a)", "require('fs')",
  ];
  const given = "var a, b, f; ";
  for (const line of faulty) assert.notDeepEqual(scriptFaults(given + line), [], line);
  assert.deepEqual(scriptFaults(`${given} async function c({ d, e: [g] = [] }, ...h) { try { return (await d[a]) ** b } catch (i) { throw g(h, i) } }`), []);
});

test("the packed rules are the compiled packs", () => {
  const module = { exports: {} };
  new Function("module", "exports", String(file("rules/gansu.js")))(module, module.exports);
  assert.ok(Buffer.from(module.exports).equals(readFileSync(at("target/rules-small.longma"))));
});

test("the types hold without the vendor's typings, and with them", () => {
  write(folder, {
    "page.ts": `
      import { createEngine, LongmaError, outcomeOf, type Card, type Engine, type Result, type Statuses } from "${NAME}";
      import rules = require("${NAME}/rules/gansu");
      import { persons, tables } from "${NAME}/samples";
      export async function card(): Promise<Card> {
        const engine: Engine<"code"> = await createEngine({ rules, tables, decisions: ["code"], wasm: "/longma.wasm.br" });
        const statuses: Statuses<"code"> = engine.decide(persons[0]!.facts).at(Date.now());
        const level: string = statuses.code.level;
        // @ts-expect-error: this was not asked for
        statuses.tests;
        const tried: Result<unknown> = engine.tryDecide(level);
        if (!tried.ok) throw new LongmaError(tried.problems);
        return engine.decide(persons[0]!.facts).card(outcomeOf(engine.decide("{}").toJSON()).at()["code"]!.at);
      }`,
  });
  const config = (module, resolution, types) => ({
    compilerOptions: {
      strict: true, noEmit: true, target: "es2017", lib: ["es2017"], module, moduleResolution: resolution, types,
      typeRoots: [at("node_modules")], skipLibCheck: false, ...(resolution === "node10" ? { ignoreDeprecations: "6.0" } : {}),
    },
    files: ["page.ts"],
  });
  for (const [module, resolution] of [["commonjs", "node10"], ["node16", "node16"]]) {
    for (const types of [[], ["miniprogram-api-typings"]]) {
      write(folder, { "tsconfig.json": JSON.stringify(config(module, resolution, types)) });
      const { status, stdout } = spawnSync(process.execPath, [at("node_modules/typescript/bin/tsc"), "--project", folder], { encoding: "utf8" });
      assert.equal(status, 0, `${resolution}, types ${types}: ${stdout}`);
    }
  }
});
