// What the page and its workers say to each other.
import type { Approvals, Brought, Comparison, Explanation, FileCoverage, Finding as EngineFinding, LawReport, NewPack, NewPackRequest, PackChanges, Problem, Slip, Tried, TriedCase } from "../../../wasm/studio/pkg-web/longma_studio.js";
import type { Given } from "./model/persons";

export type { EngineFinding, NewPack, Problem };

/** To the worker. */
export type Ask =
  /** Begins anew with these texts. */
  | { kind: "start"; base: string; texts: Record<string, string>; lang: string }
  /** A file is gone. */
  | { kind: "file"; path: string }
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
  /** A new pack beside these. */
  | { kind: "newPack"; id: number; texts: Record<string, string>; request: NewPackRequest }
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
  /** A new pack; `null` if the request cannot be met, and the findings say why. */
  | { kind: "newPack"; id: number; pack: NewPack | null; findings: EngineFinding[] }
  | { kind: "made"; id: number; content: string | Uint8Array }
  /** These packs have errors. */
  | { kind: "unloadable"; id: number; side: "before" | "after"; findings: EngineFinding[] }
  | { kind: "refused"; id: number; problems: Problem[] }
  /** The worker could not be loaded, or it broke. */
  | { kind: "failed"; detail: string };

/** A person to be tried: a facts document, CSV texts of tables by name, and a region other than the person's own. */
export interface Person {
  facts: string;
  tables: Record<string, string>;
  region: string | undefined;
}

/** To the third worker. What it answers bears the job's number. */
export type TrialJob =
  /** Loads a house; what is asked later is asked of the last one that could be loaded. */
  | { kind: "load"; id: number; texts: Record<string, string> }
  | { kind: "decide"; id: number; person: Person }
  | { kind: "explain"; id: number; person: Person; at: string }
  | { kind: "bring"; id: number; person: Person; at: string; level: string }
  /** The pack's cases as they come out. */
  | { kind: "cases"; id: number; pack: string }
  /** What cases exercise of the pack's scripts. Takes many seconds. */
  | { kind: "measure"; id: number; pack: string }
  /** A case as TOML. */
  | { kind: "write"; id: number; name: string; person: Person; at: string; levels: Record<string, string>; rules: string[] };

/** From the third worker. */
export type TrialMade =
  /** Errors that kept the house from being loaded; none if it was. */
  | { kind: "loaded"; id: number; errors: EngineFinding[] }
  | { kind: "tried"; id: number; tried: Tried }
  | { kind: "explained"; id: number; explanation: Explanation }
  | { kind: "brought"; id: number; brought: Brought[] }
  | { kind: "cases"; id: number; cases: TriedCase[] }
  | { kind: "measured"; id: number; coverage: FileCoverage[] }
  | { kind: "written"; id: number; text: string }
  | { kind: "refused"; id: number; problems: Problem[] }
  /** The worker could not be loaded, or it broke. */
  | { kind: "failed"; detail: string };
