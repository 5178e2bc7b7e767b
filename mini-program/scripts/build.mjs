// Builds the mini-program into dist: scripts to CommonJS one by one (so that the modules stay single), everything else
// copied, and the packages laid out as "build npm" of the vendor's tool does it.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { art } from "./art.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const src = join(root, "src");
const dist = join(root, "dist");
const packed = join(root, "../packages/longma-miniprogram");

if (!existsSync(join(packed, "miniprogram_dist/index.js"))) {
  console.error("packages/longma-miniprogram is not built: run `cargo xtask packages` first");
  process.exit(2);
}
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });

const files = readdirSync(src, { recursive: true, withFileTypes: true }).filter((it) => it.isFile()).map((it) => relative(src, join(it.parentPath, it.name)));
const scripts = files.filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
await build({
  entryPoints: scripts.map((name) => join(src, name)),
  outdir: dist,
  outbase: src,
  format: "cjs",
  platform: "neutral",
  target: "es2017",
  supported: { "optional-catch-binding": false },
  charset: "utf8",
  logLevel: "warning",
});
for (const name of files.filter((it) => !it.endsWith(".ts"))) {
  mkdirSync(dirname(join(dist, name)), { recursive: true });
  cpSync(join(src, name), join(dist, name));
}
writeFileSync(join(dist, "art.wxss"), art);

/** The schema's texts and limits that forms and records need. */
const schema = JSON.parse(readFileSync(join(root, "../rules/schema/person.schema.json"), "utf8"));
mkdirSync(join(dist, "generated"), { recursive: true });
writeFileSync(join(dist, "generated/schema.js"), `module.exports = ${JSON.stringify(schema)};\n`);

/** The package as a user of npm gets it: from the packed tarball. */
const work = mkdtempSync(join(tmpdir(), "longma-"));
const [{ filename }] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", work], { cwd: packed, encoding: "utf8" }));
execFileSync("tar", ["-xzf", join(work, filename), "-C", work]);
const from = join(work, "package/miniprogram_dist");
const into = join(dist, "miniprogram_npm/longma-miniprogram");
// Declarations are of no use on a phone, and the engine is shipped compressed.
cpSync(from, into, { recursive: true, filter: (path) => !path.endsWith(".d.ts") && !path.endsWith(".wasm") && !path.endsWith("/types") });
rmSync(work, { recursive: true, force: true });
// The gate's engine belongs to the subpackage that starts it, not to the main package.
cpSync(join(packed, "gate_dist"), join(dist, "gate"), { recursive: true });
console.log(`built ${relative(process.cwd(), dist) || "dist"}`);
