// Instants, and how the page shows them. An instant is whole seconds since the Unix epoch. Every clock time is
// Beijing time (+08:00, the packs' fixed offset), whatever the device's own time zone.

export type Locale = "zh-CN" | "en";
/** Whole seconds since the Unix epoch. */
export type Instant = number;

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;
const BEIJING = 8 * HOUR;

/** The years 2 to 9998, so that the year still has four digits after any offset is added. */
export const EARLIEST: Instant = Date.parse("0002-01-01T00:00:00Z") / 1000;
export const LATEST: Instant = Date.parse("9998-12-31T00:00:00Z") / 1000;

/** The instant of an RFC 3339 text; NaN if the text is not one. */
export const instantOf = (text: string): Instant => Math.floor(Date.parse(text) / 1000);

/** Like `instantOf`, but returns the given infinity for an open end. */
export const edgeOf = (text: string | null | undefined, open: number): number => (text == null ? open : instantOf(text));

const isoBeijing = (t: Instant): string => new Date((t + BEIJING) * 1000).toISOString().slice(0, 19);

/** RFC 3339 at +08:00. */
export const rfc3339 = (t: Instant): string => `${isoBeijing(t)}+08:00`;

/** The value of an `<input type="datetime-local">` for this instant, and back. */
export const toInput = (t: Instant): string => isoBeijing(t);
export const fromInput = (value: string): Instant => instantOf(`${value.length === 16 ? `${value}:00` : value}+08:00`);

/** The calendar parts of an instant, in Beijing time. */
export interface Calendar {
  year: number;
  month: number;
  day: number;
  weekday: number;
}

export function calendar(t: Instant): Calendar {
  const date = new Date((t + BEIJING) * 1000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday: date.getUTCDay() };
}

/** The first instant of the calendar day that contains `t`. */
export const dayStart = (t: Instant): Instant => Math.floor((t + BEIJING) / DAY) * DAY - BEIJING;

/** "09:05:07". */
export const clockText = (t: Instant): string => isoBeijing(t).slice(11, 19);

const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(t: Instant, locale: Locale, options: Intl.DateTimeFormatOptions): string {
  const key = locale + JSON.stringify(options);
  let format = formats.get(key);
  if (format === undefined) {
    // English uses British order and 24 hours, so that nobody misreads 7/8.
    format = new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, { ...options, timeZone: "UTC" });
    formats.set(key, format);
  }
  return format.format(new Date((t + BEIJING) * 1000));
}

/** "2022年7月10日星期日", "Sunday 10 July 2022". */
export const longDate = (t: Instant, locale: Locale): string =>
  formatted(t, locale, { year: "numeric", month: "long", day: "numeric", weekday: "long" });

/** "7月10日", "10 Jul". */
export const shortDate = (t: Instant, locale: Locale): string => formatted(t, locale, { month: "short", day: "numeric" });

/** "2022年7月", "Jul 2022". */
export const monthText = (t: Instant, locale: Locale): string => formatted(t, locale, { year: "numeric", month: "short" });

/** "2022-07-10 09:05", with seconds only if they are not zero: short, sortable, the same in every language. */
export function stamp(t: Instant): string {
  const text = isoBeijing(t).replace("T", " ");
  return t % MINUTE === 0 ? text.slice(0, 16) : text;
}

/** A length of time, split into parts for display. */
export interface Length {
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
}

/** Splits seconds into parts. Negative lengths count as zero. */
export function lengthOf(total: number): Length {
  const rest = Math.max(0, Math.floor(total));
  return {
    days: Math.floor(rest / DAY),
    hours: Math.floor((rest % DAY) / HOUR),
    minutes: Math.floor((rest % HOUR) / MINUTE),
    seconds: rest % MINUTE,
  };
}
