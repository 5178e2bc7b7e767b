// New files of a pack: where each kind goes, and what is wrong with a name.
import { isOfHouse, nameFault, type NameFault } from "./names";

export const KINDS = ["case", "decision", "shared", "notice"] as const;
export type FileKind = (typeof KINDS)[number];

/** Why a file cannot have this name. */
export type FileFault = NameFault | "empty" | "name" | "exists";

/** Where a new file of a pack goes. The one with shared functions has no name of its own. */
export function newPath(pack: string, kind: FileKind, name: string): string {
  const folder = `packs/${pack}/`;
  switch (kind) {
    case "case":
      return `${folder}cases/${name}.toml`;
    case "decision":
      return `${folder}${name}.rhai`;
    case "shared":
      return `${folder}shared.rhai`;
    case "notice":
      return `${folder}sources/${name}.txt`;
  }
}

/** What is wrong with a name as it was typed; undefined if nothing is. Names that differ only in case are one file on some devices. */
export function fileFault(pack: string, kind: FileKind, name: string, there: Iterable<string>): FileFault | undefined {
  if (kind !== "shared" && name.trim() === "") return "empty";
  const path = newPath(pack, kind, name);
  const fault = nameFault(path);
  if (fault !== undefined) return fault;
  const pattern = kind === "decision" ? /^[a-z][a-z0-9_]*$/ : kind === "notice" ? /^[A-Za-z0-9_-]+$/ : /^[^/\s.][^/]*(?<![\s.])$/;
  if ((kind !== "shared" && !pattern.test(name)) || (kind === "decision" && name === "shared") || !isOfHouse(path)) return "name";
  for (const one of there) if (one.toLowerCase() === path.toLowerCase()) return "exists";
  return undefined;
}

/** The name of a case file, without folder and ending; undefined for other files. */
export const caseFileName = (path: string): string | undefined => /^packs\/[^/]+\/[^/]+\/cases\/(.+)\.toml$/.exec(path)?.[1];

/** What a new case file begins with: what holds for all cases of another one, else the subject alone. */
export function caseHead(other: string | undefined, subject: string): string {
  const at = other?.search(/^\[\[case\]\]/m) ?? -1;
  const base = other?.search(/^\[base\]/m) ?? -1;
  return other !== undefined && base >= 0 && at > base ? other.slice(base, at) : `[base]\nsubject = ${JSON.stringify(subject)}\n\n`;
}
