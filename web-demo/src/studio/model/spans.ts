// The small axis of time beside the packs: where a span begins and ends on it, and where its years stand.
import type { Span } from "./house";

/** From the first year's beginning to the last one's end, in seconds, at +08:00. */
export interface Axis {
  from: number;
  until: number;
}

const yearStart = (year: number): number => Date.UTC(year, 0, 1, -8) / 1000;
const yearOf = (at: number): number => new Date((at + 8 * 3600) * 1000).getUTCFullYear();

/** The whole years that hold all ends of these spans. */
export function axisOf(spans: readonly Span[]): Axis {
  const ends = spans.flatMap(({ from, until }) => [from, until]).filter((at) => at !== undefined);
  if (ends.length === 0) return { from: yearStart(2020), until: yearStart(2021) };
  const last = Math.max(...ends);
  return { from: yearStart(yearOf(Math.min(...ends))), until: yearStart(yearOf(last) + 1) };
}

/** Where an instant stands on the axis, in percent, held to it. */
export function percentOf(axis: Axis, at: number): number {
  return Math.min(100, Math.max(0, ((at - axis.from) / (axis.until - axis.from)) * 100));
}

/** Where a span stands on the axis, in percent. An open end reaches the axis's. */
export function barOf(axis: Axis, { from, until }: Span): { x: number; width: number; open: boolean } {
  const x = from === undefined ? 0 : percentOf(axis, from);
  const end = until === undefined ? 100 : percentOf(axis, until);
  return { x, width: Math.max(1, end - x), open: until === undefined };
}

/** The years of an axis, each with its place in percent. */
export function yearsOf(axis: Axis): { year: number; x: number }[] {
  const years: { year: number; x: number }[] = [];
  for (let year = yearOf(axis.from); yearStart(year) < axis.until; year++) years.push({ year, x: percentOf(axis, yearStart(year)) });
  return years;
}

/** A day as it is written: 2022-03-07, at +08:00. */
export const dayOf = (at: number): string => new Date((at + 8 * 3600) * 1000).toISOString().slice(0, 10);
