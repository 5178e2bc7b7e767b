// What the vendor's tool does before a mini-program runs: templates to functions, style sheets with their imports.
import { readFileSync, readdirSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { TmplGroup } from "glass-easel-template-compiler";

export interface Program {
  scripts: Record<string, string>;
  configs: Record<string, object>;
  styles: Record<string, string>;
  /** Source of an object with a template for each path. */
  templates: string;
  /** Images as data, by their path in the package. */
  images: Record<string, string>;
  /** Packaged engines as base64, decompressed as the platform does it, by path. */
  wasm: Record<string, string>;
}

/** Compiles what `npm run build` made. A warning of the template compiler is an error here. */
export function compile(dist: string): Program {
  const program: Program = { scripts: {}, configs: {}, styles: {}, templates: "", images: {}, wasm: {} };
  const group = new TmplGroup();
  const raw: Record<string, string> = {};
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = relative(dist, join(entry.parentPath, entry.name));
    const bytes = readFileSync(join(dist, path));
    const [, bare = "", kind = ""] = /^(.*?)\.(wasm\.br|\w+)$/.exec(path) ?? [];
    if (kind === "js") program.scripts[bare] = bytes.toString();
    if (kind === "json") program.configs[bare] = JSON.parse(bytes.toString()) as object;
    if (kind === "wxss") raw[path] = bytes.toString();
    if (kind === "png") program.images[path] = `data:image/png;base64,${bytes.toString("base64")}`;
    if (kind === "wasm.br") program.wasm[`/${path}`] = brotliDecompressSync(bytes).toString("base64");
    if (kind === "wxml") {
      const problems = group.addTmpl(bare, accessible(bytes.toString())) as { message?: string; toString(): string }[];
      if (problems.length > 0) throw new Error(`${path}: ${problems.map(String).join("; ")}`);
    }
  }
  for (const path of Object.keys(raw)) program.styles[path.replace(/\.wxss$/, "")] = styled(path, raw);
  program.templates = group.getTmplGenObjectGroups();
  group.free();
  return program;
}

/** On phones the role is given as `aria-role`; a browser calls it `role`. */
const accessible = (template: string): string => template.replace(/\baria-role=/g, "role=");

function styled(path: string, raw: Record<string, string>): string {
  const text = raw[path] ?? "";
  return text.replace(/@import "([^"]+)";/g, (_, found: string) => styled(posix.join(posix.dirname(path), found), raw));
}
