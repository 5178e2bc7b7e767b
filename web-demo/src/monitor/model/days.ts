// Calendar days as whole numbers, counted from 1970-01-01, so that a window of days is arithmetic. They have no time zone:
// a clinic reports for a day, whatever the clock of who looks.

/** Whole days since 1970-01-01. */
export type Day = number;

const MS = 86_400_000;
const FORM = /^\d{4}-\d{2}-\d{2}$/;

/** The day of a text such as "2022-07-04"; `undefined` if it is none, as "2022-02-30". */
export function dayOf(text: unknown): Day | undefined {
  if (typeof text !== "string" || !FORM.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(ms)) return undefined;
  return dayText(ms / MS) === text ? ms / MS : undefined;
}

/** "2022-07-04". */
export const dayText = (day: Day): string => new Date(day * MS).toISOString().slice(0, 10);

/** "7-04": short enough for the axis of a chart, and the same in both languages. */
export const axisText = (day: Day): string => `${Number(dayText(day).slice(5, 7))}-${dayText(day).slice(8)}`;

/** All days from `first` to `last`, both included. */
export const daysFrom = (first: Day, last: Day): Day[] => Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
