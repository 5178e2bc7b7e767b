// What came of slips: who noticed which kind.
import type { Slip } from "../../../../wasm/studio/pkg-web/longma_studio.js";
import type { Texts } from "../../types";

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
