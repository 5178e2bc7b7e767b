// What somebody looks at before a pack is published: its version and span, what it assumes, what it rests on.
import { TomlDate } from "smol-toml";
import type { Texts } from "../../types";
import { bothOf, member, tableOf, type House, type Pack } from "./house";
import { headOf, type Source, type Spot } from "./sources";
import { dayOf } from "./spans";

export interface Assumed {
  name: string;
  /** As the manifest has it. */
  value: string;
  /** Such as `days`. */
  unit: string | undefined;
  note: Texts | undefined;
  spot: Spot;
}

export interface Review {
  version: string | undefined;
  authority: Texts | undefined;
  assumed: readonly Assumed[];
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(", ");
  if (value instanceof TomlDate) return value.isDate() ? dayOf(value.getTime() / 1000) : value.toISOString();
  if (typeof value === "object" && value !== null) return Object.entries(value).map(([key, its]) => `${key} = ${written(its)}`).join(", ");
  return String(value);
}

/** What a pack's manifest says of itself, and the params that it marks as assumed. */
export function reviewOf(pack: Pack, house: House): Review {
  const path = `packs/${pack.id}/pack.toml`;
  const text = house.get(path) ?? "";
  const manifest = tableOf(path, text);
  const version = member(manifest, "version");
  const params = member(manifest, "params");
  const assumed = Object.entries(typeof params === "object" && params !== null ? params : {})
    .filter(([, param]) => member(param, "assumed") === true)
    .map(([name, param]): Assumed => {
      const unit = member(param, "unit");
      return {
        name,
        value: written(member(param, "value")),
        unit: typeof unit === "string" ? unit : undefined,
        note: bothOf(member(param, "note")),
        spot: { path, line: headOf(text, `params.${name}`) ?? 1 },
      };
    });
  return { version: version === undefined ? undefined : String(version), authority: bothOf(member(manifest, "authority")), assumed };
}

/** The names of all params that a pack sets itself. */
export function paramsOf(pack: Pack, house: House): string[] {
  const path = `packs/${pack.id}/pack.toml`;
  const params = member(tableOf(path, house.get(path) ?? ""), "params");
  return Object.keys(typeof params === "object" && params !== null ? params : {});
}

/** Sources by grade, the best first; those without a grade last. */
export function byGrade(sources: readonly Source[]): { grade: string; sources: Source[] }[] {
  const grades = ["V", "W", "A"];
  const found = new Map<string, Source[]>();
  for (const source of sources) found.set(source.grade ?? "", [...(found.get(source.grade ?? "") ?? []), source]);
  const rank = (grade: string): number => (grade === "" ? 99 : (grades.indexOf(grade) + 50) % 50);
  return [...found].map(([grade, its]) => ({ grade, sources: its })).sort((a, b) => rank(a.grade) - rank(b.grade));
}
