// What changed, grouped as a reader looks for it, and what is assumed somewhere up the line.
import type { Change, PackChanges } from "../../../../wasm/studio/pkg-web/longma_studio.js";
import type { House, Pack } from "./house";
import { paramsOf, reviewOf, type Assumed } from "./review";
import { lineageOf } from "./sources";

export const GROUPS = ["pack", "decision", "rule", "param", "span", "caption", "manifest", "case", "text"] as const satisfies readonly Change["kind"][];

export interface Group {
  kind: Change["kind"];
  added: number;
  removed: number;
  changed: number;
  changes: readonly Change[];
}

/** A pack's changes by kind, kinds in a fixed order. */
export function grouped(changes: readonly Change[]): Group[] {
  return GROUPS.flatMap((kind) => {
    const its = changes.filter((one) => one.kind === kind);
    const of = (how: Change["how"]): number => its.filter((one) => one.how === how).length;
    return its.length === 0 ? [] : [{ kind, added: of("added"), removed: of("removed"), changed: of("changed"), changes: its }];
  });
}

/** Packs in which something changed. */
export const changedOf = (packs: readonly PackChanges[]): PackChanges[] => packs.filter(({ changes }) => changes.length > 0);

/** Assumed params that a pack has from those that it stands on, nearest first; one that is set anew on the way is left out. */
export function inheritedAssumed(pack: Pack, packs: readonly Pack[], house: House): { pack: string; assumed: Assumed[] }[] {
  const [own, ...above] = lineageOf(pack.id, packs, house).map((id) => packs.find((one) => one.id === id));
  const set = new Set(own === undefined ? [] : paramsOf(own, house));
  return above.flatMap((one) => {
    if (one === undefined) return [];
    const its = reviewOf(one, house).assumed.filter(({ name }) => !set.has(name));
    for (const name of paramsOf(one, house)) set.add(name);
    return its.length === 0 ? [] : [{ pack: one.id, assumed: its }];
  });
}
