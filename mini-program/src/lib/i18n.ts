// The catalogue. Nothing that a person reads stands in code; `zh-CN` defines the keys and `en` must have the same.
import { en } from "../messages/en";
import { zh } from "../messages/zh-CN";

export type Lang = "zh-CN" | "en";
export type Space = keyof typeof zh;
type Names = Record<string, string | number>;

const catalogues: Record<Lang, Record<string, Record<string, string>>> = { "zh-CN": zh, en };

/** All texts of one page or part, for `setData`. */
export const words = (lang: Lang, space: Space): Record<string, string> => catalogues[lang][space] as Record<string, string>;

/** The text with this key, such as `time.days`, with its names filled in. */
export function say(lang: Lang, key: string, names: Names = {}): string {
  const [space = "", name = ""] = key.split(".");
  const text = catalogues[lang][space]?.[name] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, found: string) => String(names[found] ?? ""));
}

/** The text with this key if there is one. */
export function known(lang: Lang, key: string): string | undefined {
  const [space = "", name = ""] = key.split(".");
  return catalogues[lang][space]?.[name];
}

/** A message of the engine with the names of sections, which stand in backticks, in words. */
export const plain = (lang: Lang, text: string): string =>
  text.replace(/`(\w+)`/g, (whole, name: string) => {
    const words = known(lang, `sections.${name}`);
    return words === undefined ? whole : `“${words}”`;
  });

/** Several things in one line. */
export const listed = (lang: Lang, texts: readonly string[]): string => texts.join(lang === "en" ? ", " : "、");
