// What the screen shows of a store for one day: pure functions, so that a screen and its tables cannot differ.
import { alertOf, silentDays, type Alert, type Grade } from "./alerts";
import { daysFrom, type Day } from "./days";
import type { Counts, Departure } from "./ears";
import type { Clinic, Duties, Levels, Name, Queue, Site } from "./feed";
import type { Store } from "./store";

/** Most urgent first. */
export const GRADES: readonly Grade[] = ["alarm", "watch", "missing", "blind", "quiet"];

/** A place's name; its code in both languages if the feed does not name it. */
export const nameOf = (store: Store, code: string): Name => store.places.get(code)?.name ?? { "zh-CN": code, en: code };

/** The city of a county: as the feed says, else by its code. */
export function cityOf(store: Store, county: string): string {
  const parent = store.places.get(county)?.parent;
  return parent?.length === 4 ? parent : county.slice(0, 4);
}

export const countsOf = (store: Store, clinic: string): Counts => {
  const reports = store.reports(clinic);
  return (day) => reports.get(day)?.fever;
};

/** The days that the screen shows up to `day`: at most `most`, none before the feed begins. */
export const daysShown = (store: Store, day: Day, most: number): Day[] => daysFrom(Math.max(store.head?.first ?? day, day - most + 1), day);

export interface ClinicRow {
  clinic: Clinic;
  /** The chosen day. */
  today: Alert;
  /** For how many days up to the chosen one no report came. */
  silent: number;
  /** One for each shown day. */
  days: Alert[];
}

/** Every clinic, most urgent first; within a grade those that exceed their threshold by more. */
export function clinicRows(store: Store, days: readonly Day[]): ClinicRow[] {
  const last = days.at(-1);
  if (last === undefined) return [];
  const first = store.head?.first ?? last;
  const rows = [...store.clinics.values()].map((clinic): ClinicRow => {
    const counts = countsOf(store, clinic.id);
    const all = days.map((day) => alertOf(counts, day));
    return { clinic, today: all.at(-1) ?? alertOf(counts, last), silent: silentDays(counts, last, first), days: all };
  });
  return rows.sort((a, b) => GRADES.indexOf(a.today.grade) - GRADES.indexOf(b.today.grade) || b.silent - a.silent || overBy(b.today).by - overBy(a.today).by || (a.clinic.id < b.clinic.id ? -1 : 1));
}

/** The method of C1 and C2 whose threshold a day exceeds by more, and by how many visits; negative below it, -Infinity if unknown. */
export function overBy({ ears: { c1, c2 } }: Alert): { method: "c1" | "c2"; by: number } {
  const gap = ({ count, baseline: { figures } }: Departure): number => (count === undefined || figures === undefined ? -Infinity : count - figures.threshold);
  const [one, two] = [gap(c1), gap(c2)];
  return two > one ? { method: "c2", by: two } : { method: "c1", by: one };
}

/** The counts of a place on one day. */
export interface DaySum {
  day: Day;
  /** Visits with fever at the clinics that reported; at least so many if some did not. */
  fever: number;
  /** All visits at them; `undefined` if one of them did not count all visits. */
  visits: number | undefined;
  reported: number;
  clinics: number;
  /** Clinics without a report. */
  missing: Clinic[];
}

export interface RollUpRow {
  code: string;
  level: "region" | "city" | "county";
  name: Name;
  today: DaySum;
  days: DaySum[];
}

/** The whole region, then each city followed by its counties, by code. Only places with clinics. */
export function rollUp(store: Store, days: readonly Day[]): RollUpRow[] {
  const byCounty = new Map<string, Clinic[]>();
  for (const clinic of store.clinics.values()) byCounty.set(clinic.county, [...(byCounty.get(clinic.county) ?? []), clinic]);
  const row = (code: string, level: RollUpRow["level"], name: Name, clinics: readonly Clinic[]): RollUpRow[] => {
    const sums = days.map((day) => daySum(store, clinics, day));
    const today = sums.at(-1);
    return today === undefined || clinics.length === 0 ? [] : [{ code, level, name, today, days: sums }];
  };
  const counties = [...byCounty.keys()].sort();
  const cities = [...new Set(counties.map((county) => cityOf(store, county)))].sort();
  const region = store.head?.region ?? "";
  return [
    ...row(region, "region", store.head?.title ?? nameOf(store, region), [...store.clinics.values()]),
    ...cities.flatMap((city) => {
      const its = counties.filter((county) => cityOf(store, county) === city);
      return [
        ...row(city, "city", nameOf(store, city), its.flatMap((county) => byCounty.get(county) ?? [])),
        ...its.flatMap((county) => row(county, "county", nameOf(store, county), byCounty.get(county) ?? [])),
      ];
    }),
  ];
}

function daySum(store: Store, clinics: readonly Clinic[], day: Day): DaySum {
  const sum: DaySum = { day, fever: 0, visits: 0, reported: 0, clinics: clinics.length, missing: [] };
  for (const clinic of clinics) {
    const report = store.reports(clinic.id).get(day);
    if (report === undefined) {
      sum.missing.push(clinic);
      continue;
    }
    sum.reported += 1;
    sum.fever += report.fever;
    sum.visits = sum.visits === undefined || report.visits === undefined ? undefined : sum.visits + report.visits;
  }
  return sum;
}

/** The order in which levels lie on one another, worst first; others follow by name. */
const SEVERITY = ["red", "orange", "yellow", "unknown", "gold", "green"];
const rank = (level: string): number => (SEVERITY.includes(level) ? SEVERITY.indexOf(level) : SEVERITY.length);
const byRank = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : 1);

export interface ColourRow {
  code: string;
  name: Name;
  /** `undefined` where nothing was told for a day. */
  days: { day: Day; levels: Levels | undefined }[];
  today: Levels | undefined;
}

export interface Colours {
  decision: string | undefined;
  /** Every level of the decision in these days, worst first. */
  levels: string[];
  rows: ColourRow[];
}

/** The health code if the feed tells of it, else the first decision that it tells of. */
export function colours(store: Store, days: readonly Day[]): Colours {
  const decision = store.decisions().includes("code") ? "code" : store.decisions()[0];
  const last = days.at(-1);
  if (decision === undefined || last === undefined) return { decision: undefined, levels: [], rows: [] };
  const levels = new Set<string>();
  const rows = [...store.counties()].sort().flatMap((code): ColourRow[] => {
    const told = store.levels(decision, code);
    if (told.size === 0) return [];
    const its = days.map((day) => ({ day, levels: told.get(day) }));
    for (const { levels: one } of its) for (const level of one?.persons.keys() ?? []) levels.add(level);
    return [{ code, name: nameOf(store, code), days: its, today: told.get(last) }];
  });
  const worst = (row: ColourRow): number => shareNotGreen(row.today) ?? -1;
  return { decision, levels: [...levels].sort(byRank), rows: rows.sort((a, b) => worst(b) - worst(a) || (a.code < b.code ? -1 : 1)) };
}

export const personsOf = (levels: Levels): number => [...levels.persons.values()].reduce((all, one) => all + one, 0);

/** The share of persons with one level, 0 to 1; `undefined` where nobody was counted. */
export function shareOf(levels: Levels | undefined, level: string): number | undefined {
  const all = levels === undefined ? 0 : personsOf(levels);
  return levels === undefined || all === 0 ? undefined : (levels.persons.get(level) ?? 0) / all;
}

/** The share of persons whose code is neither green nor gold. */
export function shareNotGreen(levels: Levels | undefined): number | undefined {
  const shares = levels === undefined ? [] : [...levels.persons.keys()].filter((level) => !isFine(level)).map((level) => shareOf(levels, level));
  return levels === undefined || personsOf(levels) === 0 ? undefined : shares.reduce<number>((all, share) => all + (share ?? 0), 0);
}

/** Whether a level needs nobody's attention. */
export const isFine = (level: string): boolean => level === "green" || level === "gold";

export interface DutyRow {
  code: string;
  name: Name;
  /** `undefined`: nothing was told for the day. */
  today: Duties | undefined;
  /** Overdue duties more than on the day before; `undefined` if one of both days was not told. */
  change: number | undefined;
}

/** Most overdue first. */
export function dutyRows(store: Store, day: Day): DutyRow[] {
  const rows = [...store.counties()].flatMap((code): DutyRow[] => {
    const told = store.duties(code);
    if (told.size === 0) return [];
    const [today, before] = [told.get(day), told.get(day - 1)];
    return [{ code, name: nameOf(store, code), today, change: today && before && today.overdue - before.overdue }];
  });
  return rows.sort((a, b) => (b.today?.overdue ?? -1) - (a.today?.overdue ?? -1) || (a.code < b.code ? -1 : 1));
}

/** Counties' duties added up by city, most overdue first. A city none of whose counties told anything has none. */
export function cityDuties(store: Store, rows: readonly DutyRow[]): DutyRow[] {
  const cities = new Map<string, Duties[]>();
  for (const { code, today } of rows) cities.set(cityOf(store, code), [...(cities.get(cityOf(store, code)) ?? []), ...(today === undefined ? [] : [today])]);
  const all = [...cities].map(([code, its]): DutyRow => ({ code, name: nameOf(store, code), today: summed(its), change: undefined }));
  return all.sort((a, b) => (b.today?.overdue ?? -1) - (a.today?.overdue ?? -1) || (a.code < b.code ? -1 : 1));
}

function summed(all: readonly Duties[]): Duties | undefined {
  const [first] = all;
  const sum = (of: (duties: Duties) => number): number => all.reduce((total, one) => total + of(one), 0);
  return first && { ...first, county: "", due: sum(({ due }) => due), done: sum(({ done }) => done), overdue: sum(({ overdue }) => overdue) };
}

/** The first `most` rows, of which the last stands for all others: a chart's sums are those of all places. */
export function foldedDuties(rows: readonly DutyRow[], most: number, nameOfRest: (places: number) => Name): DutyRow[] {
  if (rows.length <= most) return [...rows];
  const rest = rows.slice(most - 1).flatMap(({ today }) => (today === undefined ? [] : [today]));
  return [...rows.slice(0, most - 1), { code: "", name: nameOfRest(rest.length), today: summed(rest), change: undefined }];
}

/** Duties whose time has not run out: neither done nor overdue. */
export const openOf = ({ due, done, overdue }: Duties): number => due - done - overdue;

export interface QueueRow {
  site: Site;
  /** The day's last; `undefined` if nothing was told on the day. */
  now: Queue | undefined;
  /** The day's longest wait. */
  longest: Queue | undefined;
}

/** Longest wait first; sites that told nothing last. */
export function queueRows(store: Store, day: Day): QueueRow[] {
  const rows = [...store.sites.values()].map((site): QueueRow => {
    let now: Queue | undefined;
    let longest: Queue | undefined;
    for (const queue of store.queues(site.id)) {
      if (queue.day !== day) continue;
      if (now === undefined || queue.at > now.at) now = queue;
      if (longest === undefined || queue.minutes > longest.minutes) longest = queue;
    }
    return { site, now, longest };
  });
  return rows.sort((a, b) => (b.now?.minutes ?? -1) - (a.now?.minutes ?? -1) || (a.site.id < b.site.id ? -1 : 1));
}
