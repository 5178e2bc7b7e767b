// The sources behind a pack, and which rule and which number cites each. Read from the texts as they stand, by lines:
// the panel beside the script must not wait for the script to be right.
import type { Texts } from "../../types";
import { bothOf, instantOfToml, member, tableOf, type House, type Pack } from "./house";
import { within } from "./names";
import { dayOf } from "./spans";

/** A place to go to: a file and a line from 1. */
export interface Spot {
  path: string;
  line: number;
}

export interface Citation extends Spot {
  name: string;
  kind: "rule" | "param";
}

export interface Source {
  id: string;
  title: Texts | undefined;
  date: string | undefined;
  grade: string | undefined;
  /** The pack that names it, if that is an inherited one. */
  inherited: string | undefined;
  /** Where it is named; undefined if no pack does. */
  spot: Spot | undefined;
  citations: readonly Citation[];
}

/** Rules of a script and the sources above them. */
export function citationsOf(path: string, script: string): { source: string; citation: Citation }[] {
  const found: { source: string; citation: Citation }[] = [];
  let sources: string[] = [];
  script.split(/\r?\n/).forEach((line, at) => {
    const said = /^\s*\/\/\/\s*source:\s*(.+?)\s*$/.exec(line)?.[1];
    const rule = /^\s*fn\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(line)?.[1];
    if (said !== undefined) sources.push(...said.split(/[,，、]\s*/).filter((id) => id !== ""));
    else if (rule !== undefined) {
      for (const source of sources) found.push({ source, citation: { name: rule, kind: "rule", path, line: at + 1 } });
      sources = [];
    } else if (!/^\s*\/\/\//.test(line)) sources = [];
  });
  return found;
}

/** The line from 1 on which a table of TOML begins. */
export function headOf(text: string, head: string): number | undefined {
  const wanted = head.replace(/["']/g, "");
  const at = text.split("\n").findIndex((line) => line.trim().startsWith("[") && (/^\s*\[([^\]]+)\]/.exec(line)?.[1] ?? "").replace(/["'\s]/g, "") === wanted);
  return at < 0 ? undefined : at + 1;
}

/** The ids of packs that a pack stands on, nearest first. */
export function lineageOf(id: string, packs: readonly Pack[], house: House): string[] {
  const found: string[] = [];
  const wanted = [id];
  for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) {
    if (found.includes(next)) continue;
    found.push(next);
    const path = `packs/${next}/pack.toml`;
    const inherits = member(tableOf(path, house.get(path) ?? ""), "inherits");
    if (typeof inherits !== "string") continue;
    wanted.push(...packs.filter((pack) => pack.id === inherits || (pack.region === inherits && pack.series === "")).map((pack) => pack.id));
  }
  return found;
}

/** The sources that a pack names or cites: its own in their order, then inherited ones, then those that nobody names. */
export function sourcesOf(pack: Pack, packs: readonly Pack[], house: House): Source[] {
  const cited = new Map<string, Citation[]>();
  const cite = (source: string, citation: Citation): void => {
    cited.set(source, [...(cited.get(source) ?? []), citation]);
  };
  for (const path of pack.files) {
    if (!within(path).endsWith(".rhai")) continue;
    for (const { source, citation } of citationsOf(path, house.get(path) ?? "")) cite(source, citation);
  }
  const manifest = `packs/${pack.id}/pack.toml`;
  const text = house.get(manifest) ?? "";
  const params = member(tableOf(manifest, text), "params");
  for (const [name, param] of Object.entries(typeof params === "object" && params !== null ? params : {})) {
    const source = member(param, "source");
    const line = headOf(text, `params.${name}`);
    if (typeof source === "string" && line !== undefined) cite(source, { name, kind: "param", path: manifest, line });
  }
  const found = new Map<string, Source>();
  for (const id of lineageOf(pack.id, packs, house)) {
    const path = `packs/${id}/pack.toml`;
    const own = id === pack.id;
    const its = house.get(path) ?? "";
    const named = member(tableOf(path, its), "sources");
    for (const [name, source] of Object.entries(typeof named === "object" && named !== null ? named : {})) {
      if (found.has(name) || (!own && !cited.has(name))) continue;
      const date = instantOfToml(member(source, "date"));
      const grade = member(source, "grade");
      const line = headOf(its, `sources.${name}`);
      found.set(name, {
        id: name,
        title: bothOf(member(source, "title")),
        date: date === undefined ? undefined : dayOf(date),
        grade: typeof grade === "string" ? grade : undefined,
        inherited: own ? undefined : id,
        spot: line === undefined ? undefined : { path, line },
        citations: cited.get(name) ?? [],
      });
    }
  }
  for (const [id, citations] of cited) {
    if (!found.has(id)) found.set(id, { id, title: undefined, date: undefined, grade: undefined, inherited: undefined, spot: undefined, citations });
  }
  return [...found.values()];
}
