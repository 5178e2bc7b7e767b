// The lines of both READMEs that embed the engine, run as they are printed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import init, { Engine } from "../../wasm/device/pkg-web/longma_device.js";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");
const wasm = readFileSync(fileURLToPath(new URL("../../wasm/device/pkg-web/longma_device_bg.wasm", import.meta.url)));

/** What the lines say at the end; what they import and what they are given come from here. */
async function printed(readme: string): Promise<unknown[]> {
  const [, lines] = /^```ts\nimport init, \{ Engine \} from "longma-device";\n(.*?)^```/ms.exec(read(readme)) ?? [];
  assert.ok(lines !== undefined, `${readme} embeds the engine`);
  const given = {
    init: () => init({ module_or_path: wasm }),
    Engine,
    packs: readFileSync(new URL("../../target/rules.longma", import.meta.url)),
    areas: read("rules/reference/risk_areas.sample.csv"),
    person: read("rules/samples/close-contact.json"),
    console: { log: (...words: unknown[]) => said.push(...words) },
  };
  const said: unknown[] = [];
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
