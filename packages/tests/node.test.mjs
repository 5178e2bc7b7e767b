// The tarball in Node, in a folder of its own: as an ES module, from CommonJS, and with the engine from elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { app, node } from "./tools.mjs";

const BODY = `const { facts, at } = persons.find(({ name }) => name.en === "Close contact, red");
createEngine({ rules, tables }).then((engine) => console.log(engine.decide(facts).at(at).code.words.en));
`;

const ESM = `import { createEngine } from "longma";
import rules from "longma/rules/gansu";
import { persons, tables } from "longma/samples";
${BODY}`;

const COMMON = `const { createEngine } = require("longma");
const { default: rules } = require("longma/rules/gansu");
const { persons, tables } = require("longma/samples");
${BODY}`;

/** Four ways to give the engine, which must all decide the same. */
const ENGINES = `import { readFile } from "node:fs/promises";
import { createEngine } from "longma";
import rules from "longma/rules/gansu";
import { persons, tables } from "longma/samples";
const url = new URL(import.meta.resolve("longma/longma.wasm"));
const bytes = await readFile(url);
const module = await WebAssembly.compile(bytes);
const { facts, at } = persons[1];
for (const wasm of [url, url.pathname, url.href, bytes, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), module, (imports) => WebAssembly.instantiate(module, imports), (imports) => WebAssembly.instantiate(bytes, imports)]) {
  console.log((await createEngine({ rules, tables, wasm })).decide(facts).at(at).code.level);
}
`;

/** A platform that cannot unpack the engine's script. */
const BARE = `delete globalThis.DecompressionStream;
const { createEngine } = await import("longma");
const { default: rules } = await import("longma/rules/gansu");
const { persons, tables } = await import("longma/samples");
await createEngine({ rules, tables }).catch(({ problems }) => console.log(problems[0].code));
const engine = await createEngine({ rules, tables, wasm: new URL(import.meta.resolve("longma/longma.wasm")) });
console.log(engine.decide(persons[1].facts).at(persons[1].at).code.level);
`;

test("Node imports it", async () => {
  assert.equal(await node(app({ "index.mjs": ESM }), "index.mjs"), "Red\n");
});

test("Node requires it from CommonJS", async () => {
  assert.equal(await node(app({ "index.cjs": COMMON }), "index.cjs"), "Red\n");
});

test("the engine can be an address, a path, bytes, a module or a function", async () => {
  assert.equal(await node(app({ "index.mjs": ENGINES }), "index.mjs"), "red\n".repeat(8));
});

test("without DecompressionStream the engine can still be given", async () => {
  assert.equal(await node(app({ "index.mjs": BARE }), "index.mjs"), "wasm-source\nred\n");
});
