// One fresh start in Node; prints its milliseconds as JSON. run.mjs starts a process for each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { startByHand, startLongma } from "./start.mjs";

const [, , which, files] = process.argv;
const { packs, list, glue, facts, now } = JSON.parse(readFileSync(files, "utf8"));
/** How long compiling the module and making an instance take, within loading the package. */
const within = {};
for (const [kind, name] of [["Module", "compile the module"], ["Instance", "make an instance"]]) {
  const Given = WebAssembly[kind];
  WebAssembly[kind] = function (...given) {
    const begun = performance.now();
    const made = new Given(...given);
    within[name] = performance.now() - begun;
    return made;
  };
}

const text = (file) => readFileSync(file, "utf8");
const loads = {
  longma: () => ({ longma: createRequire(import.meta.url)(glue), packs: readFileSync(packs), csv: text(list), within }),
  byHand: async () => ({ byHand: await import("./by-hand.mjs"), csv: text(list) }),
};
const start = { longma: startLongma, byHand: startByHand }[which];
console.log(JSON.stringify(await start(loads[which], facts, now)));
