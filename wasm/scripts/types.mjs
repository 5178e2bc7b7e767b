// Writes types for TypeScript from the JSON Schemas in rules/schema.
// `node wasm/scripts/types.mjs` writes the files; `--check` only checks that they are up to date.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

/** Crate, schema file and type name. `OutcomeJson`, because the engine's own class is `Outcome`. */
const TYPES = [
  ["answer", "outcome", "OutcomeJson"],
  ["device", "person", "Person"],
  ["device", "venue", "Venue"],
  ["device", "area", "Area"],
  ["device", "clinic", "Clinic"],
];

/** Keeps only the `$ref` of a reference: with a description next to it, each would get its own type. */
function plain(node) {
  if (Array.isArray(node)) return node.map(plain);
  if (node === null || typeof node !== "object") return node;
  if (typeof node.$ref === "string") return { $ref: node.$ref };
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, plain(value)]));
}

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
let stale = 0;
for (const [crate, file, title] of TYPES) {
  const source = readFileSync(here(`../../rules/schema/${file}.schema.json`), "utf8");
  const schema = { ...plain(JSON.parse(source)), title };
  const text = await compile(schema, title, {
    bannerComment: `// Written by wasm/scripts/types.mjs from rules/schema/${file}.schema.json. Change the schema, not this file.`,
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
    style: { printWidth: 120 },
  });
  const target = here(`../${crate}/types/${file}.d.ts`);
  if (!process.argv.includes("--check")) {
    writeFileSync(target, text);
  } else if (readFileSync(target, "utf8") !== text) {
    console.error(`wasm/${crate}/types/${file}.d.ts is not what its schema says; run: node wasm/scripts/types.mjs`);
    stale += 1;
  }
}
process.exitCode = stale === 0 ? 0 : 1;
