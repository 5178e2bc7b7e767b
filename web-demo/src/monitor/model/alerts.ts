// What a day of a clinic is on the screen: the grade that the three methods give together, as the pack `62/clinic-2020-01-24`
// grades them. Its fixed thresholds of one day are not drawn here: they need no history and no explanation.
import type { Day } from "./days";
import { ears, type Counts, type Ears } from "./ears";

/**
 * alarm: C1 and one of C2 and C3 (which count as one: every signal of C2 is one of C3);
 * watch: one of them; quiet: none, and all could be judged; blind: none, but one could not be judged;
 * missing: no report for the day.
 */
export type Grade = "alarm" | "watch" | "quiet" | "blind" | "missing";

/** Fewer visits with fever than this raise no alert: where hardly anybody comes, one visit more is many deviations. The pack's assumption. */
export const LEAST = 5;
/** Days without a report from which a clinic counts as silent. The pack's assumption. */
export const SILENCE = 2;

export interface Alert {
  day: Day;
  grade: Grade;
  ears: Ears;
  /** Methods that signal, whether or not the count is large enough for an alert. */
  signals: ("c1" | "c2" | "c3")[];
  /** Methods signal, but the count is below `LEAST`. */
  few: boolean;
}

export function alertOf(counts: Counts, day: Day): Alert {
  const all = ears(counts, day);
  const signals = (["c1", "c2", "c3"] as const).filter((method) => all[method].signal === true);
  const count = counts(day);
  const few = signals.length > 0 && count !== undefined && count < LEAST;
  return { day, grade: gradeOf(all, count, signals), ears: all, signals, few };
}

function gradeOf({ c1, c2, c3 }: Ears, count: number | undefined, signals: Alert["signals"]): Grade {
  if (count === undefined) return "missing";
  if (signals.length > 0 && count >= LEAST) return c1.signal === true && signals.length > 1 ? "alarm" : "watch";
  return [c1, c2, c3].some(({ signal }) => signal === undefined) ? "blind" : "quiet";
}

/** For how many days in a row up to this one no report came; at most as many as there are since `first`. */
export function silentDays(counts: Counts, day: Day, first: Day): number {
  let days = 0;
  while (day - days >= first && counts(day - days) === undefined) days += 1;
  return days;
}
