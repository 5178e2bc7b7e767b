// The person who is tried, kept for this tab alone: a reload loses nothing, and neither another tab nor a later visit
// finds anybody's facts.
import type { Instant } from "../../model/time";

const KEY = "longma-studio-tried";

export interface KeptTried {
  /** The work on whose packs the person is tried. */
  work: string;
  facts: string;
  tables: [string, string][];
  region: string;
  at: Instant;
  decision: string | undefined;
}

/** Keeps the person, or nothing where the browser has no room: he is then begun anew after a reload. */
export function keepTried(tried: KeptTried): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(tried));
  } catch {
    sessionStorage.removeItem(KEY);
  }
}

/** The person of this work that this tab kept. */
export function keptTried(work: string | undefined): KeptTried | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as KeptTried | null;
    return kept !== null && kept.work === work ? kept : undefined;
  } catch {
    return undefined;
  }
}
