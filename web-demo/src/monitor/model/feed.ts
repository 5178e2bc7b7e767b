// One line of a feed as a record, or what is wrong with it. A feed is a stranger's: every text, number and name is judged
// here, and nothing behind this module has to doubt them again. docs/monitor.md describes the format.
//
// Fields that are not known are left alone, so that a later edition of the format can add some. Kinds that are not known are told.
import { dayOf, type Day } from "./days";
import { LINE, type Line } from "./lines";

export const FORMAT = "longma-monitor/1";

/** A text in one or both languages. */
export interface Name {
  "zh-CN"?: string;
  en?: string;
}

export interface Head {
  kind: "head";
  title: Name;
  region: string;
  first: Day;
  last: Day;
  source: Name;
  /** Whether the feed says of itself that its numbers are invented. */
  invented: boolean;
}
export interface Place {
  kind: "place";
  code: string;
  name: Name;
  parent: string;
}
export interface Clinic {
  kind: "clinic";
  id: string;
  name: Name;
  county: string;
}
export interface Report {
  kind: "report";
  clinic: string;
  day: Day;
  fever: number;
  visits: number | undefined;
}
export interface Levels {
  kind: "levels";
  county: string;
  day: Day;
  decision: string;
  persons: Map<string, number>;
}
export interface Duties {
  kind: "duties";
  county: string;
  day: Day;
  due: number;
  done: number;
  overdue: number;
}
export interface Site {
  kind: "site";
  id: string;
  name: Name;
  county: string;
}
export interface Queue {
  kind: "queue";
  site: string;
  day: Day;
  /** Whole seconds since the Unix epoch. */
  at: number;
  people: number;
  minutes: number;
}
export type FeedRecord = Head | Place | Clinic | Report | Levels | Duties | Site | Queue;

/** What is wrong with a line. The page has the words: what was expected, what to do. */
export type Fault =
  | { what: "long"; limit: number }
  | { what: "json" }
  | { what: "kind"; found: string }
  | { what: "format"; found: string }
  | { what: "field"; field: string; expected: Expected; found: string }
  | { what: "more"; field: string; than: string }
  | { what: "first" }
  | { what: "unknown-clinic" | "unknown-site"; found: string }
  | { what: "day"; field: string; found: string; first: string; last: string }
  | { what: "span"; days: number; limit: number }
  | { what: "many"; of: Bounded; limit: number };

export type Bounded = "place" | "clinic" | "site" | "decision" | "record";
export type Expected = "day" | "days" | "time" | "count" | "name" | "id" | "county" | "place" | "parent" | "region" | "word" | "persons";

export interface Problem {
  line: number;
  fault: Fault;
}

/** The most of a count: more than there are people. */
const COUNT = 10_000_000_000;
/** The longest name, in UTF-16 code units. */
const NAME = 120;
/** The most levels of a decision. */
const LEVELS = 12;
/** Names that cannot be printed, or that change how the text around them runs. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]/u;
const ID = /^[A-Za-z0-9._-]{1,40}$/;
const WORD = /^[a-z][a-z0-9_-]{0,39}$/;
const COUNTY = /^\d{6}$/;
const PLACE = /^(\d{4}|\d{6})$/;
const PARENT = /^(\d{2}|\d{4})$/;
const REGION = /^\d{2}(\d{2}(\d{2})?)?$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

class Wrong extends Error {
  constructor(readonly fault: Fault) {
    super(fault.what);
  }
}

/** A found value as a short text. */
function short(value: unknown): string {
  const text = value === undefined ? "—" : (JSON.stringify(value) ?? "—");
  const clean = text.replace(new RegExp(UNPRINTABLE, "gu"), "·");
  return clean.length > 40 ? `${clean.slice(0, 40)}…` : clean;
}

/** Reads the fields of one object. */
class Fields {
  readonly #object: Record<string, unknown>;
  constructor(object: Record<string, unknown>) {
    this.#object = object;
  }

  of(field: string): unknown {
    return Object.hasOwn(this.#object, field) ? this.#object[field] : undefined;
  }
  fail(field: string, expected: Expected): never {
    throw new Wrong({ what: "field", field, expected, found: short(this.of(field)) });
  }
  text(field: string, form: RegExp, expected: Expected): string {
    const value = this.of(field);
    return typeof value === "string" && form.test(value) ? value : this.fail(field, expected);
  }
  count(field: string): number {
    const value = this.of(field);
    return isCount(value) ? value : this.fail(field, "count");
  }
  day(field: string): Day {
    return dayOf(this.of(field)) ?? this.fail(field, "day");
  }
  name(field: string): Name {
    const value = this.of(field);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return this.fail(field, "name");
    const name: Name = {};
    for (const language of ["zh-CN", "en"] as const) {
      const text: unknown = Object.hasOwn(value, language) ? (value as Record<string, unknown>)[language] : undefined;
      if (text === undefined) continue;
      if (!isName(text)) return this.fail(field, "name");
      name[language] = text;
    }
    return name["zh-CN"] === undefined && name.en === undefined ? this.fail(field, "name") : name;
  }
}

const isCount = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= COUNT;
const isName = (value: unknown): value is string => typeof value === "string" && value.trim() !== "" && value.length <= NAME && !UNPRINTABLE.test(value);

/** +08:00, as everywhere on these pages. */
const BEIJING = 8 * 3600;
const DAY = 86_400;

const readers: Record<FeedRecord["kind"], (its: Fields) => FeedRecord> = {
  head: (its) => {
    const found = its.of("feed");
    if (found !== FORMAT) throw new Wrong({ what: "format", found: short(found) });
    const [first, last] = [its.day("first"), its.day("last")];
    if (last < first) its.fail("last", "days");
    const source = its.of("source");
    return {
      kind: "head",
      title: its.name("title"),
      region: its.text("region", REGION, "region"),
      first,
      last,
      source: isName(source) ? { "zh-CN": source, en: source } : its.name("source"),
      invented: its.of("invented") === true,
    };
  },
  place: (its) => {
    const [code, parent] = [its.text("code", PLACE, "place"), its.text("parent", PARENT, "parent")];
    if (parent.length >= code.length) its.fail("parent", "parent");
    return { kind: "place", code, name: its.name("name"), parent };
  },
  clinic: (its) => ({ kind: "clinic", id: its.text("id", ID, "id"), name: its.name("name"), county: its.text("county", COUNTY, "county") }),
  report: (its) => {
    const fever = its.count("fever");
    const visits = its.of("visits") == null ? undefined : its.count("visits");
    if (visits !== undefined && visits < fever) throw new Wrong({ what: "more", field: "fever", than: "visits" });
    return { kind: "report", clinic: its.text("clinic", ID, "id"), day: its.day("day"), fever, visits };
  },
  levels: (its) => {
    const persons = its.of("persons");
    if (typeof persons !== "object" || persons === null || Array.isArray(persons)) return its.fail("persons", "persons");
    const entries = Object.entries(persons as Record<string, unknown>);
    if (entries.length === 0 || entries.length > LEVELS || !entries.every(([level, count]) => WORD.test(level) && isCount(count))) its.fail("persons", "persons");
    return { kind: "levels", county: its.text("county", COUNTY, "county"), day: its.day("day"), decision: its.text("decision", WORD, "word"), persons: new Map(entries as [string, number][]) };
  },
  duties: (its) => {
    const [due, done, overdue] = [its.count("due"), its.count("done"), its.count("overdue")];
    if (done + overdue > due) throw new Wrong({ what: "more", field: "done + overdue", than: "due" });
    return { kind: "duties", county: its.text("county", COUNTY, "county"), day: its.day("day"), due, done, overdue };
  },
  site: (its) => ({ kind: "site", id: its.text("id", ID, "id"), name: its.name("name"), county: its.text("county", COUNTY, "county") }),
  queue: (its) => {
    const text = its.text("at", TIME, "time");
    const at = Math.floor(Date.parse(text) / 1000);
    if (Number.isNaN(at)) its.fail("at", "time");
    return { kind: "queue", site: its.text("site", ID, "id"), at, day: Math.floor((at + BEIJING) / DAY), people: its.count("people"), minutes: its.count("minutes") };
  },
};

/** A line's record, or what is wrong with it. `undefined` for an empty line. */
export function readLine({ text }: Line): { record: FeedRecord } | { fault: Fault } | undefined {
  if (text === undefined) return { fault: { what: "long", limit: LINE } };
  const written = text.replace(/^\ufeff/, "");
  if (written.trim() === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    return { fault: { what: "json" } };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { fault: { what: "json" } };
  const its = new Fields(value as Record<string, unknown>);
  const kind = its.of("kind");
  if (typeof kind !== "string" || !Object.hasOwn(readers, kind)) return { fault: { what: "kind", found: short(kind) } };
  try {
    return { record: readers[kind as FeedRecord["kind"]](its) };
  } catch (error) {
    if (error instanceof Wrong) return { fault: error.fault };
    throw error;
  }
}
