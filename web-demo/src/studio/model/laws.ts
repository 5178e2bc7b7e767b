// What a search for counterexamples found: how each law stands, which packs can be searched together, and its examples.
import type { LawExample, LawReport } from "../../../../wasm/studio/pkg-web/longma_studio.js";
import type { Pack } from "./house";

/** How many persons can be invented for each law. */
export const EACH_LAW = [200, 1_000, 5_000] as const;

export const SCOPES = ["pack", "region", "house"] as const;
export type Scope = (typeof SCOPES)[number];

export type Standing = "holds" | "broken" | "blind";

/** A law that nobody touched is not said to hold. */
export const standingOf = ({ blind, holds, fault }: LawReport): Standing => (fault !== null ? "broken" : blind ? "blind" : holds ? "holds" : "broken");

export function tallyOf(laws: readonly LawReport[]): Record<Standing, number> {
  const tally: Record<Standing, number> = { holds: 0, broken: 0, blind: 0 };
  for (const law of laws) tally[standingOf(law)]++;
  return tally;
}

/** The ids of the packs in a scope around one of them. */
export function packsIn(packs: readonly Pack[], id: string, scope: Scope): string[] {
  const region = packs.find((pack) => pack.id === id)?.region;
  return packs.filter((pack) => (scope === "house" ? true : scope === "region" ? pack.region === region : pack.id === id)).map((pack) => pack.id);
}

export const unseenOf = ({ fired }: LawReport): string[] => fired.filter(({ persons }) => persons === 0).map(({ rule }) => rule);

/** An example of a law as one of a comparison. */
export const exampleOf = ({ facts, tables, from, until, sides }: LawExample) => ({ facts, tables, differs: [[from, until]] as [string | null, string | null][], sides });
