// From a notice to a request for a new pack: what is marked in it, the days that it names, and its entry as a source.
import type { NewPackRequest } from "../../../../wasm/studio/pkg-web/longma_studio.js";
import { added, both, changedBy, quoted, tableIn } from "./toml";

/** What is marked in a notice, as the guide says. */
export const MARKS = ["who", "colour", "from", "until", "ends", "holds"] as const;
export type Mark = (typeof MARKS)[number];

/** All that the wizard was told so far. */
export interface Draft {
  step: number;
  title: string;
  titleEn: string;
  date: string;
  grade: "V" | "W" | "A";
  text: string;
  marks: Record<Mark, string[]>;
  /** The request's fields as they were typed; an empty one is left out. */
  region: string;
  begin: string;
  end: string;
  /** A region, a pack's id, `none`, or empty for what fits. */
  inherits: string;
  like: string;
  decision: string;
  subject: string;
  packTitle: string;
  packTitleEn: string;
  closePrevious: boolean;
}

export const emptyDraft = (): Draft => ({
  step: 0, title: "", titleEn: "", date: "", grade: "V", text: "", marks: { who: [], colour: [], from: [], until: [], ends: [], holds: [] },
  region: "", begin: "", end: "", inherits: "", like: "", decision: "", subject: "person", packTitle: "", packTitleEn: "", closePrevious: false,
});

/** What is not marked is a question to the authors. */
export const unmarked = ({ marks }: Draft): Mark[] => MARKS.filter((mark) => marks[mark].length === 0);

const pad = (n: number): string => String(n).padStart(2, "0");
const MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

const dayAfter = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** The days that a text names, each with whether 24:00 stands behind it, or 0:00. A day without a year has the year before it. */
export function daysIn(text: string): { day: string; hour: "first" | "last" | undefined }[] {
  const found: { day: string; hour: "first" | "last" | undefined }[] = [];
  let year = "";
  const pattern = /(?:(\d{4})-(\d\d)-(\d\d))|(?:(?:(\d{4})\s*年)?\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日)|(?:(\d{1,2})\s+([A-Za-z]+)\s+(\d{4}))/gu;
  for (const match of text.matchAll(pattern)) {
    const [, y1, m1, d1, y2, m2, d2, d3, name, y3] = match;
    const month = m1 ?? m2 ?? (name === undefined ? "" : String(MONTHS.indexOf(name.toLowerCase()) + 1));
    year = y1 ?? y2 ?? y3 ?? year;
    const day = `${year}-${pad(Number(month))}-${pad(Number(d1 ?? d2 ?? d3))}`;
    const at = Date.parse(`${day}T00:00:00Z`);
    if (year === "" || Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day) continue;
    const behind = text.slice(match.index + match[0].length, match.index + match[0].length + 10);
    const last = /^[\s,，]*(?:24[:：]00|24\s*[时點点]|二十四时)/.test(behind);
    const first = /^[\s,，]*(?:0?0[:：]00|0\s*[时点]|零[时点])/.test(behind);
    found.push({ day, hour: last ? "last" : first ? "first" : undefined });
  }
  return found;
}

/** When a pack for this notice begins, and the first day that it is no longer in force: as the notice says when it holds, else from its own date. */
export function spanIn({ marks, date }: Pick<Draft, "marks" | "date">): { begin: string; end: string } {
  const days = daysIn(marks.holds.join("\n"));
  const [first, last] = [days[0], days.length > 1 ? days.at(-1) : undefined];
  const begin = first === undefined ? date : first.hour === "last" ? dayAfter(first.day) : first.day;
  return { begin, end: last === undefined ? "" : last.hour === "first" ? last.day : dayAfter(last.day) };
}

/** What the engine is asked for. */
export function requestOf(draft: Draft): NewPackRequest {
  const request: NewPackRequest = { from: draft.begin };
  const given = {
    region: draft.region, until: draft.end, inherits: draft.inherits, like: draft.like, decision: draft.decision,
    // One for persons needs no name, and a pack that is carried on keeps its own.
    subject: draft.subject === "person" || draft.like !== "" ? "" : draft.subject,
    title: draft.packTitle, title_en: draft.packTitleEn,
  };
  for (const [field, value] of Object.entries(given)) if (value.trim() !== "") request[field as keyof typeof given] = value.trim();
  if (draft.closePrevious) request.close_previous = true;
  return request;
}

/** The name that a new source gets in a manifest: the template's, if it is still to be filled in, else one of its own. */
export function sourceKey(manifest: string, date: string): string {
  if (tableIn(manifest, ["sources", "notice"]) === undefined) return "notice";
  if (/^\[sources\.notice\]\ntitle = [^\n]*【待填】/m.test(manifest)) return "notice";
  for (let n = 1; ; n++) {
    const name = `notice-${date}${n === 1 ? "" : `-${n}`}`;
    if (tableIn(manifest, ["sources", name]) === undefined) return name;
  }
}

/** What the engine's templates say where something is to be filled in. */
const UNFILLED = "[to fill in] title of the notice";

/** The manifest with the notice as a source: in the template's place, or behind the other sources. */
export function withSource(manifest: string, key: string, { title, titleEn, date, grade }: Pick<Draft, "title" | "titleEn" | "date" | "grade">): string {
  const lines = [`title = ${both(title, titleEn.trim() === "" ? UNFILLED : titleEn)}`, `date  = ${date}`, `grade = ${quoted(grade)}`];
  const there = tableIn(manifest, ["sources", key]);
  if (there === undefined) return changedBy(manifest, [added(manifest, ["sources", key], lines, ["effective"])]);
  const rest = there.to < manifest.length ? "\n" : "";
  return changedBy(manifest, [{ from: there.head, to: there.to, insert: `[sources.${key}]\n${lines.join("\n")}\n${rest}` }]);
}
