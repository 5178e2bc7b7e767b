// One fresh start in Node; prints its milliseconds as JSON. run.mjs starts a process for each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { startByHand, startLongma } from "./start.mjs";

const [, , which, files] = process.argv;
const { packs, list, glue, facts, now } = JSON.parse(readFileSync(files, "utf8"));
const text = (file) => readFileSync(file, "utf8");
const loads = {
  longma: () => ({ longma: createRequire(import.meta.url)(glue), packs: readFileSync(packs), csv: text(list) }),
  byHand: async () => ({ byHand: await import("./by-hand.mjs"), csv: text(list) }),
};
const start = { longma: startLongma, byHand: startByHand }[which];
console.log(JSON.stringify(await start(loads[which], facts, now)));
