// Problems as data, and the one error that the packages throw.
import en from "../messages/en.json";
import zh from "../messages/zh-CN.json";
import type { Place, Problem, Texts } from "../generated/data.js";

type Entry = keyof typeof en;
/**
 * A name in the catalogue of messages that has a `.help`.
 * @internal
 */
export type Key = { [K in Entry]: `${K}.help` extends Entry ? K : never }[Entry];
/**
 * What a text's `{names}` stand for. A text is the same in both languages.
 * @internal
 */
export type Names = Record<string, string | Texts>;

/** What was expected and failed: every problem with its place, in both languages. */
export class LongmaError extends Error {
  override readonly name = "LongmaError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((it) => line(it, "en")).join("\n"));
    this.problems = problems;
  }

  /** What is wrong, where and what to do, a line for each problem. */
  words(lang: "zh-CN" | "en"): string {
    return this.problems.map((it) => line(it, lang)).join("\n");
  }
}

function line({ place, message, help }: Problem, lang: "zh-CN" | "en"): string {
  const [colon, dash] = lang === "en" ? [": ", " - "] : ["：", "，"];
  const at = where(place);
  return `${at === "" ? "" : `${at}${colon}`}${message[lang]}${help === null ? "" : `${dash}${help[lang]}`}`;
}

function where(place: Place): string {
  if (place.kind === "facts") return place.pointer;
  if (place.kind === "file") return `${place.file}:${place.line}:${place.column}`;
  if (place.kind === "key") return `${place.file} ${place.key.join(".")}`;
  return place.kind === "reference" ? `${place.table}:${place.line}` : "";
}

/** `{ ok: true, value }`, or `{ ok: false, problems }`. */
export type Result<T> = { ok: true; value: T } | { ok: false; problems: readonly Problem[] };

/**
 * A problem with what was handed over.
 * @internal
 */
export function problem(key: Key, names: Names = {}): Problem {
  return {
    severity: "error",
    code: key,
    message: words(key, names),
    help: words(`${key}.help`, names),
    place: { kind: "none" },
    expected: null,
    found: typeof names["found"] === "string" ? names["found"] : null,
    rule: null,
  };
}

/**
 * An error with one problem.
 * @internal
 */
export const failure = (key: Key, names: Names = {}): LongmaError => new LongmaError([problem(key, names)]);

/**
 * What a value is, in a few signs that fit into a message.
 * @internal
 */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return value.length <= 60 ? `"${value}"` : `"${value.slice(0, 60)}…"`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return "[…]";
  const made = (value as { constructor?: { name?: string } }).constructor?.name;
  return typeof value === "object" ? (made ?? "{…}") : typeof value;
}

/**
 * Words for why something that is not ours failed: an error's, also of another context, or what a mini-program's API
 * tells.
 * @internal
 */
export function because(error: unknown): string {
  const told = error as { message?: unknown; errMsg?: unknown; errorMessage?: unknown } | null | undefined;
  const found = [told?.message, told?.errMsg, told?.errorMessage].find((it) => typeof it === "string");
  return typeof found === "string" ? found : shown(error);
}

/**
 * A text of the catalogue in both languages.
 * @internal
 */
export function words(key: Entry, names: Names = {}): Texts {
  return { "zh-CN": filled(zh[key], names, "zh-CN"), en: filled(en[key], names, "en") };
}

function filled(text: string, names: Names, lang: "zh-CN" | "en"): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = names[name] ?? "";
    return typeof value === "string" ? value : value[lang];
  });
}
