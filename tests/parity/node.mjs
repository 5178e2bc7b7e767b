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
const { Engine } = createRequire(import.meta.url)("../../wasm/device/pkg-node/longma_device.js");

const packs = readFileSync(new URL("../../target/rules.longma", import.meta.url));
const inputs = lines(read("target/parity/inputs.ndjson")).map((line) => JSON.parse(line));
report("node", lines(read("target/parity/expected.ndjson")), inputs.map((input) => answer(Engine, packs, input)));
