// Approvals as the cards show them: which packs need some, and which field of the form a problem is about.
import type { Approvals, Problem } from "../../../../wasm/studio/pkg-web/longma_studio.js";

export const FIELDS = ["name", "office", "note"] as const;
export type Field = (typeof FIELDS)[number];

/** An edition as it is shown. */
export const shortEdition = (edition: string): string => edition.slice(0, 12);

export const enough = ({ count, needed }: Approvals): boolean => count >= needed;

/** The approvals of these packs, in their order. */
export const approvalsOf = (all: readonly Approvals[], packs: readonly string[]): Approvals[] =>
  packs.flatMap((id) => all.find(({ pack }) => pack === id) ?? []);

/** The field that a problem names; undefined if it names none. */
export function fieldOf({ place }: Pick<Problem, "place">): Field | undefined {
  const named = place.kind === "key" ? place.key.at(-1) : place.kind === "facts" ? place.pointer.split("/").at(-1) : undefined;
  return FIELDS.find((field) => field === named);
}
