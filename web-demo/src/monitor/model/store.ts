// What a feed has said so far. Every record has a key, and a later one with the same key replaces the earlier; what was never
// said stays absent. Bounded in every direction: a stream may run for weeks, and may be hostile.
import { dayText, type Day } from "./days";
import { readLine, type Bounded, type Clinic, type Duties, type Fault, type FeedRecord, type Head, type Levels, type Place, type Problem, type Queue, type Report, type Site } from "./feed";
import type { Line } from "./lines";

/** The most days that one screen shows. */
export const DAYS = 400;
/** The most of everything with a name, and of reports, levels, duties and queues together. In life: 100 clinics, 86 counties, 28 days. */
export const MOST: Record<Bounded, number> = { place: 4_000, clinic: 2_000, site: 5_000, decision: 20, record: 400_000 };
/** Problems that are kept; the others are counted. */
export const PROBLEMS = 100;

const NO_DAYS = new Map<Day, never>();

export class Store {
  head: Head | undefined;
  readonly places = new Map<string, Place>();
  readonly clinics = new Map<string, Clinic>();
  readonly sites = new Map<string, Site>();
  readonly problems: Problem[] = [];
  /** All lines that could not be used, also those that `problems` has no room for. */
  wrong = 0;
  /** Records that were taken, each time they came. */
  taken = 0;
  /** The last day of the head, or a later one that a record is about. */
  last: Day | undefined;
  /** The last day that a record is about. */
  newest: Day | undefined;

  readonly #reports = new Map<string, Map<Day, Report>>();
  readonly #levels = new Map<string, Map<string, Map<Day, Levels>>>();
  readonly #duties = new Map<string, Map<Day, Duties>>();
  readonly #queues = new Map<string, Map<number, Queue>>();
  #records = 0;

  /** A new connection counts its lines anew. What was taken stays. */
  again(): void {
    this.problems.length = 0;
    this.wrong = 0;
  }

  /** Takes a line of the feed: keeps its record, or notes what is wrong. */
  read(line: Line): void {
    const read = readLine(line);
    if (read === undefined) return;
    const fault = "fault" in read ? read.fault : this.#take(read.record);
    if (fault === undefined) this.taken += 1;
    else this.#note(line.number, fault);
  }

  reports = (clinic: string): ReadonlyMap<Day, Report> => this.#reports.get(clinic) ?? NO_DAYS;
  duties = (county: string): ReadonlyMap<Day, Duties> => this.#duties.get(county) ?? NO_DAYS;
  levels = (decision: string, county: string): ReadonlyMap<Day, Levels> => this.#levels.get(decision)?.get(county) ?? NO_DAYS;
  decisions = (): string[] => [...this.#levels.keys()];
  /** A site's queues by instant, in the order in which they were first told. */
  queues = (site: string): Iterable<Queue> => this.#queues.get(site)?.values() ?? [];
  /** Every county that is named, or that something is told about. */
  counties(): Set<string> {
    const all = new Set<string>([...this.places.keys()].filter((code) => code.length === 6));
    for (const { county } of [...this.clinics.values(), ...this.sites.values()]) all.add(county);
    for (const counties of this.#levels.values()) for (const county of counties.keys()) all.add(county);
    for (const county of this.#duties.keys()) all.add(county);
    return all;
  }

  #note(line: number, fault: Fault): void {
    this.wrong += 1;
    if (this.problems.length < PROBLEMS) this.problems.push({ line, fault });
  }

  /** Why the record was not kept. */
  #take(record: FeedRecord): Fault | undefined {
    if (record.kind === "head") return this.#begin(record);
    if (this.head === undefined) return { what: "first" };
    switch (record.kind) {
      case "place":
        return this.#name("place", this.places, record.code, record);
      case "clinic":
        return this.#name("clinic", this.clinics, record.id, record);
      case "site":
        return this.#name("site", this.sites, record.id, record);
      case "report":
        if (!this.clinics.has(record.clinic)) return { what: "unknown-clinic", found: record.clinic };
        return this.#keep("day", record.day, this.#reports, record.clinic, record.day, record);
      case "levels": {
        const counties = this.#levels.get(record.decision) ?? new Map<string, Map<Day, Levels>>();
        if (!this.#levels.has(record.decision) && this.#levels.size >= MOST.decision) return { what: "many", of: "decision", limit: MOST.decision };
        const fault = this.#keep("day", record.day, counties, record.county, record.day, record);
        if (fault === undefined) this.#levels.set(record.decision, counties);
        return fault;
      }
      case "duties":
        return this.#keep("day", record.day, this.#duties, record.county, record.day, record);
      case "queue":
        if (!this.sites.has(record.site)) return { what: "unknown-site", found: record.site };
        return this.#keep("at", record.day, this.#queues, record.site, record.at, record);
    }
  }

  /** A head may come again, with other days: what lies before its first day is forgotten, so that a stream can run for weeks. */
  #begin(head: Head): Fault | undefined {
    const days = head.last - head.first + 1;
    if (days > DAYS) return { what: "span", days, limit: DAYS };
    if (this.head !== undefined && head.first > this.head.first) this.#forget(head.first);
    this.head = head;
    this.last = Math.max(head.last, Math.min(this.newest ?? head.last, head.first + DAYS - 1));
    return undefined;
  }

  #forget(before: Day): void {
    for (const all of [this.#reports, this.#duties, this.#queues, ...this.#levels.values()] as Map<string, Map<number, { day: Day }>>[]) {
      for (const [owner, records] of all) {
        for (const [key, { day }] of records) {
          if (day < before && records.delete(key)) this.#records -= 1;
        }
        if (records.size === 0) all.delete(owner);
      }
    }
  }

  #name<T>(of: Bounded, all: Map<string, T>, key: string, record: T): Fault | undefined {
    if (!all.has(key) && all.size >= MOST[of]) return { what: "many", of, limit: MOST[of] };
    all.set(key, record);
    return undefined;
  }

  /** Days after the head's last are taken, as a stream goes on, up to `DAYS` in all. */
  #keep<T>(field: string, day: Day, all: Map<string, Map<number, T>>, owner: string, key: number, record: T): Fault | undefined {
    const first = this.head?.first ?? day;
    const end = first + DAYS - 1;
    if (day < first || day > end) return { what: "day", field, found: dayText(day), first: dayText(first), last: dayText(end) };
    const records = all.get(owner) ?? new Map<number, T>();
    if (!records.has(key)) {
      if (this.#records >= MOST.record) return { what: "many", of: "record", limit: MOST.record };
      this.#records += 1;
    }
    all.set(owner, records.set(key, record));
    this.newest = Math.max(this.newest ?? day, day);
    this.last = Math.max(this.last ?? day, day);
    return undefined;
  }
}
