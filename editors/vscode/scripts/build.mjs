// Bundles the extension into dist/extension.js, with the licences of what is in it.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["src/extension.mjs"],
  outfile: "dist/extension.js",
  bundle: true,
  minify: true,
  metafile: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  logLevel: "warning",
});

const inside = Object.keys(metafile.inputs).map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
const notices = [...new Set(inside)].filter((it) => it !== undefined).sort().map((folder) => {
  const { name, version } = JSON.parse(readFileSync(`${root}${folder}/package.json`, "utf8"));
  const licence = readdirSync(root + folder).find((it) => /^licen[cs]e/i.test(it));
  if (licence === undefined) throw new Error(`${name} has no file with its licence`);
  return `${name} ${version}\n\n${readFileSync(`${root}${folder}/${licence}`, "utf8").trim()}\n`;
});
writeFileSync(`${root}dist/NOTICES.txt`, notices.join("\n---\n\n"));
