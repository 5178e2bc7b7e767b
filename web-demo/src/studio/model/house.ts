// A house of packs as texts by path, and what the tree shows of it. Reads pack.toml as far as it can: while somebody
// types, a manifest is often broken, and the tree must stay.
import { parse, TomlDate, type TomlTable } from "smol-toml";
import type { Texts } from "../../types";
import { packOf, within } from "./names";

/** Texts by path: `packs/62/2022-03-07/pack.toml`, `schema/person.schema.json`. */
export type House = ReadonlyMap<string, string>;

/** From the first instant to the first one after, in seconds; an end may be open. */
export interface Span {
  from: number | undefined;
  until: number | undefined;
}

export interface Pack {
  id: string;
  region: string;
  /** The series; empty for the region's main one. */
  series: string;
  span: Span;
  title: Texts | undefined;
  /** Its files' paths: scripts, captions, the manifest, cases. */
  files: readonly string[];
}

export interface Series {
  name: string;
  packs: readonly Pack[];
}

export interface Region {
  code: string;
  series: readonly Series[];
}

const tables = new Map<string, { text: string; table: TomlTable | undefined }>();

/** A TOML text as a table; undefined while it cannot be read. The last text of a path is remembered. */
export function tableOf(path: string, text: string): TomlTable | undefined {
  const kept = tables.get(path);
  if (kept?.text === text) return kept.table;
  let table: TomlTable | undefined;
  try {
    table = parse(text);
  } catch {
    table = undefined;
  }
  tables.set(path, { text, table });
  return table;
}

/** A value's member, if the value is a table. */
export function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** A text in both languages, or the same text for both. */
export function bothOf(value: unknown): Texts | undefined {
  if (typeof value === "string") return { "zh-CN": value, en: value };
  const [zh, en] = [member(value, "zh-CN"), member(value, "en")];
  if (typeof zh !== "string" && typeof en !== "string") return undefined;
  return { "zh-CN": typeof zh === "string" ? zh : String(en), en: typeof en === "string" ? en : String(zh) };
}

/** An instant of TOML in seconds. One without an offset is at +08:00. */
export function instantOfToml(value: unknown): number | undefined {
  let text: string;
  if (value instanceof TomlDate) text = value.toISOString();
  else if (typeof value === "string") text = value;
  else return undefined;
  if (!text.includes("T")) text += "T00:00:00";
  if (!/(Z|[+-]\d\d:\d\d)$/.test(text)) text += "+08:00";
  const seconds = Date.parse(text) / 1000;
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** When a pack is in force: as its manifest says, else from the date in its folder's name. */
function spanOf(id: string, manifest: TomlTable | undefined): Span {
  const effective = member(manifest, "effective");
  const named = /(\d{4}-\d{2}-\d{2})$/.exec(id)?.[1];
  return {
    from: instantOfToml(member(effective, "from")) ?? instantOfToml(named),
    until: instantOfToml(member(effective, "until")),
  };
}

const RANKS = [/\.rhai$/, /^captions\.toml$/, /^pack\.toml$/, /./];
const rank = (path: string): number => {
  const name = within(path);
  return name === "shared.rhai" ? 0.5 : RANKS.findIndex((pattern) => pattern.test(name));
};

/** The packs of a house, each with its files: scripts first, then captions, manifest and cases. */
export function packsOf(house: House): Pack[] {
  const files = new Map<string, string[]>();
  for (const path of house.keys()) {
    const id = packOf(path);
    if (id === undefined) continue;
    const known = files.get(id);
    if (known === undefined) files.set(id, [path]);
    else known.push(path);
  }
  return [...files].map(([id, paths]) => {
    const path = `packs/${id}/pack.toml`;
    const manifest = tableOf(path, house.get(path) ?? "");
    const [region = "", name = ""] = id.split("/");
    return {
      id,
      region,
      series: /^(.*?)-?\d{4}-\d{2}-\d{2}$/.exec(name)?.[1] ?? name,
      span: spanOf(id, manifest),
      title: bothOf(member(manifest, "title")),
      files: paths.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)),
    };
  });
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Packs by region and series. The country comes first, then regions by code, then organisations. */
export function treeOf(packs: readonly Pack[]): Region[] {
  const regions = new Map<string, Map<string, Pack[]>>();
  for (const pack of packs) {
    const region = regions.get(pack.region) ?? new Map<string, Pack[]>();
    regions.set(pack.region, region);
    region.set(pack.series, [...(region.get(pack.series) ?? []), pack]);
  }
  const key = (code: string): string => (code === "cn" ? "0" : code.startsWith("org-") ? `z${code}` : `1${code}`);
  return [...regions]
    .sort(([a], [b]) => order(key(a), key(b)))
    .map(([code, series]) => ({
      code,
      series: [...series]
        .sort(([a], [b]) => order(a, b))
        .map(([name, its]) => ({ name, packs: its.sort((a, b) => (a.span.from ?? 0) - (b.span.from ?? 0) || order(a.id, b.id)) })),
    }));
}

/** The packs that a reader looks for: by id, title, series or a file's name. */
export function matching(packs: readonly Pack[], filter: string): Pack[] {
  const wanted = filter.trim().toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (wanted.length === 0) return [...packs];
  return packs.filter((pack) => {
    const said = [pack.id, pack.title?.["zh-CN"] ?? "", pack.title?.en ?? "", ...pack.files.map(within)].join("\n").toLowerCase();
    return wanted.every((word) => said.includes(word));
  });
}

/** What a visitor sees first: a script of the province's latest pack of health codes. */
export function firstPath(packs: readonly Pack[]): string | undefined {
  const withCode = packs.filter((pack) => pack.files.some((path) => within(path) === "code.rhai"));
  const provincial = withCode.filter((pack) => pack.region === "62" && pack.series === "");
  const latest = [...(provincial.length > 0 ? provincial : withCode.length > 0 ? withCode : packs)];
  latest.sort((a, b) => (b.span.from ?? 0) - (a.span.from ?? 0));
  return latest[0]?.files[0];
}

/** What `now` says other than `before`, by path; null for a file that is gone. */
export function differences(before: House, now: House): Map<string, string | null> {
  const found = new Map<string, string | null>();
  for (const [path, text] of now) if (before.get(path) !== text) found.set(path, text);
  for (const path of before.keys()) if (!now.has(path)) found.set(path, null);
  return new Map([...found].sort(([a], [b]) => order(a, b)));
}

/** The texts that answers rest on. Who approved a pack changes none. */
export const judged = (house: House): string[] => [...house].filter(([path]) => within(path) !== "approvals.toml").map(([, text]) => text);

/** A house by name, in eight hexadecimal digits (FNV-1a). Tells editions apart; proves nothing. */
export function editionOf(house: House): string {
  let hash = 0x811c9dc5;
  const add = (text: string): void => {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0xffff, 0x01000193);
  };
  for (const [path, text] of [...house].sort(([a], [b]) => order(a, b))) {
    add(path);
    add(text);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
