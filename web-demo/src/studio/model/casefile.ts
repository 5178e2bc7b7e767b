// A case that was made here, and the file of cases that it goes to.
import type { House, Pack } from "./house";
import { within } from "./names";

/** Where cases go that have no file of their own yet. */
export const TRIED = "cases/tried.toml";

/** The pack's files of cases; the one for tried cases last, whether or not there is one yet. */
export function caseFilesOf(pack: Pack): string[] {
  const own = pack.files.filter((path) => within(path).startsWith("cases/"));
  const tried = `packs/${pack.id}/${TRIED}`;
  return own.includes(tried) ? own : [...own, tried];
}

/** The beginning of a new file. Tables that the person was tried with are there, and empty unless a case gives rows. */
function beginningOf(tables: readonly string[]): string {
  const head = "# 依据：请在此写明案例的来源。\n# Source: say here what the cases rest on.\n\n";
  return tables.length === 0 ? head : `${head}[base_reference]\n${[...tables].sort().map((name) => `${name} = []\n`).join("")}\n`;
}

/** A file with one more case at its end, with the file's line ends, and the line from 1 on which that begins. */
export function withCase(house: House, path: string, text: string, tables: readonly string[]): { text: string; line: number } {
  const before = house.get(path) ?? beginningOf(tables);
  const end = before.includes("\r\n") ? "\r\n" : "\n";
  const start = before.trimEnd() === "" ? "" : `${before.trimEnd()}${end}${end}`;
  return { text: `${start}${text.trim().replace(/\r?\n/g, end)}${end}`, line: start.split("\n").length };
}

/** A name in both languages as the packs' cases have it. */
export const bothNames = (zh: string, en: string): string => [zh, en].map((one) => one.trim()).filter((one) => one !== "").join(" — ");

/** A table's first line, by its schema in the house. */
export function headerOf(house: House, table: string): string {
  try {
    const schema = JSON.parse(house.get(`reference/${table}.schema.json`) ?? "") as { properties?: Record<string, unknown> };
    return `${Object.keys(schema.properties ?? {}).join(",")}\n`;
  } catch {
    return "";
  }
}

/** The tables that rules can read, by their schemas; the table of places is part of the house. */
export const tablesOf = (house: House): string[] =>
  [...house.keys()].flatMap((path) => /^reference\/([^/]+)\.schema\.json$/.exec(path)?.[1] ?? []).filter((name) => name !== "places").sort();
