// What a comparison shows: which decisions changed, where its rules stand, which rules it says nothing of.
import type { Comparison, ComparedDecision } from "../../../../wasm/studio/pkg-web/longma_studio.js";
import { toneNamed, UNKNOWN, type Tone } from "../../model/tones";
import type { House, Region } from "./house";
import type { Spot } from "./sources";

/** How many persons can be asked for. */
export const CROWDS = [1_000, 10_000, 100_000] as const;

/** Regions that a person can live in, as the comparison takes them: divisions with six digits, and organisations. */
export const livingIn = (tree: readonly Region[]): { code: string; region: string }[] =>
  tree.flatMap(({ code }) => (/^\d+$/.test(code) ? [{ code, region: code.padEnd(6, "0") }] : code.startsWith("org-") ? [{ code, region: code }] : []));

/** Decisions by whether anybody changes, most persons first. */
export function sorted(report: Comparison): { changed: ComparedDecision[]; same: ComparedDecision[] } {
  const changed = report.decisions.filter((one) => one.changed.persons > 0).sort((a, b) => b.changed.persons - a.changed.persons);
  return { changed, same: report.decisions.filter((one) => one.changed.persons === 0) };
}

/** Rules of the later side that gave a cause for nobody: the comparison says nothing of them. */
export const blindOf = (report: Comparison): string[] => report.fired[1].filter(({ persons }) => persons === 0).map(({ rule }) => rule);

/** Where a rule, `62/2022-03-07/code/close_contact`, stands in a house. */
export function spotOf(house: House, rule: string): Spot | undefined {
  const [region, pack, decision, name] = rule.split("/");
  if (name === undefined) return undefined;
  const path = `packs/${region}/${pack}/${decision}.rhai`;
  const at = (house.get(path) ?? "").split("\n").findIndex((line) => line.startsWith("fn ") && line.slice(3).split("(")[0]?.trim() === name);
  return at < 0 ? undefined : { path, line: at + 1 };
}

export const toneOf = ({ name, colour }: { name: string; colour: string }): Tone => (name === UNKNOWN ? "unknown" : toneNamed(colour));

/** An instant as it is read, "2020-02-29 12:00"; seconds only where there are some. */
export const readable = (instant: string): string => instant.slice(0, 19).replace("T", " ").replace(/(?<=:\d\d):00$/, "");
