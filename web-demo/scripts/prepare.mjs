// Brings what the pages are made of into public/generated: the compiled packs, the sample persons and the
// invented tables for the card page, the house's texts for the studio, the monitor's demo feed; and gate-samples into public,
// the documents and codes of the gate page's test mode. Checks that the engines are built. Says what to
// run where something is missing.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { feed } from "./monitor-feed.mjs";

const demo = join(dirname(fileURLToPath(import.meta.url)), "..");
const root = join(demo, "..");
const generated = join(demo, "public", "generated");

const samples = "rules/samples";

/** What must exist, relative to the project's root, and where a copy goes (none: only checked). */
const needed = [
  { from: "packages/longma/dist/web.js", what: "the engine's package" },
  { from: "wasm/studio/pkg-web/longma_studio.js", what: "the studio's engine" },
  { from: "wasm/gate/pkg-web/longma_gate_web.js", what: "the gate's engine" },
  { from: "target/gate-samples/codes.json", what: "a gate and its codes" },
  { from: "target/rules.longma", to: "rules.longma", what: "the compiled packs" },
  { from: samples, to: "samples", what: "the sample persons" },
  { from: "rules/reference/risk_areas.sample.csv", to: "risk_areas.sample.csv", what: "the sample risk areas" },
  { from: "rules/reference/exposures.sample.csv", to: "exposures.sample.csv", what: "the sample exposure events" },
  { from: "rules/reference/fire_orders.sample.csv", to: "fire_orders.sample.csv", what: "the sample orders on forest fires" },
  { from: "rules/reference/holidays.sample.csv", to: "holidays.sample.csv", what: "the public holidays" },
];

const missing = needed.filter(({ from }) => !existsSync(join(root, from)));
if (missing.length > 0) {
  const list = missing.map(({ from, what }) => `  ${from} (${what})`).join("\n");
  console.error(`The page cannot be built yet. Missing:\n${list}\nRun \`cargo xtask demo\` in the project's root: it builds them and serves the page.`);
  process.exit(1);
}

rmSync(generated, { recursive: true, force: true });
mkdirSync(generated, { recursive: true });
for (const { from, to } of needed) {
  if (to !== undefined && from !== samples) cpSync(join(root, from), join(generated, to), { recursive: true });
}

// The catalogue also tells of venues, areas and clinics, and of documents that are refused; the folder holds lists
// of many persons, for the command line. The page shows who holds a card, whatever the card is for, and only what it
// can read without a problem.
const index = JSON.parse(readFileSync(join(root, samples, "index.json"), "utf8"));
const holdsCard = (file) => JSON.parse(readFileSync(join(root, samples, file), "utf8")).identity.document !== undefined;
const shown = index.filter((sample) => sample.problems === undefined && holdsCard(sample.file));
mkdirSync(join(generated, "samples"));
writeFileSync(join(generated, "samples", "index.json"), JSON.stringify(shown));
for (const { file } of shown) {
  cpSync(join(root, samples, file), join(generated, "samples", file));
}

// What `longma check` reads, by path: the packs, the schemas of facts and tables, the table of places; and the texts of notices.
const isOfHouse = (path) => /^packs\/.+\.(toml|rhai)$/.test(path) || /^packs\/[^/]+\/[^/]+\/sources\/[^/]+\.txt$/.test(path) || /^(schema|reference)\/[^/]+\.schema\.json$/.test(path) || path === "reference/places.csv";
const rules = join(root, "rules");
const paths = ["packs", "schema", "reference"].flatMap((folder) => readdirSync(join(rules, folder), { recursive: true }).map((path) => `${folder}/${path.replaceAll("\\", "/")}`));
const house = paths.filter(isOfHouse).sort().map((path) => [path, readFileSync(join(rules, path), "utf8")]);
writeFileSync(join(generated, "house.json"), JSON.stringify(Object.fromEntries(house)));

writeFileSync(join(generated, "monitor.ndjson"), feed());

// The test mode's gate, with the list of its tables that every gate has.
const gate = join(demo, "public", "gate-samples");
rmSync(gate, { recursive: true, force: true });
cpSync(join(root, "target", "gate-samples"), gate, { recursive: true });
const tables = readdirSync(join(gate, "tables")).filter((file) => file.endsWith(".csv")).map((file) => file.slice(0, -".csv".length));
writeFileSync(join(gate, "tables.json"), JSON.stringify(tables));
