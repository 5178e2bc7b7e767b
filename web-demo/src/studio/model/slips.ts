// What came of slips: who noticed which kind, and where a case that notices one can be added.
import type { Slip } from "../../../../wasm/studio/pkg-web/longma_studio.js";
import type { Texts } from "../../types";
import type { Pack } from "./house";
import { within } from "./names";

/** At most so many of each kind in each file. */
export const EACH_KIND = [1, 3, 10] as const;

export const FATES = ["check", "cases", "survived"] as const;

export type Fates = Record<Slip["fate"], number>;

const none = (): Fates => ({ check: 0, cases: 0, survived: 0 });

/** How many of each kind were noticed by whom, and how many in all. Kinds stand in the order of their first slip. */
export function noticed(slips: readonly Slip[]): { kinds: { kind: Texts; fates: Fates }[]; all: Fates } {
  const kinds = new Map<string, { kind: Texts; fates: Fates }>();
  const all = none();
  for (const { kind, fate } of slips) {
    const its = kinds.get(kind["zh-CN"]) ?? { kind, fates: none() };
    kinds.set(kind["zh-CN"], its);
    its.fates[fate]++;
    all[fate]++;
  }
  return { kinds: [...kinds.values()], all };
}

export const survivorsOf = (slips: readonly Slip[]): Slip[] => slips.filter(({ fate }) => fate === "survived");

/** The files of a pack that a case can be added to; a new one if it has none. */
export function caseFilesOf(pack: Pack): string[] {
  const files = pack.files.filter((path) => within(path).startsWith("cases/"));
  return files.length > 0 ? files : [`packs/${pack.id}/cases/noticed.toml`];
}

/** A case file with a case at its end, after one empty line. Keeps the file's line ends. */
export function withCase(text: string, added: string): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const before = text.trimEnd();
  const its = added.trim().replace(/\r?\n/g, end);
  return `${before}${before === "" ? "" : end + end}${its}${end}`;
}
