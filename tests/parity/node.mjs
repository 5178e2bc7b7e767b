// Parity in Node: the WebAssembly package must answer every line like the native engine,
// byte for byte.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { answer, lines, report } from "./compare.mjs";

// The V8 of Node 20 can abort ("unreachable code", Deoptimizer) when optimised JavaScript
// with an inlined WebAssembly call is deoptimised during that call.
setFlagsFromString("--no-turbo-inline-js-wasm-calls");

const read = (path) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");
// The glue keeps the module's memory to itself.
let memory;
WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(module, imports) {
    super(module, imports);
    ({ memory } = this.exports);
  }
};
const { Engine } = createRequire(import.meta.url)("../../wasm/device/pkg-node/longma_device.js");

const packs = readFileSync(new URL("../../target/rules.longma", import.meta.url));
const inputs = lines(read("target/parity/inputs.ndjson")).map((line) => JSON.parse(line));
report("node", lines(read("target/parity/expected.ndjson")), inputs.map((input) => answer(Engine, packs, input)));

// Attacks: the same answers, and no more memory than they may take. Memory never shrinks, so what each adds is
// at most what it took.
for (const { name, facts, references, outcome, memory: most } of lines(read("target/parity/attacks.ndjson")).map((line) => JSON.parse(line))) {
  const { engine } = Engine.load(packs);
  for (const [table, csv] of Object.entries(references)) engine.addReference(table, csv);
  const before = memory.buffer.byteLength;
  const decided = engine.evaluate(facts).outcome;
  const same = decided.json() === outcome && decided.value() !== null;
  const took = memory.buffer.byteLength - before;
  decided.free();
  engine.free();
  console.log(`${name}: ${same ? "the same" : "another"} outcome, ${took} bytes more of memory, at most ${most}`);
  if (!same || took > most) process.exitCode = 1;
}
