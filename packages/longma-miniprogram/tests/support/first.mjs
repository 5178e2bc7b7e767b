// Measures a cold start in a process of its own: `node first.mjs PROJECT` under the shim, `node first.mjs` with the
// package for Node. Prints the milliseconds for the packaged rules, for the engine, and from then on to the first
// status.
import { phone } from "./phone.mjs";
import { NAME, at } from "./package.mjs";

const [folder] = process.argv.slice(2);
const device = folder === undefined ? undefined : phone(folder);
const load = (name) => (device ? device.require(`${NAME}${name}`) : import(at("packages/longma/dist", name === "" ? "node.js" : `${name}.js`)));
const { createEngine } = await load("");
const { persons, tables } = await load("/samples");
const before = performance.now();
const packed = await load("/rules/gansu");
const unpacked = performance.now();
const options = { rules: packed.default ?? packed, tables };
const begin = performance.now();
const engine = await createEngine(options);
const made = performance.now();
const { code } = engine.decide(persons[0].facts).at(persons[0].at);
const decided = performance.now();
if (code.level === "unknown") throw new Error("the sample was not decided");
console.log(JSON.stringify({ rules: unpacked - before, start: made - begin, first: decided - made }));
