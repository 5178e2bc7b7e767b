// What pages show, as plain data: a function of what the engine answered, the time and the language. Nothing is
// decided here.
import type { Card, CardPart, Cause, Outcome, Person, Segment, Texts } from "longma-miniprogram";
import { tables as invented } from "longma-miniprogram/samples";
import { known, listed, plain, say, type Lang } from "./i18n";
import { recordView, rowText, type RecordView } from "./records";
import { length, ms, stamp } from "./time";

const DAY = 86_400_000;
const FAR = 60 * DAY;

const TONES = ["green", "yellow", "red", "gold", "blue", "grey"];

/** A tone that has a style; `unknown` for the level that is not known. */
export const toneOf = (tone: string, level = ""): string => (level === "unknown" ? "unknown" : TONES.indexOf(tone) >= 0 ? tone : "grey");

/** Texts in the order in which they were first given. */
export const distinct = (texts: readonly string[]): string[] => texts.filter((it, index, all) => all.indexOf(it) === index);

export interface PartView {
  decision: string;
  name: string;
  words: string;
  tone: string;
  /** When it ends, in words; empty if no end is known. */
  until: string;
  /** How long it still holds. */
  left: string;
  because: string;
  label: string;
}

/** One decision on a card. */
export function partView(part: CardPart, now: number, lang: Lang): PartView {
  const words = part.words[lang];
  const least = part.at_least_words === null ? "" : say(lang, "card.atLeast", { level: part.at_least_words[lang] });
  const shown = least === "" ? words : `${words} · ${least}`;
  const end = part.until === null ? null : ms(part.until);
  const view = {
    decision: part.decision,
    name: part.name[lang],
    words: shown,
    tone: toneOf(part.tone, part.level),
    until: end === null ? "" : say(lang, "card.until", { time: stamp(end, now, lang) }),
    left: end === null || end - now > FAR ? "" : length(end - now, lang),
    because: plain(lang, (part.reasons[0]?.caption ?? part.unknown_because[0])?.[lang] ?? ""),
  };
  return { ...view, label: [view.name, view.words, view.until].filter(Boolean).join(lang === "en" ? ", " : "，") };
}

/** The level in words, and in the tone of the decision. */
export function levelView(outcome: Outcome, decision: string, level: string, lang: Lang): { words: string; tone: string } {
  if (level === "unknown") return { words: say(lang, "card.unknown"), tone: "unknown" };
  const found = outcome.toJSON().outcome.decisions[decision]?.levels.find((it) => it.level === level);
  return { words: found?.caption[lang] ?? level, tone: toneOf(found?.colour ?? "grey") };
}

/** The name of a decision. */
export const nameOf = (outcome: Outcome, decision: string): Texts | undefined => outcome.toJSON().outcome.decisions[decision]?.caption;

export interface ReasonView {
  /** One rule may be active for several records. */
  key: string;
  caption: string;
  words: string;
  tone: string;
  span: string;
  left: string;
  release: string;
  source: string;
  rule: string;
  /** Whether two officers set it by hand. */
  manual: boolean;
  records: RecordView[];
}

/** Why a level holds: each cause with its span, what ends it, its source and what it rests on. */
export function reasonViews(outcome: Outcome, decision: string, facts: Person | null, now: number, lang: Lang): ReasonView[] {
  const status = outcome.at(now)[decision];
  // A record is shown with the first cause that rests on it.
  const told: string[] = [];
  const first = (pointer: string): boolean => told.indexOf(pointer) < 0 && told.push(pointer) > 0;
  return (status?.why ?? []).map((cause, index) => {
    const { words, tone } = levelView(outcome, decision, cause.level, lang);
    const end = cause.until === null ? null : ms(cause.until);
    return {
      key: `${cause.rule}#${index}`,
      caption: cause.caption[lang],
      words,
      tone,
      span: spanText(cause, now, lang),
      left: end === null ? "" : length(end - now, lang),
      release: cause.release[lang],
      source: cause.source[lang],
      rule: cause.rule,
      manual: cause.rule.startsWith("manual/"),
      records: cause.evidence.filter(first).map((pointer) => evidence(pointer, facts, now, lang)).filter((it): it is RecordView => it !== null),
    };
  });
}

function spanText({ from, until }: Cause, now: number, lang: Lang): string {
  const since = from === null ? say(lang, "reasons.always") : stamp(ms(from), now, lang);
  const to = until === null ? say(lang, "reasons.open") : stamp(ms(until), now, lang);
  return say(lang, "reasons.span", { from: since, until: to });
}

function evidence(pointer: string, facts: Person | null, now: number, lang: Lang): RecordView | null {
  const table = /^(\w+)#\/(\d+)$/.exec(pointer);
  if (table !== null) {
    const [, name = "", row = "0"] = table;
    // The list of exposures holds digests only: it does not say where a case was.
    const text = name === "risk_areas" ? rowText(invented.risk_areas, Number(row)) : "";
    const title = known(lang, `records.${name}`) ?? name;
    return { title: say(lang, "records.row", { table: title, number: Number(row) + 1 }), lines: text === "" ? [] : [{ label: "", value: text }] };
  }
  const [, section = "", index = ""] = pointer.split("/");
  const list = (facts as unknown as Record<string, unknown> | null)?.[section];
  const record = Array.isArray(list) ? (list[Number(index)] as Record<string, unknown> | undefined) : undefined;
  return record === undefined ? null : recordView(section, Number(index), record, now, lang);
}

export interface ChangeView {
  when: string;
  left: string;
  words: string;
  tone: string;
  /** What a screen reader says. */
  label: string;
}

/** The next changes of a decision's level, soonest first. */
export function changeViews(outcome: Outcome, decision: string, now: number, lang: Lang, most = 4): ChangeView[] {
  return outcome
    .changes(decision)
    .filter(({ at }) => ms(at) > now)
    .slice(0, most)
    .map((change) => {
      const segment = segmentAt(outcome.timeline(decision), ms(change.at));
      const { tone, words } = levelView(outcome, decision, change.to, lang);
      const shown = segment?.packs.length === 0 ? say(lang, "card.noRules") : words;
      const [when, left] = [stamp(ms(change.at), now, lang), length(ms(change.at) - now, lang)];
      return { when, left, words: shown, tone, label: say(lang, "why.becomes", { when, level: shown }) };
    });
}

const segmentAt = (segments: readonly Segment[], at: number): Segment | undefined =>
  segments.find(({ from, until }) => (from === null || ms(from) <= at) && (until === null || at < ms(until)));

/** "In 5 days it turns yellow", for the card. */
export function nextText(outcome: Outcome, face: CardPart, now: number, lang: Lang): { text: string; when: string; tone: string } | null {
  // What stays unknown is no change to count down to.
  if (face.until === null || face.next === null || (face.level === "unknown" && face.next === "unknown")) return null;
  const at = ms(face.until);
  const left = length(at - now, lang);
  const { words, tone } = levelView(outcome, face.decision, face.next, lang);
  const packs = segmentAt(outcome.timeline(face.decision), at)?.packs ?? [];
  const when = stamp(at, now, lang);
  // Nobody counts down months.
  if (at - now > FAR) return { text: say(lang, "card.steady", { time: when }), when: say(lang, "card.after", { level: packs.length === 0 ? say(lang, "card.noRules") : words }), tone };
  const key = packs.length === 0 ? "card.nextNoRules" : face.next === "unknown" ? "card.nextUnknown" : "card.next";
  return { text: say(lang, key, { left, level: words }), when, tone };
}

export interface BandView {
  decision: string;
  name: string;
  stretches: { left: number; width: number; tone: string; words: string }[];
  label: string;
}

export interface BandsView {
  bands: BandView[];
  now: number;
  ticks: { at: number; text: string }[];
  policies: { at: number; text: string }[];
}


/** Timelines as bands, over the stretch around now in which something changes. */
export function bandsView(outcome: Outcome, decisions: readonly string[], now: number, lang: Lang, range = 0): BandsView {
  const changes: number[] = [];
  for (const decision of decisions) for (const { at } of outcome.changes(decision)) changes.push(ms(at));
  const [from, until] = range > 0 ? [now - (range * DAY) / 3, now + (range * DAY * 2) / 3] : episode(changes, now);
  const place = (at: number): number => Math.min(100, Math.max(0, ((at - from) / (until - from)) * 100));
  const round = (value: number): number => Math.round(value * 100) / 100;
  const bands = decisions.map((decision) => {
    const stretches: BandView["stretches"] = [];
    let before = "";
    for (const segment of outcome.timeline(decision)) {
      const [start, end] = [segment.from === null ? -Infinity : ms(segment.from), segment.until === null ? Infinity : ms(segment.until)];
      if (end <= from || start >= until) continue;
      const width = place(end) - place(start);
      const last = stretches[stretches.length - 1];
      if (segment.level === before && last !== undefined) last.width = round(last.width + width);
      else stretches.push({ left: round(place(start)), width: round(width), ...levelView(outcome, decision, segment.level, lang) });
      before = segment.level;
    }
    const name = nameOf(outcome, decision)?.[lang] ?? decision;
    return { decision, name, stretches, label: listed(lang, stretches.map(({ words }) => words)) };
  });
  const policies = policyChanges(outcome, decisions)
    .filter((at) => at > from && at < until)
    .map((at) => ({ at: round(place(at)), text: stamp(at, now, lang) }));
  return { bands, now: round(place(now)), ticks: ticks(from, until, lang).map(({ at, text }) => ({ at: round(place(at)), text })), policies };
}

/** Changes that are near to each other and to now, with some room on both sides. */
function episode(changes: readonly number[], now: number): [number, number] {
  let [from, until] = [now, now];
  const sorted = [...changes].sort((a, b) => a - b);
  for (const at of sorted.filter((it) => it <= now).reverse()) if (from - at <= 6 * DAY && now - at < 16 * DAY) from = at;
  for (const at of sorted.filter((it) => it > now)) if (at - until <= 6 * DAY && at - now < 24 * DAY) until = at;
  const room = Math.max(DAY, (until - from) * 0.08);
  return [from - room, until + room];
}

function policyChanges(outcome: Outcome, decisions: readonly string[]): number[] {
  const found: number[] = [];
  for (const decision of decisions) {
    outcome.timeline(decision).forEach((segment, index, all) => {
      const before = all[index - 1];
      if (before === undefined || segment.from === null || before.packs.join() === segment.packs.join()) return;
      if (found.indexOf(ms(segment.from)) < 0) found.push(ms(segment.from));
    });
  }
  return found.sort((a, b) => a - b);
}

function ticks(from: number, until: number, lang: Lang): { at: number; text: string }[] {
  const step = [1, 2, 3, 5, 7, 14, 30, 60].find((days) => (until - from) / (days * DAY) <= 5) ?? 120;
  const zone = 8 * 3_600_000;
  const found: { at: number; text: string }[] = [];
  for (let at = Math.ceil((from + zone) / DAY) * DAY - zone; at < until; at += step * DAY) {
    const share = (at - from) / (until - from);
    const day = new Date(at + zone);
    if (share > 0.04 && share < 0.96) found.push({ at, text: say(lang, "time.tick", { month: day.getUTCMonth() + 1, day: day.getUTCDate() }) });
  }
  return found;
}

/** The decisions on a card, in its order; then the others. */
export function ordered(outcome: Outcome): string[] {
  const { face, validity, overlay, badge, duty } = outcome.roles;
  const shown = [...face, ...validity, ...overlay, ...badge, ...duty];
  return [...shown, ...outcome.decisions.filter((it) => shown.indexOf(it) < 0)];
}

/** The text in the QR code: format 1 of docs/qr.md. It is not signed. */
export function qrText(card: Card, pack: string | undefined): string {
  const ends = card.state === "valid" ? [card.face?.until, card.refresh_before].filter((end): end is string => typeof end === "string") : [];
  const until = ends.sort((a, b) => ms(a) - ms(b))[0];
  return ["LONGMA1", card.face?.level ?? "unknown", card.issued_at ?? "-", until ?? "-", pack ?? "-"].join("|");
}
