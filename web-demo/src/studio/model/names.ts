// Paths inside a house, and which of a stranger's names may become one.
// A name comes from a zip, a link or a folder; it is checked before anything is written under it.

/** Why a name is refused. */
export type NameFault = "absolute" | "above" | "backslash" | "control" | "long";

/** The longest path, in UTF-16 units. The shipped house's longest is a quarter of it. */
const LONGEST = 200;

/** What is wrong with a file's name as a path inside a house; undefined if nothing is. */
export function nameFault(name: string): NameFault | undefined {
  if (/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(name)) return "control";
  if (name.includes("\\")) return "backslash";
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "absolute";
  if (name.split("/").some((part) => part === ".." || part === ".")) return "above";
  if (name.length > LONGEST || /\/\/|\/$/.test(name)) return "long";
  return undefined;
}

/** Whether `longma check` reads a file with this path, or it is the text of a notice; all others are left alone. */
export function isOfHouse(path: string): boolean {
  if (/^packs\/[^/]+\/[^/]+\/([^/]+\.rhai|pack\.toml|captions\.toml|approvals\.toml|cases\/.+\.toml|sources\/[^/]+\.txt)$/.test(path)) return true;
  return /^(schema|reference)\/[^/]+\.schema\.json$/.test(path) || path === "reference/places.csv";
}

/** The part of a path before the house begins: `rules/` of `rules/packs/62/…`. */
export function prefixOf(paths: readonly string[]): string {
  const found = paths.map((path) => /^(.*?)packs\/[^/]+\/[^/]+\//.exec(path)?.[1]);
  return found.filter((prefix) => prefix !== undefined).sort((a, b) => a.length - b.length)[0] ?? "";
}

export type Language = "rhai" | "toml" | "json" | "csv" | "text";

/** The language of a file, by its name. */
export function languageOf(path: string): Language {
  const end = path.slice(path.lastIndexOf(".") + 1);
  if (end === "txt") return "text";
  return end === "rhai" || end === "toml" || end === "json" ? end : "csv";
}

/** The id of the pack that a file belongs to: `62/2022-03-07`. */
export function packOf(path: string): string | undefined {
  return /^packs\/([^/]+\/[^/]+)\//.exec(path)?.[1];
}

/** The file's name inside its pack's folder, or its whole path outside of packs. */
export function within(path: string): string {
  const pack = packOf(path);
  return pack === undefined ? path : path.slice(`packs/${pack}/`.length);
}
