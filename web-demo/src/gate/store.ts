// What a gate keeps on the device: versions seen, counts of the day, reports that wait, and settings. Nothing of a
// person is kept.
import type { Word } from "./protocol";

/** Keys; those of the test mode are apart, so that trying out changes nothing. */
const key = (name: string, samples = false): string => `longma.gate.${name}${samples ? ".samples" : ""}`;

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    // Storage may be forbidden.
    return null;
  }
}

/** Whether it was kept. */
function write(name: string, text: string): boolean {
  try {
    localStorage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What was seen of versions, as the engine gave it. It is handed in as it is: the engine says what is wrong with it. */
export const readSeen = (): string => read(key("seen")) ?? "";
export const keepSeen = (seen: string): boolean => write(key("seen"), seen);

export type Counts = Record<Word, number>;
const NONE: Counts = { admit: 0, check: 0, deny: 0 };
const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;

/** The counts of a day, "2022-07-10"; each day begins anew. */
export function readCounts(day: string, samples: boolean): Counts {
  const kept = parsed(read(key("counts", samples))) as ({ day?: unknown } & Partial<Counts>) | null | undefined;
  if (kept?.day !== day) return { ...NONE };
  const { admit, check, deny } = kept;
  return isCount(admit) && isCount(check) && isCount(deny) ? { admit, check, deny } : { ...NONE };
}

export function count(word: Word, day: string, samples: boolean): Counts {
  const counts = readCounts(day, samples);
  counts[word] += 1;
  write(key("counts", samples), JSON.stringify({ day, ...counts }));
  return counts;
}

/** What is reported of an answer. */
export interface Report {
  /** When, in RFC 3339. */
  at: string;
  word: Word;
  /** The name of the problem; empty for a reason of the rules. */
  problem: string;
}

const isReport = (it: Partial<Report> | null): it is Report => typeof it?.at === "string" && typeof it.word === "string" && typeof it.problem === "string";

export function readReports(samples: boolean): Report[] {
  const kept = parsed(read(key("reports", samples)));
  return Array.isArray(kept) ? (kept as (Partial<Report> | null)[]).filter(isReport) : [];
}

/** Whether they were kept. */
export const keepReports = (reports: Report[], samples: boolean): boolean => write(key("reports", samples), JSON.stringify(reports));

export interface Settings {
  sound: boolean;
  /** How long an answer stays, in seconds; 0 is until the next. */
  stays: number;
}

/** The lengths that one can choose, in seconds. */
export const STAYS = [5, 10, 30, 0] as const;

export function readSettings(): Settings {
  const kept = parsed(read(key("settings"))) as Partial<Settings> | null | undefined;
  return { sound: kept?.sound !== false, stays: STAYS.find((seconds) => seconds === kept?.stays) ?? 10 };
}

export const keepSettings = (settings: Settings): boolean => write(key("settings"), JSON.stringify(settings));
