// What the page and its workers say to each other.
import type { Approvals, Comparison, Finding as EngineFinding, LawReport, PackChanges, Problem, Slip } from "../../../wasm/studio/pkg-web/longma_studio.js";
import type { Given } from "./model/persons";

export type { EngineFinding, Problem };

/** To the worker. */
export type Ask =
  /** Begins anew with these texts. */
  | { kind: "start"; base: string; texts: Record<string, string>; lang: string }
  /** A message of the Language Server Protocol. */
  | { kind: "lsp"; message: string };

/** From the worker. */
export type Told =
  | { kind: "lsp"; message: string }
  /** The server is gone: it could not be loaded, or it broke. */
  | { kind: "failed"; detail: string };

/** To the second worker. What it answers bears the job's number. */
export type Job =
  /** Counts who changes from the first house to the second, on invented persons or on those of a file. */
  | { kind: "compare"; id: number; sides: Sides; region: string | null; persons: number; given: GivenPersons | null }
  /** Seeks counterexamples to the laws of these packs. */
  | { kind: "laws"; id: number; texts: Record<string, string>; packs: string[]; persons: number }
  /** Makes slips in a pack, so many of each kind in each file, and sees who notices. */
  | { kind: "slips"; id: number; texts: Record<string, string>; pack: string; each: number }
  /** Ends the job with this number. */
  | { kind: "stop"; id: number }
  /** What changed in words, and who approved what. */
  | { kind: "changes"; id: number; sides: Sides }
  /** The text of a pack's approvals with one more. */
  | { kind: "approve"; id: number; texts: Record<string, string>; pack: string; name: string; office: string; note: string; at: string }
  /** The last count as an HTML page. */
  | { kind: "page"; id: number; lang: string }
  /** The rule book as an HTML page. */
  | { kind: "book"; id: number; texts: Record<string, string>; lang: string }
  /** The packs as the engine loads them. */
  | { kind: "compile"; id: number; texts: Record<string, string> };

/** The texts before and after. */
export type Sides = [Record<string, string>, Record<string, string>];

/** A file of persons, and tables as CSV texts by name. */
export interface GivenPersons {
  file: File;
  tables: Record<string, string>;
}

/** From the second worker. */
export type Made =
  /** What came out so far. */
  | { kind: "counted"; id: number; report: Comparison; given: Given | null }
  /** The count has ended, by itself or because it was stopped; `null` if that was before anybody was counted. */
  | { kind: "compared"; id: number; report: Comparison | null; given: Given | null; stopped: boolean }
  /** The laws of one pack. */
  | { kind: "searched"; id: number; pack: string; laws: LawReport[] }
  /** Slips that were tried since the last message, of so many in all. */
  | { kind: "slipped"; id: number; total: number; slips: Slip[] }
  | { kind: "ended"; id: number; stopped: boolean }
  | { kind: "changed"; id: number; changes: PackChanges[]; approvals: Approvals[] }
  | { kind: "made"; id: number; content: string | Uint8Array }
  /** These packs have errors. */
  | { kind: "unloadable"; id: number; side: "before" | "after"; findings: EngineFinding[] }
  | { kind: "refused"; id: number; problems: Problem[] }
  /** The worker could not be loaded, or it broke. */
  | { kind: "failed"; detail: string };
