// The monitor's words in its language, and names of the feed in it.
import { locale } from "../locale";
import { speaking } from "../speak";
import { en } from "./messages/en";
import { zhCN } from "./messages/zh-CN";
import type { Fault, Name } from "./model/feed";

export type Words = typeof zhCN;

export const words = speaking<Words>({ "zh-CN": zhCN, en });

/** A name of the feed, in the page's language if it has one there. */
export const named = (name: Name): string => name[locale.value] ?? name["zh-CN"] ?? name.en ?? "";

/** A whole number as the language writes it. */
export const num = (n: number): string => n.toLocaleString(locale.value);
/** With one or two digits after the point. */
export const decimal = (n: number, digits = 2): string =>
  Number.isFinite(n) ? n.toLocaleString(locale.value, { minimumFractionDigits: digits, maximumFractionDigits: digits }) : words.value.explain.endless;
/** With its sign. */
export const signed = (n: number): string => n.toLocaleString(locale.value, { signDisplay: "exceptZero" });

/** What is wrong with a line, what was expected, and what to do. */
export function faultText(fault: Fault): string {
  const say = words.value.problems;
  switch (fault.what) {
    case "long":
      return say.long(fault.limit);
    case "json":
      return say.json;
    case "first":
      return say.first;
    case "kind":
    case "format":
      return say[fault.what] + say.found(fault.found) + say.end;
    case "field":
      return say.field(fault.field, say.expected[fault.expected]) + say.found(fault.found) + say.end;
    case "more":
      return say.greater(fault.field, fault.than);
    case "unknown-clinic":
      return say.clinic(fault.found);
    case "unknown-site":
      return say.site(fault.found);
    case "day":
      return say.outside(fault.field, fault.found, fault.first, fault.last);
    case "span":
      return say.span(fault.days, fault.limit);
    case "many":
      return say.tooMany(say.of[fault.of], fault.limit);
  }
}
