// Writes src/types from the JSON Schemas of rules/schema, the one source of what facts and outcomes are.
// Run by hand after a schema changed (`npm run types`); a test checks that the files are up to date.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compile } from "json-schema-to-typescript";

const demo = join(dirname(fileURLToPath(import.meta.url)), "..");
const banner = (name) => `// Written by \`npm run types\` from rules/schema/${name}.schema.json. Change the schema, not this file.`;

/** A reference without what is said beside it, which would make a new type at every place that refers. */
const bareReferences = (key, value) => (value !== null && typeof value === "object" && "$ref" in value ? { $ref: value.$ref } : value);

/** The TypeScript text for the schema `name` ("person" or "outcome"). */
export async function typesOf(name) {
  const schema = JSON.parse(readFileSync(join(demo, "..", "rules", "schema", `${name}.schema.json`), "utf8"), bareReferences);
  return compile(schema, name, { bannerComment: banner(name), additionalProperties: false, ignoreMinAndMaxItems: true, style: { printWidth: 120 } });
}

export const names = ["person", "outcome"];
export const fileOf = (name) => join(demo, "src", "types", `${name}.ts`);

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const name of names) writeFileSync(fileOf(name), await typesOf(name));
}
