// The values of a manifest and of captions as a form shows them, and each change of one as a change of the text.
import { both, keyOf, quoted, tableIn, type Change } from "./toml";

/** A value of a text, by its key; a table that is written out has no place of its own. */
export interface Placed {
  key: readonly string[];
  value: unknown;
  from: number | undefined;
  to: number | undefined;
}

/** The units that a param can have. */
export const UNITS = ["days", "hours", "minutes", "count", "day_number", "celsius", "level", "text"] as const;

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((part, i) => part === b[i]);
export const at = (entries: readonly Placed[], key: readonly string[]): Placed | undefined => entries.find((one) => same(one.key, key));

/** The names of the tables below a key, in their order. */
export const below = (entries: readonly Placed[], key: readonly string[]): string[] => [
  ...new Set(entries.filter((one) => one.key.length > key.length && key.every((part, i) => part === one.key[i])).map((one) => one.key[key.length] as string)),
];

/** A value in words for a field; a list with commas. */
export function shown(entry: Placed | undefined): string {
  const { value } = entry ?? {};
  return Array.isArray(value) ? value.map(String).join(", ") : value == null || typeof value === "object" ? "" : String(value);
}

/** A text in one language: as it is written for it, or for all. */
export function said(entries: readonly Placed[], key: readonly string[], lang: "zh-CN" | "en"): string {
  const one = at(entries, [...key, lang]);
  return one === undefined ? shown(at(entries, key)) : shown(one);
}

/** The change that gives a key what is written there; undefined if the text has no table for it. */
export function put(text: string, entries: readonly Placed[], key: readonly string[], written: string): Change | undefined {
  const there = at(entries, key);
  if (there?.from !== undefined && there.to !== undefined) return { from: there.from, to: there.to, insert: written };
  const parent = key.slice(0, -1);
  const table = tableIn(text, parent);
  if (parent.length > 0 && table === undefined) return undefined;
  const first = table === undefined ? firstTable(text) : undefined;
  const part = text.slice(table?.head ?? 0, table?.to ?? first);
  const end = (table?.head ?? 0) + part.trimEnd().length;
  return { from: end, to: end, insert: `${end === 0 ? "" : "\n"}${keyOf(key.at(-1) as string)} = ${written}${end === 0 ? "\n" : ""}` };
}

/** Where the first table begins, with its comment; the text's end if there is none. */
function firstTable(text: string): number {
  const at = text.search(/^(?:[ \t]*#[^\n]*\n)*[ \t]*\[/m);
  return at < 0 ? text.length : at;
}

/** The change that says something in one language. What is said in the other stays. */
export function putSaid(text: string, entries: readonly Placed[], key: readonly string[], lang: "zh-CN" | "en", words: string): Change | undefined {
  const one = at(entries, [...key, lang]);
  if (one?.from !== undefined && one.to !== undefined) return { from: one.from, to: one.to, insert: quoted(words) };
  const whole = at(entries, key);
  // Other languages than these two stand in the text, and are changed there.
  if (typeof whole?.value === "object" && whole.value !== null && Object.keys(whole.value).some((tag) => tag !== "zh-CN" && tag !== "en")) return undefined;
  const other = said(entries, key, lang === "en" ? "zh-CN" : "en");
  return put(text, entries, key, lang === "en" ? both(other, words) : both(words, other));
}

/** The change that takes a key away with its line. */
export function drop(text: string, entries: readonly Placed[], key: readonly string[]): Change | undefined {
  const there = at(entries, key);
  if (there?.from === undefined || there.to === undefined) return undefined;
  const from = text.lastIndexOf("\n", there.from - 1) + 1;
  const end = text.indexOf("\n", there.to);
  return { from, to: end < 0 ? text.length : end + 1, insert: "" };
}

const INTEGER = /^[+-]?\d+$/;

/** A param's value as TOML, by its unit; undefined if it is no value of that unit. */
export function valueOf(typed: string, unit: string, list: boolean): string | undefined {
  const one = (text: string): string | undefined => {
    if (unit === "text" || unit === "level") return quoted(text);
    if (INTEGER.test(text)) return String(Number(text));
    return unit === "celsius" && /^[+-]?\d+\.\d$/.test(text) ? quoted(text) : undefined;
  };
  const many = list || (unit !== "text" && unit !== "level" && /[,，]/.test(typed));
  const parts = many ? typed.split(/[,，]/).map((part) => part.trim()).filter((part) => part !== "") : [typed.trim()];
  if (parts.length === 0 || parts[0] === "") return undefined;
  const values = parts.map(one);
  if (values.some((value) => value === undefined)) return undefined;
  return many ? `[${values.join(", ")}]` : values[0];
}

/** A day or an instant as TOML; undefined if it is neither. */
export function timeOf(typed: string): string | undefined {
  const text = typed.trim();
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?)?$/.test(text) || Number.isNaN(Date.parse(text))) return undefined;
  // A day that its month does not have is the next month's to a browser.
  return new Date(`${text.slice(0, 10)}T00:00:00Z`).toISOString().startsWith(text.slice(0, 10)) ? text : undefined;
}

/** The placeholders of a caption that name a param. */
export const placeholders = (caption: string): string[] => [...caption.matchAll(/\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name = ""]) => name);

/** A caption with its params filled in; one that is not known stays as it is. */
export const filled = (caption: string, params: ReadonlyMap<string, string>): string => caption.replace(/\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => params.get(name) ?? whole);

/** The words above each rule of a script, without its sources and passages. */
export function wordsOf(script: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let lines: string[] = [];
  for (const text of script.split(/\r?\n/)) {
    const doc = /^\s*\/\/\/\s?(.*)$/.exec(text)?.[1];
    const rule = /^\s*fn\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(text)?.[1];
    if (doc !== undefined) {
      if (!/^\s*(source|passage):/.test(doc)) lines.push(doc.trim());
      continue;
    }
    if (rule !== undefined) found.set(rule, lines);
    lines = [];
  }
  return found;
}
