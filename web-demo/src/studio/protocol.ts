// What the page and its workers say to each other.
import type { Comparison, Finding as EngineFinding, NewPack, NewPackRequest, Problem } from "../../../wasm/studio/pkg-web/longma_studio.js";

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
  /** Counts who changes from the first house to the second. Ends an older count. */
  | { kind: "compare"; id: number; sides: [Record<string, string>, Record<string, string>]; region: string | null; persons: number }
  | { kind: "stop" }
  /** The last count as an HTML page. */
  | { kind: "page"; id: number; lang: string }
  /** A new pack beside these. */
  | { kind: "newPack"; id: number; texts: Record<string, string>; request: NewPackRequest }
  /** The rule book as an HTML page. */
  | { kind: "book"; id: number; texts: Record<string, string>; lang: string }
  /** The packs as the engine loads them. */
  | { kind: "compile"; id: number; texts: Record<string, string> };

/** From the second worker. */
export type Made =
  /** What came out so far. */
  | { kind: "counted"; id: number; report: Comparison }
  /** The count has ended; `null` if it was stopped before anybody was counted. */
  | { kind: "compared"; id: number; report: Comparison | null }
  /** A new pack; `null` if the request cannot be met, and the findings say why. */
  | { kind: "newPack"; id: number; pack: NewPack | null; findings: EngineFinding[] }
  | { kind: "made"; id: number; content: string | Uint8Array }
  /** These packs have errors. */
  | { kind: "unloadable"; id: number; side: "before" | "after"; findings: EngineFinding[] }
  | { kind: "refused"; id: number; problems: Problem[] }
  /** The worker could not be loaded, or it broke. */
  | { kind: "failed"; detail: string };
