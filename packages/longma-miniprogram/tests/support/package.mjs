// The package as a developer gets it: packed for the registry, installed, and copied by "build npm".
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../../../..");
export const at = (...path) => join(root, ...path);
export const source = at("packages/longma-miniprogram");
export const NAME = "longma-miniprogram";

const work = at("target/npm/miniprogram-tests");

const folders = [];
process.on("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** An empty folder that is removed when the tests of this file end. */
export function emptyFolder(name) {
  mkdirSync(work, { recursive: true });
  const folder = mkdtempSync(join(work, `${name}-`));
  folders.push(folder);
  return folder;
}

/** The tarball that `npm publish` would upload. */
export function tarball(folder = emptyFolder("pack")) {
  const told = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], { cwd: source, encoding: "utf8" });
  return join(folder, JSON.parse(told)[0].filename);
}

/** Installs the tarball in a project. The package has neither dependencies nor scripts, so npm would do no more than this. */
export function install(project, file = tarball()) {
  const installed = join(project, "node_modules", NAME);
  rmSync(installed, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", file, "-C", installed, "--strip-components=1"]);
  return installed;
}

/** Copies installed packages as "build npm" of WeChat's tool does. ci.test.mjs compares it with the tool's own. */
export function buildNpm(project) {
  const installed = join(project, "node_modules", NAME);
  const { miniprogram } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  cpSync(join(installed, miniprogram), join(project, "miniprogram_npm", NAME), { recursive: true });
}

/** An empty mini-program with the package installed and npm built. */
export function project(name, files = {}) {
  const folder = emptyFolder(name);
  install(folder);
  buildNpm(folder);
  write(folder, files);
  return folder;
}

/** Writes files, by path. */
export function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** All files of a folder, as sorted paths with `/`. */
export function filesOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/")).sort();
}
