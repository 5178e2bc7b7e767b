// Times in words. All are shown at the offset of the packs, never in the phone's own zone.
import { config } from "../config";
import { say, type Lang } from "./i18n";

const two = (count: number): string => (count < 10 ? `0${count}` : String(count));
const local = (at: number): Date => new Date(at + config.offset * 60_000);

/** Milliseconds of a time that the engine wrote. */
export const ms = (time: string): number => Date.parse(time);

/** `09:41:05` */
export function clockText(at: number): string {
  const day = local(at);
  return `${two(day.getUTCHours())}:${two(day.getUTCMinutes())}:${two(day.getUTCSeconds())}`;
}

/** `2022-07-10` */
export function dayText(at: number): string {
  return local(at).toISOString().slice(0, 10);
}

/** `09:41` */
export const minuteText = (at: number): string => clockText(at).slice(0, 5);

/** The day with its weekday, in words. */
export function longDate(at: number, lang: Lang): string {
  const day = local(at);
  return say(lang, "time.longDate", {
    year: day.getUTCFullYear(),
    month: say(lang, `time.month${day.getUTCMonth() + 1}`),
    day: day.getUTCDate(),
    weekday: say(lang, `time.weekday${day.getUTCDay()}`),
  });
}

/** A moment as people say it: today, tomorrow, or the date; with the year if it is another one. */
export function stamp(at: number, now: number, lang: Lang): string {
  const time = minuteText(at);
  const days = Math.round((Date.parse(dayText(at)) - Date.parse(dayText(now))) / 86_400_000);
  if (days >= -1 && days <= 1) return say(lang, `time.day${days + 1}`, { time });
  const day = local(at);
  const key = day.getUTCFullYear() === local(now).getUTCFullYear() ? "time.date" : "time.dateYear";
  return say(lang, key, { year: day.getUTCFullYear(), month: say(lang, `time.month${day.getUTCMonth() + 1}`), day: day.getUTCDate(), time });
}

/** A length of time in its two largest units. */
export function length(milliseconds: number, lang: Lang): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (days > 0) return hours > 0 ? say(lang, "time.daysHours", { days, hours }) : say(lang, "time.days", { days });
  if (hours > 0) return say(lang, "time.hoursMinutes", { hours, minutes });
  if (minutes > 0) return say(lang, "time.minutesSeconds", { minutes, seconds: seconds % 60 });
  return say(lang, "time.seconds", { seconds });
}

/** RFC 3339 at the packs' offset, in whole seconds. */
export function rfc3339(at: number): string {
  const away = Math.abs(config.offset);
  const sign = config.offset < 0 ? "-" : "+";
  return `${local(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}${sign}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}
