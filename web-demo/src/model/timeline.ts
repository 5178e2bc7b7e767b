// What the timeline panel needs from an outcome: its boundaries, its policy changes, a range of time worth showing,
// and tick marks for it. Pure functions over the outcome's JSON.
import type { Decision, Outcome, Role, Segment } from "../types";
import { DAY, HOUR, calendar, dayStart, edgeOf, instantOf, type Instant } from "./time";

/** A half-open range `[from, until)` with finite ends. */
export interface Range {
  from: Instant;
  until: Instant;
}

/** The roles on a card, in its order. */
const ON_CARD: readonly Role[] = ["face", "validity", "overlay", "badge", "duty"];

/** The decisions in the order of the card, followed by the others, by name. */
export function inOrder(decisions: Outcome["decisions"], roles: Record<Role, string[]>): [string, Decision][] {
  const shown = ON_CARD.flatMap((role) => roles[role]);
  const place = (name: string): number => (shown.includes(name) ? shown.indexOf(name) : shown.length);
  return Object.entries(decisions).sort(([a], [b]) => place(a) - place(b));
}

/** Every instant at which anything changes, in ascending order, each once. */
export function boundaries(outcome: Outcome): Instant[] {
  const all = new Set<Instant>();
  for (const decision of Object.values(outcome.decisions)) {
    for (const segment of decision.timeline) if (segment.from != null) all.add(instantOf(segment.from));
  }
  return [...all].sort((a, b) => a - b);
}

/** A change of rules: the packs before and after. */
export interface PolicyChange {
  at: Instant;
  before: string[];
  after: string[];
}

export function policyChanges(outcome: Outcome): PolicyChange[] {
  const found = new Map<Instant, PolicyChange>();
  for (const { timeline } of Object.values(outcome.decisions)) {
    timeline.forEach((segment, i) => {
      const before = timeline[i - 1];
      if (before === undefined || segment.from == null) return;
      if (before.packs.join() === segment.packs.join()) return;
      const at = instantOf(segment.from);
      if (!found.has(at)) found.set(at, { at, before: before.packs, after: segment.packs });
    });
  }
  return [...found.values()].sort((a, b) => a.at - b.at);
}

/** The segment that contains `t`. */
export function segmentAt(decision: Decision, t: Instant): Segment | undefined {
  return decision.timeline.find(
    (segment) => edgeOf(segment.from, -Infinity) <= t && t < edgeOf(segment.until, Infinity),
  );
}

/** Boundaries further apart than this belong to different episodes. */
const EPISODE_GAP = 21 * DAY;

/**
 * A range worth showing around `now`: its episode, which is a chain of boundaries close to each other, with some room
 * on both sides. If no boundary is near, or the episode is shorter than a day, three days each way.
 */
export function episode(all: readonly Instant[], now: Instant): Range {
  let from = now;
  let until = now;
  for (const t of all.filter((one) => one <= now).reverse()) {
    if (from - t > EPISODE_GAP) break;
    from = t;
  }
  for (const t of all.filter((one) => one > now)) {
    if (t - until > EPISODE_GAP) break;
    until = t;
  }
  const room = Math.max(12 * HOUR, Math.round((until - from) * 0.06));
  return until - from < DAY ? { from: now - 3 * DAY, until: now + 3 * DAY } : { from: from - room, until: until + room };
}

/** `days` around `now`, starting on a whole hour so that the picture does not creep. */
export function around(now: Instant, days: number): Range {
  const from = Math.floor((now - (days * DAY) / 2) / HOUR) * HOUR;
  return { from, until: from + days * DAY };
}

/** From the first boundary to the last, including `now`, with some room. */
export function everything(all: readonly Instant[], now: Instant): Range {
  const from = Math.min(now, ...all);
  const until = Math.max(now, ...all);
  const room = Math.max(12 * HOUR, Math.round((until - from) * 0.03));
  return { from: from - room, until: until + room };
}

/** The position of `t` in the range in percent, clamped to 0 and 100. */
export function percent(range: Range, t: number): number {
  return Math.min(100, Math.max(0, ((t - range.from) / (range.until - range.from)) * 100));
}

export interface Tick {
  at: Instant;
  /** What the label shows: the clock time, the day or the month. */
  unit: "hour" | "day" | "month";
}

const DAY_STEPS = [1, 2, 3, 7, 14];
const MONTH_STEPS = [1, 2, 3, 6, 12];

/** About `count` marks at round clock times, days or months. */
export function ticks(range: Range, count: number): Tick[] {
  const length = range.until - range.from;
  for (const hours of [6, 12]) {
    if (length / (hours * HOUR) <= count) return every(range, dayStart(range.from), hours * HOUR, "hour");
  }
  for (const days of DAY_STEPS) {
    if (length / (days * DAY) <= count) return every(range, dayStart(range.from), days * DAY, "day");
  }
  const step = MONTH_STEPS.find((months) => length / (months * 30.4 * DAY) <= count) ?? 24;
  return everyMonths(range, step);
}

function every(range: Range, start: Instant, step: number, unit: "hour" | "day"): Tick[] {
  const found: Tick[] = [];
  for (let at = start; at < range.until; at += step) {
    if (at > range.from) found.push({ at, unit: unit === "hour" && dayStart(at) === at ? "day" : unit });
  }
  return found;
}

function everyMonths(range: Range, step: number): Tick[] {
  const found: Tick[] = [];
  const first = calendar(range.from);
  const start = Math.floor((first.month - 1) / step) * step;
  for (let i = 0; ; i += step) {
    const at = dayStart(Date.UTC(first.year, start + i, 1) / 1000);
    if (at >= range.until) return found;
    if (at > range.from) found.push({ at, unit: "month" });
  }
}
