// What the view to try shows: one axis of time, what holds at the handle, where the next change is.
import type { Explanation, TriedCase, TriedDecision } from "../../../../wasm/studio/pkg-web/longma_studio.js";
import { pointerSteps } from "../../model/facts";
import { edgeOf, instantOf, type Instant } from "../../model/time";
import { around, episode, everything, percent, type Range } from "../../model/timeline";
import type { Problem } from "../protocol";
import { toneOf } from "./compare";
import type { Tone } from "../../model/tones";
import type { Texts } from "../../types";

export type Stretch = TriedDecision["timeline"][number];
export type ExplainedDecision = Explanation["decisions"][number];
export type ExplainedRule = ExplainedDecision["rules"][number];

export const RANGES = ["episode", "week", "month", "all"] as const;
export type RangeName = (typeof RANGES)[number];

/** Every instant at which any of these decisions changes, in ascending order, each once. */
export function changesOf(decisions: readonly TriedDecision[]): Instant[] {
  const found = new Set<Instant>();
  for (const { timeline } of decisions) {
    timeline.forEach((stretch, i) => {
      if (stretch.from !== null && i > 0) found.add(instantOf(stretch.from));
    });
  }
  return [...found].sort((a, b) => a - b);
}

export const nextChange = (changes: readonly Instant[], at: Instant): Instant | undefined => changes.find((one) => one > at);
export const previousChange = (changes: readonly Instant[], at: Instant): Instant | undefined => changes.filter((one) => one < at).at(-1);

/** What holds of a decision at an instant. */
export const stretchAt = (decision: TriedDecision, at: Instant): Stretch | undefined =>
  decision.timeline.find(({ from, until }) => edgeOf(from, -Infinity) <= at && at < edgeOf(until, Infinity));

export function rangeOf(name: RangeName, changes: readonly Instant[], at: Instant): Range {
  if (name === "week") return around(at, 14);
  if (name === "month") return around(at, 62);
  return name === "all" ? everything(changes, at) : episode(changes, at);
}

/** A stretch as it is drawn: where, how, and whether it goes on beyond the picture. */
export interface Bar {
  left: number;
  width: number;
  level: string;
  tone: Tone;
  caption: Texts;
  opensLeft: boolean;
  opensRight: boolean;
}

/** A decision's stretches within a range; those that differ in causes only are drawn as one. */
export function barsOf(decision: TriedDecision, range: Range): Bar[] {
  const bars: Bar[] = [];
  for (const stretch of decision.timeline) {
    const [from, until] = [edgeOf(stretch.from, -Infinity), edgeOf(stretch.until, Infinity)];
    if (until <= range.from || from >= range.until) continue;
    const [left, right] = [percent(range, from), percent(range, until)];
    const last = bars.at(-1);
    if (last !== undefined && last.level === stretch.level && last.caption["zh-CN"] === stretch.caption["zh-CN"]) {
      last.width = right - last.left;
      last.opensRight = until > range.until;
    } else {
      bars.push({ left, width: right - left, level: stretch.level, tone: toneOf({ name: stretch.level, colour: stretch.colour }), caption: stretch.caption, opensLeft: from < range.from, opensRight: until > range.until });
    }
  }
  return bars;
}

/** A decision that a case asks about, and whether each asked instant has the level that was expected. */
export interface AskedDecision {
  decision: TriedDecision;
  marks: { at: Instant; expected: string; passed: boolean }[];
}

/** What a case asks about, in the order in which its decisions are first named. */
export function askedOf(one: TriedCase): AskedDecision[] {
  const found = new Map<string, AskedDecision>();
  for (const { time, levels } of one.at) {
    for (const [name, expected] of Object.entries(levels)) {
      const decision = one.tried?.decisions.find((its) => its.name === name);
      if (decision === undefined) continue;
      const asked = found.get(name) ?? { decision, marks: [] };
      found.set(name, asked);
      const at = instantOf(time);
      asked.marks.push({ at, expected, passed: stretchAt(decision, at)?.level === expected });
    }
  }
  return [...found.values()];
}

/** Where somebody looks at a case first: at the first instant that comes out otherwise, else the first asked. */
export function firstLook(one: TriedCase): { at: Instant | undefined; decision: string | undefined } {
  const asked = askedOf(one).flatMap(({ decision, marks }) => marks.map((mark) => ({ ...mark, decision: decision.name })));
  const first = asked.filter(({ passed }) => !passed).sort((a, b) => a.at - b.at)[0] ?? asked[0];
  const time = one.at[0]?.time;
  return { at: first?.at ?? (time === undefined ? undefined : instantOf(time)), decision: first?.decision };
}

/** The instants of a case with some room around them. */
export function casePicture(asked: readonly AskedDecision[]): Range {
  return everything(asked.flatMap(({ marks }) => marks.map(({ at }) => at)), asked[0]?.marks[0]?.at ?? 0);
}

/** The rules that could bring a level and do not hold: the highest verdict first, those that held or will hold before those that never do. */
const VERDICTS: readonly ExplainedRule["verdict"][] = ["holds", "failed", "unknown", "to-come", "over", "elsewhen", "never"];
export const rulesFor = (decision: ExplainedDecision, level: string): ExplainedRule[] =>
  decision.rules.filter(({ levels }) => levels.includes(level)).sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));

/** The last step of a rule's path. */
export const shortRule = (rule: string): string => rule.slice(rule.lastIndexOf("/") + 1);

/** Problems of the facts at a place of the form or below it; with `own`, exactly there or at a member that the form does not show. */
export function problemsAt(problems: readonly Problem[], pointer: string, shown?: readonly string[]): Problem[] {
  return problems.filter(({ place }) => {
    if (place.kind !== "facts") return false;
    if (place.pointer === pointer) return true;
    if (!place.pointer.startsWith(`${pointer}/`)) return false;
    const next = pointerSteps(place.pointer.slice(pointer.length))[0] ?? "";
    return shown === undefined || !shown.includes(next);
  });
}

/** A row of evidence, `table#/3`, by table and row from 0; undefined for a pointer into the facts. */
export function rowOf(evidence: string): { table: string; row: number } | undefined {
  const found = /^([^/#]+)#\/(\d+)$/.exec(evidence);
  return found?.[1] === undefined ? undefined : { table: found[1], row: Number(found[2]) };
}
