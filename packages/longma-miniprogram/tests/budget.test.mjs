// What the package costs a main bundle and a citizen. Bytes are held to a budget; times are printed, since they are the
// machine's.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { NAME, project } from "./support/package.mjs";

/** Bytes of the files that an app with the packaged rules takes into its main bundle. */
const BUDGET = 350_000;
const RUNS = 7;

const app = project("budget");

test("the script, the packaged rules and the compressed engine fit into the budget of a main bundle", (context) => {
  const sizes = ["index.js", "rules/gansu.js", "longma.wasm.br"].map((file) => [file, statSync(join(app, "miniprogram_npm", NAME, file)).size]);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  context.diagnostic(`main bundle: ${sizes.map(([file, size]) => `${file} ${size}`).join(" + ")} = ${total} of ${BUDGET} bytes`);
  assert.ok(total <= BUDGET, `${total} bytes`);
});

test("a cold start decides, on a phone's terms and in Node", (context) => {
  const tool = fileURLToPath(new URL("support/first.mjs", import.meta.url));
  const run = (...words) => JSON.parse(execFileSync(process.execPath, [tool, ...words], { encoding: "utf8" }));
  // Whatever else the machine does can only add to a time, so the fastest run says most.
  const fastest = (runs, part) => Math.min(...runs.map((it) => it[part]));
  const [phones, nodes] = [[], []];
  for (let time = 0; time < RUNS; time++) {
    phones.push(run(app));
    nodes.push(run());
  }
  for (const [part, what] of [["rules", "packaged rules"], ["start", "createEngine"], ["first", "first status"]]) {
    const [here, there] = [fastest(phones, part), fastest(nodes, part)];
    assert.ok(here > 0 && there > 0);
    context.diagnostic(`${what}: ${here.toFixed(1)} ms under the shim, ${there.toFixed(1)} ms by the package for Node, ratio ${(here / there).toFixed(2)}`);
  }
});
