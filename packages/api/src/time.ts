// Instants: a Date, milliseconds or RFC 3339, told apart and never guessed.
import { failure, shown } from "./problems.js";

/** A time: a Date, milliseconds since 1970 as `Date.now()` gives them, or RFC 3339 text with an offset. */
export type Time = Date | number | string;

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;
/** Fewer milliseconds than this are most likely seconds. */
const FEWEST = 1e11;
/** The first and the last second that the engine knows: 0001-01-03T00:00:00Z and 9999-12-29T23:59:59Z. */
const [FIRST, LAST] = [-62_135_424_000, 253_402_127_999];

/** Whole seconds since 1970, rounded down. */
export function seconds(time: unknown): number {
  const found = milliseconds(time) / 1000;
  const whole = Math.floor(found);
  if (!(whole >= FIRST && whole <= LAST)) throw failure("time-kind", { found: shown(time) });
  return whole;
}

function milliseconds(time: unknown): number {
  if (typeof time === "number") {
    if (Number.isFinite(time) && Math.abs(time) < FEWEST) throw failure("time-seconds", { found: String(time) });
    return time;
  }
  if (typeof time === "string") return RFC_3339.test(time) ? Date.parse(time) : NaN;
  // A Date of another page or context is none of this one's.
  const isDate = Object.prototype.toString.call(time) === "[object Date]";
  return isDate ? Number((time as Date).getTime()) : NaN;
}

/** Seconds since 1970 of a time that the engine wrote. */
export const read = (time: string): number => Date.parse(time) / 1000;

/** RFC 3339 text at an offset in minutes. */
export function write(instant: number, offset: number): string {
  const local = new Date((instant + offset * 60) * 1000).toISOString().slice(0, 19);
  const two = (count: number): string => String(count).padStart(2, "0");
  const away = Math.abs(offset);
  return `${local}${offset < 0 ? "-" : "+"}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}
