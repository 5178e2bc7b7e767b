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

/**
 * The minutes east of UTC at an instant. The engine's number for an offset is these minutes,
 * or else the rule of its summer time: `core/src/time/zone.rs` says what its bits are.
 */
function east(instant: number, offset: number): number {
  if (offset < 1024) return offset;
  const take = (sides: number): number => {
    const part = offset % sides;
    offset = Math.floor(offset / sides);
    return part;
  };
  const winter = take(2048) - 1024;
  const ahead = take(16) * 15;
  const local = instant + winter * 60;
  const year = new Date(local * 1000).getUTCFullYear();
  const turn = (): number => {
    const month = take(16) - 1;
    const week = take(8);
    const weekday = take(8);
    const first = Date.UTC(year, month) / 864e5;
    // 1970-01-01 was a Thursday.
    const day = first + ((((weekday - first - 4) % 7) + 7) % 7) + 7 * week - 7;
    const within = new Date(day * 864e5).getUTCMonth() === month ? day : day - 7;
    return within * 86400 + take(256) * 900;
  };
  const begins = turn();
  const ends = turn();
  const begun = begins <= local;
  const summer = begins < ends ? begun && local < ends : begun || local < ends;
  return summer ? winter + ahead : winter;
}

/** RFC 3339 text at an offset, given as the engine's number. */
export function write(instant: number, number: number): string {
  const offset = east(instant, number);
  const local = new Date((instant + offset * 60) * 1000).toISOString().slice(0, 19);
  const two = (count: number): string => String(count).padStart(2, "0");
  const away = Math.abs(offset);
  return `${local}${offset < 0 ? "-" : "+"}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}
