// A form from the schema: fields with their labels, kinds and limits, and a value put where the schema has it.
import { config } from "../config";
import { say, type Lang } from "./i18n";
import { labelOf, nodeAt, valueText } from "./records";
import { regions } from "./regions";
import { rfc3339 } from "./time";
import type { SchemaNode } from "../generated/schema";

export interface Field {
  path: string;
  label: string;
  kind: "text" | "id" | "number" | "choice" | "many" | "list" | "date" | "datetime";
  required: boolean;
  value: string;
  most: number;
  options: { value: string; text: string; on: boolean }[];
  names: string[];
  index: number;
  text: string;
  end: string;
  day: string;
  minute: string;
  error: string;
  good: string;
}

export type Values = Record<string, string>;

/** Paths of the fields under a node, in the schema's order; objects in it are opened. */
export function pathsOf(path: readonly string[], left: readonly string[] = []): string[] {
  const found: string[] = [];
  const node = nodeAt(path);
  for (const key of Object.keys(node?.properties ?? {})) {
    const field = node?.properties?.[key] as SchemaNode;
    if (left.indexOf(key) >= 0) continue;
    if (field.type === "object") found.push(...pathsOf([...path, key], left));
    else found.push([...path, key].join("/"));
  }
  return found;
}

/** The fields for these paths, filled in. */
export function fieldsOf(paths: readonly string[], values: Values, errors: Record<string, string>, lang: Lang, today: string): Field[] {
  return paths.map((path) => {
    const steps = path.split("/");
    const node = nodeAt(steps) ?? {};
    const value = values[path] ?? "";
    const last = steps[steps.length - 1] ?? "";
    const parent = nodeAt(steps.slice(0, -1));
    const isRegion = last === "region";
    const index = isRegion ? regions.findIndex(({ code }) => code === value) : 0;
    return {
      path,
      label: labelOf(last, node, lang),
      kind: kindOf(node, last),
      required: parent?.required?.includes(last) === true,
      value,
      most: node.maxLength ?? 60,
      options: optionsOf(node, value, lang),
      names: isRegion ? regions.map(({ name }) => name[lang]) : [],
      index: Math.max(0, index),
      text: isRegion ? (regions[index]?.name[lang] ?? value) : "",
      end: today,
      day: value.slice(0, 10),
      minute: value.slice(11, 16),
      error: errors[path] ?? "",
      good: "",
    };
  });
}

function kindOf(node: SchemaNode, name: string): Field["kind"] {
  if (name === "region") return "list";
  if (node.type === "boolean" || node.enum !== undefined) return "choice";
  if (node.items?.enum !== undefined) return "many";
  if (node.format === "date") return "date";
  if (node.format === "date-time") return "datetime";
  if (node.type === "number" || node.type === "integer") return "number";
  return name === "number" ? "id" : "text";
}

function optionsOf(node: SchemaNode, value: string, lang: Lang): Field["options"] {
  if (node.type === "boolean") {
    return ["true", "false"].map((one) => ({ value: one, text: say(lang, one === "true" ? "records.yes" : "records.no"), on: one === value }));
  }
  const chosen = value.split(",");
  return (node.enum ?? node.items?.enum ?? []).map((one) => ({ value: one, text: valueText(one, lang), on: chosen.indexOf(one) >= 0 }));
}

/** A moment in a form is `2022-07-10 09:41`; one of its halves is changed at a time. */
function moment(value: string, half: string, picked: string): string {
  return half === "day" ? `${picked} ${value.slice(11) || "00:00"}` : `${value.slice(0, 10)} ${picked}`;
}

/** A form's values after a field changed; a second touch takes a choice of many back. */
export function changed(values: Values, path: string, value: string | number): Values {
  const node = nodeAt(path.split("/"));
  const [whole = path, half] = path.split("#");
  if (half !== undefined) return { ...values, [whole]: moment(values[whole] ?? "", half, String(value)) };
  if (path.slice(-7) === "/region") return { ...values, [path]: regions[Number(value)]?.code ?? "" };
  if (node?.items?.enum === undefined) return { ...values, [path]: String(value) };
  const chosen = (values[path] ?? "").split(",").filter((it) => it !== "");
  const without = chosen.filter((it) => it !== value);
  return { ...values, [path]: (without.length < chosen.length ? without : [...chosen, String(value)]).join(",") };
}

/** The record that a form's values make; what was left empty is left out. */
export function recordOf(paths: readonly string[], values: Values, depth: number): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const path of paths) {
    const node = nodeAt(path.split("/"));
    const text = (values[path] ?? "").trim();
    if (text === "" && node?.type !== "array") continue;
    const steps = path.split("/").slice(depth);
    let into = record;
    for (const step of steps.slice(0, -1)) into = (into[step] ??= {}) as Record<string, unknown>;
    into[steps[steps.length - 1] as string] = typed(node, text);
  }
  return record;
}

function typed(node: SchemaNode | undefined, text: string): unknown {
  if (node?.type === "array") return text === "" ? [] : text.split(",");
  if (node?.format === "date-time") return rfc3339(Date.parse(`${text.replace(" ", "T")}:00Z`) - config.offset * 60_000);
  if (node?.type === "boolean") return text === "true";
  if (node?.type === "number" || node?.type === "integer") return Number(text.replace(",", "."));
  return text;
}

/** The values that a record gives a form. */
export function valuesOf(paths: readonly string[], record: object, depth: number): Values {
  const values: Values = {};
  for (const path of paths) {
    let found: unknown = record;
    for (const step of path.split("/").slice(depth)) found = (found as Record<string, unknown> | undefined)?.[step];
    if (found !== undefined) values[path] = String(found);
  }
  return values;
}

/** Labels of the required fields that are empty. */
export const missing = (fields: readonly Field[]): string[] => fields.filter((it) => it.required && it.value.trim() === "").map(({ label }) => label);
