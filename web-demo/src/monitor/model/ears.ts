// C1, C2 and C3 of the Early Aberration Reporting System (Hutwagner et al. 2003), which need no counts older than two weeks.
//
// C1 holds a day against the mean of the 7 days before it, C2 against the 7 days that end two days earlier (t-9 to t-3), so
// that a slow rise does not hide in its own baseline. Both signal where (count - mean) / sd > 3; sd is that of a sample
// (over n - 1). C3 adds what C2 exceeds 1 by, on the day and the two days before it, and signals above 2.
//
// What the definitions leave open is decided as the packs decide it (`Series::departure` of core, `62/clinic-2020-01-24`):
// - A baseline with a missing day has no mean: the method says nothing. A missing report is never a zero.
// - Where all counts of a baseline are equal, sd is 0, and any count above them departs without bound.
// - In C3 a day that cannot be judged adds nothing, which can only make the sum smaller: a signal stands, no signal is unknown.
//
// Signals are decided on integers, so that exactly three deviations are never more than three.
import { daysFrom, type Day } from "./days";

/** Days of a baseline. */
export const BASELINE = 7;
/** Days between the baseline of C2 and the day. */
export const LAG = 2;
/** C1 and C2 signal above this, in standard deviations. */
export const DEVIATIONS = 3;
/** C3 adds what C2 exceeds this by. */
export const ALLOWANCE = 1;
/** C3 signals above this. */
export const SUM = 2;
/** Days that C3 adds, the day itself among them. */
export const SUMMED = 3;

/** A clinic's counts: `undefined` where no report came. */
export type Counts = (day: Day) => number | undefined;

export interface Baseline {
  days: { day: Day; count: number | undefined }[];
  /** Days without a report. With one of them there are no figures. */
  missing: Day[];
  figures: Figures | undefined;
}

export interface Figures {
  mean: number;
  sd: number;
  /** mean + 3 sd, in visits: a count above it signals. */
  threshold: number;
}

/** C1 or C2 of a day. */
export interface Departure {
  day: Day;
  count: number | undefined;
  baseline: Baseline;
  /** (count - mean) / sd; ±Infinity on a flat baseline; `undefined` if the day or one of its baseline was not reported. */
  z: number | undefined;
  /** `undefined`: not known. */
  signal: boolean | undefined;
}

/** C3 of a day. */
export interface Sum {
  /** Newest first. `excess` is 0 where C2 is not above 1, `undefined` where it is not known. */
  terms: { day: Day; z: number | undefined; excess: number | undefined }[];
  sum: number;
  signal: boolean | undefined;
}

export interface Ears {
  c1: Departure;
  c2: Departure;
  c3: Sum;
}

/** How far a day departs from the 7 days that end `lag` days before the day before it. */
export function departure(counts: Counts, day: Day, lag: number): Departure {
  const days = daysFrom(day - lag - BASELINE, day - lag - 1).map((one) => ({ day: one, count: counts(one) }));
  const missing = days.filter(({ count }) => count === undefined).map((one) => one.day);
  const count = counts(day);
  if (missing.length > 0) return { day, count, baseline: { days, missing, figures: undefined }, z: undefined, signal: undefined };

  const sum = days.reduce((all, one) => all + (one.count ?? 0), 0);
  const squares = days.reduce((all, one) => all + (one.count ?? 0) ** 2, 0);
  // n² times the variance over n, an integer: 0 exactly if all counts are equal.
  const spread = BASELINE * squares - sum * sum;
  const mean = sum / BASELINE;
  const sd = Math.sqrt(spread / (BASELINE * (BASELINE - 1)));
  const baseline = { days, missing, figures: { mean, sd, threshold: mean + DEVIATIONS * sd } };
  if (count === undefined) return { day, count, baseline, z: undefined, signal: undefined };

  // n times the distance from the mean, an integer too: z² = distance² (n - 1) / (n spread).
  const distance = BASELINE * count - sum;
  const size = spread === 0 ? (distance === 0 ? 0 : Infinity) : Math.sqrt((distance * distance * (BASELINE - 1)) / (BASELINE * spread));
  const signal = distance > 0 && distance * distance * (BASELINE - 1) > DEVIATIONS * DEVIATIONS * BASELINE * spread;
  return { day, count, baseline, z: distance < 0 ? -size : size, signal };
}

/** All three methods for a day. */
export function ears(counts: Counts, day: Day): Ears {
  const c2 = departure(counts, day, LAG);
  const terms = daysFrom(day - SUMMED + 1, day)
    .reverse()
    .map((one) => {
      const { z } = one === day ? c2 : departure(counts, one, LAG);
      return { day: one, z, excess: z === undefined ? undefined : Math.max(0, z - ALLOWANCE) };
    });
  const sum = terms.reduce((all, { excess }) => all + (excess ?? 0), 0);
  const isWhole = terms.every(({ excess }) => excess !== undefined);
  const signal = c2.count === undefined ? undefined : sum > SUM ? true : isWhole ? false : undefined;
  return { c1: departure(counts, day, 0), c2, c3: { terms, sum, signal } };
}
