// Records in words: labels from the schema, values from the catalogue. What a rule rests on is shown with it.
import schema = require("../generated/schema");
import type { SchemaNode } from "../generated/schema";
import { known, listed, say, type Lang } from "./i18n";
import { stamp } from "./time";

export interface Line {
  label: string;
  value: string;
}

export interface RecordView {
  title: string;
  lines: Line[];
}

/** The schema's node for a section, or for a path in it. */
export function nodeAt(path: readonly string[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema;
  for (const step of path) node = /^\d+$/.test(step) ? node?.items : node?.properties?.[step];
  return node;
}

/** The name of a field: a short one from the catalogue, else the first clause of what the schema says about it. */
export function labelOf(name: string, node: SchemaNode, lang: Lang): string {
  const text = (lang === "en" ? node.description : node["x-zh-CN"]) ?? "";
  return known(lang, `fields.${name}`) ?? (lang === "en" ? text.split(/[.,;:]/) : text.split(/[。，；：]/))[0] ?? text;
}

/** A value of an enumeration in words. */
export const valueText = (value: string, lang: Lang): string => known(lang, `values.${value}`) ?? value;

/** A record of a section, such as the first contact. */
export function recordView(section: string, index: number, record: Record<string, unknown>, now: number, lang: Lang): RecordView {
  const title = say(lang, "records.title", { section: say(lang, `sections.${section}`), number: index + 1 });
  return { title, lines: linesOf(nodeAt([section, String(index)]), record, now, lang) };
}

function linesOf(node: SchemaNode | undefined, record: Record<string, unknown>, now: number, lang: Lang): Line[] {
  const lines: Line[] = [];
  for (const key of Object.keys(node?.properties ?? {})) {
    const field = node?.properties?.[key] as SchemaNode;
    const value = record[key];
    if (value === undefined || key === "digest") continue;
    if (field.type === "object") lines.push(...linesOf(field, value as Record<string, unknown>, now, lang));
    else lines.push({ label: labelOf(key, field, lang), value: text(field, value, now, lang) });
  }
  return lines;
}

function text(field: SchemaNode, value: unknown, now: number, lang: Lang): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return say(lang, "records.none");
    const shown = value.map((one) => (typeof one === "object" ? Object.values(one as object).join(" ") : valueText(String(one), lang)));
    return listed(lang, shown);
  }
  if (typeof value === "boolean") return say(lang, value ? "records.yes" : "records.no");
  if (field.format === "date-time") return stamp(Date.parse(String(value)), now, lang);
  return field.enum === undefined ? String(value) : valueText(String(value), lang);
}

/** A row of a reference table, from the CSV that the engine was given. */
export function rowText(csv: string, row: number): string {
  const lines = csv.split("\n");
  return (lines[row + 1] ?? "").replace(/"/g, "").replace(/,+/g, " ").trim();
}
