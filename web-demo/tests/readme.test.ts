// The lines of both READMEs that embed the engine, run as they are printed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { createEngine } from "longma";
import rules from "longma/rules/gansu";
import { tables } from "longma/samples";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");

/** What the lines say at the end; what they import and what they are given come from here. */
async function printed(readme: string): Promise<unknown[]> {
  const [, block] = /^```ts\n(import \{ createEngine \} from "longma";\n.*?)^```/ms.exec(read(readme)) ?? [];
  assert.ok(block !== undefined, `${readme} embeds the engine`);
  const lines = block.replace(/^import .*$/gm, "");
  const said: unknown[] = [];
  const person = read("rules/samples/close-contact.json");
  const given = { createEngine, rules, tables, person, console: { log: (...words: unknown[]) => said.push(...words) } };
  const names = Object.keys(given);
  await (Function(...names, `return (async () => {${lines}})();`) as (...values: unknown[]) => Promise<void>)(...Object.values(given));
  return said;
}

describe("the lines of the READMEs", () => {
  it("show a colour and its reason", async () => {
    assert.deepEqual(await printed("README.md"), ["red", "Close contact of a case, in central isolation"]);
    assert.deepEqual(await printed("README.zh-CN.md"), ["red", "密切接触者，集中隔离期"]);
  });
});
