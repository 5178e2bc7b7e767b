// The types the page is written against are those of the schemas.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { fileOf, names, typesOf } from "../scripts/types.mjs";

for (const name of names) {
  it(`src/types/${name}.ts is what \`npm run types\` writes`, async () => {
    assert.equal(readFileSync(fileOf(name), "utf8"), await typesOf(name));
  });
}
