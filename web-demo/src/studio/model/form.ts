// A person as a form. What can be said of one stands in the house's schema of the subject; what is said stands in the
// facts' text, and a change of the form changes that text and leaves the rest of it as it is.
import { applyEdits, modify, type JSONPath } from "jsonc-parser";
import type { Texts } from "../../types";
import { member, type House } from "./house";

/** A choice has given values; a record has fields; `other` is shown as text only. */
export type Kind = "text" | "choice" | "day" | "instant" | "truth" | "number" | "record" | "list" | "other";

export interface Choice {
  value: string;
  /** The schema's words for it, if it lists them. */
  words: { [locale in keyof Texts]?: string };
}

export interface Field {
  name: string;
  kind: Kind;
  /** The beginning of what the schema says of it. */
  label: Texts;
  /** All that it says. */
  help: Texts;
  required: boolean;
  pattern: string | undefined;
  /** Of a choice. */
  choices: readonly Choice[];
  /** Of a number. */
  whole: boolean;
  least: number | undefined;
  most: number | undefined;
  /** Of a record. */
  fields: readonly Field[];
  /** Of a list. */
  item: Field | undefined;
}

/** What can be said of a subject: its identity and its sections. */
export interface Shape {
  subject: string;
  sections: readonly Field[];
}

/** What is known of a section: nothing, that there is none, or records. */
export type Known = "missing" | "none" | "some";

const string = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const withoutBrackets = (said: string): string => said.replace(/（[^）]*）|\([^)]*\)/g, "");

/** The part of a description that can stand before a field. */
function headOf(said: string, zh: boolean): string {
  const head = withoutBrackets(said).split(zh ? /[。；：，]/ : /[.;:,](?:\s|$)/)[0] ?? "";
  return head.trim();
}

/** The words that a description lists for its values, in their order; none unless it lists as many. */
function listed(said: string, zh: boolean, count: number): string[] {
  const sentence = withoutBrackets(said).split(zh ? /。/ : /\.(?:\s|$)/)[0] ?? "";
  const from = sentence.indexOf(zh ? "：" : ": ");
  const whole = from < 0 ? sentence : sentence.slice(from + 1);
  const [between, among, either] = zh ? [/；/, /、|，或/, /或/] : [/;\s+(?:or\s+)?/, /,\s+(?:or\s+)?/, /\s+or\s+/];
  const first = whole.split(zh ? "；" : "; ")[0] ?? "";
  for (const [text, separator] of [[whole, between], [first, among], [first, either]] as const) {
    const parts = text.split(separator).map((part) => part.trim());
    if (parts.length === count && parts.every((part) => part !== "")) return parts;
  }
  return [];
}

function kindOf(schema: unknown): Kind {
  const format = member(schema, "format");
  switch (member(schema, "type")) {
    case "string":
      return Array.isArray(member(schema, "enum")) ? "choice" : format === "date" ? "day" : format === "date-time" ? "instant" : "text";
    case "boolean":
      return "truth";
    case "integer":
    case "number":
      return "number";
    case "object":
      return "record";
    case "array":
      return "list";
    default:
      return "other";
  }
}

function fieldOf(name: string, schema: unknown, required: boolean): Field {
  const help: Texts = { "zh-CN": string(member(schema, "x-zh-CN")) || name, en: string(member(schema, "description")) || name };
  const kind = kindOf(schema);
  const values = kind === "choice" ? list(member(schema, "enum")).map(String) : [];
  const [zh, en] = [listed(help["zh-CN"], true, values.length), listed(help.en, false, values.length)];
  const items = member(schema, "items");
  return {
    name,
    kind,
    label: { "zh-CN": headOf(help["zh-CN"], true) || name, en: headOf(help.en, false) || name },
    help,
    required,
    pattern: string(member(schema, "pattern")) || undefined,
    choices: values.map((value, i) => ({ value, words: { ...(zh[i] === undefined ? {} : { "zh-CN": zh[i] }), ...(en[i] === undefined ? {} : { en: en[i] }) } })),
    whole: member(schema, "type") === "integer",
    least: number(member(schema, "minimum")),
    most: number(member(schema, "maximum")),
    fields: kind === "record" ? fieldsOf(schema) : [],
    item: kind === "list" && items !== undefined ? fieldOf(name, items, true) : undefined,
  };
}

function fieldsOf(schema: unknown): Field[] {
  const properties = member(schema, "properties");
  const required = list(member(schema, "required"));
  return Object.entries(typeof properties === "object" && properties !== null ? properties : {}).map(([name, its]) => fieldOf(name, its, required.includes(name)));
}

/** The shape of a subject, by its schema in the house; undefined if there is none that can be read. */
export function shapeOf(house: House, subject: string): Shape | undefined {
  let schema: unknown;
  try {
    schema = JSON.parse(house.get(`schema/${subject}.schema.json`) ?? "");
  } catch {
    return undefined;
  }
  const sections = fieldsOf(schema).filter(({ name }) => name !== "subject");
  return sections.length === 0 ? undefined : { subject, sections };
}

/** The subjects that the house has schemas for. */
export const subjectsOf = (house: House): string[] =>
  [...house.keys()].flatMap((path) => /^schema\/([^/]+)\.schema\.json$/.exec(path)?.[1] ?? []).filter((name) => name !== "outcome");

/** The facts as a value; undefined while the text is not JSON. */
export function readFacts(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export const subjectOf = (text: string): string | undefined => string(readFacts(text)?.["subject"]) || undefined;

export function knownOf(value: unknown): Known {
  if (value === undefined) return "missing";
  return Array.isArray(value) && value.length === 0 ? "none" : "some";
}

const formattingOptions = { insertSpaces: true, tabSize: 2 };

/** The text with another value at a path; undefined takes it out. */
export const changed = (text: string, path: JSONPath, value: unknown): string => applyEdits(text, modify(text, path, value, { formattingOptions }));

/** The text with one more item at the end of a list, which may be missing yet. */
export function added(text: string, path: JSONPath, value: unknown): string {
  let at: unknown = readFacts(text);
  for (const step of path) at = Array.isArray(at) ? at[Number(step)] : member(at, String(step));
  return Array.isArray(at)
    ? applyEdits(text, modify(text, [...path, -1], value, { formattingOptions, isArrayInsertion: true }))
    : changed(text, path, [value]);
}

/** A new record of a list: what must be there and can be told is filled in, instants with the one given. */
export function blankOf(item: Field, instant: string): unknown {
  switch (item.kind) {
    case "record":
      return Object.fromEntries(item.fields.filter(({ required, kind }) => required && (kind === "instant" || kind === "day" || kind === "record" || kind === "list")).map((its) => [its.name, blankOf(its, instant)]));
    case "list":
      return [];
    case "instant":
      return instant;
    case "day":
      return instant.slice(0, 10);
    case "choice":
      return item.choices[0]?.value ?? "";
    case "truth":
      return false;
    case "number":
      return item.least ?? 0;
    default:
      return "";
  }
}

const INVENTED = ["测试甲", "TRY-0001", "620000"];

function invented(field: Field, region: string): unknown {
  if (field.kind === "record") return Object.fromEntries(field.fields.filter(({ required }) => required).map((its) => [its.name, invented(its, region)]));
  if (field.kind === "choice") return (field.choices.find(({ value }) => value === "other") ?? field.choices[0])?.value;
  if (field.kind !== "text") return blankOf(field, "2000-01-01T00:00:00+08:00");
  if (field.name === "region") return region;
  const candidates = /number|code/.test(field.name) ? INVENTED.slice(1) : INVENTED;
  return candidates.find((one) => field.pattern === undefined || new RegExp(field.pattern, "u").test(one)) ?? INVENTED[0];
}

/** An invented person of whom is known that there is nothing in any section. */
export function emptyPerson(shape: Shape, region: string): string {
  const said = shape.sections.map((section) => [section.name, section.kind === "list" ? [] : invented(section, region)] as const);
  return `${JSON.stringify({ subject: shape.subject, ...Object.fromEntries(said) }, null, 2)}\n`;
}

/** The pointer of a path. */
export const pointerOf = (path: JSONPath): string => path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
