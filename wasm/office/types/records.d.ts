/** One correction (纠错): what was said, what it becomes, and who is responsible. */
export interface Correction {
  section: string;
  at: string;
  record: Record<string, unknown>;
  /** `null` to remove the record. */
  becomes: Record<string, unknown> | null;
  by: { name: string; office: string; number: string };
  reason: string;
}

/** The sources of merged facts. */
export interface Ledger {
  /** By JSON pointer into the facts. */
  entries: Record<string, { sources: string[]; corrections: number[] }>;
  superseded: {
    section: string;
    record: Record<string, unknown>;
    sources: string[];
    corrections: number[];
    /** JSON pointer to the record that replaced it, if any. */
    became: string | null;
  }[];
  contradictions: {
    kind: "records" | "field" | "corrections";
    section: string;
    record: Record<string, unknown>;
    fields: string[];
    variants: { record: Record<string, unknown>; pointer: string | null; sources: string[] }[];
    corrections: number[];
    message: Texts;
    help: Texts;
  }[];
  corrections: Correction[];
  problems: Problem[];
}

/** Decisions over all time, with corrections counted as the packs say. */
export interface History {
  longma_history: 1;
  corrections: Correction[];
  decisions: Record<
    string,
    {
      caption: Texts;
      segments: {
        from: string | null;
        until: string | null;
        level: string;
        at_least: string | null;
        packs: string[];
        causes: Cause[];
        /** The instant up to which corrections count here. */
        known: string | null;
      }[];
    }
  >;
}

/** What a person can contest (申诉). */
export interface Appeal {
  longma_appeal: 1;
  decisions: {
    decision: string;
    caption: Texts;
    at: string;
    level: string;
    level_caption: Texts | null;
    causes: (Cause & {
      /** Whether it was set by hand. */
      manual: boolean;
      grounds: (
        | {
            kind: "record";
            pointer: string;
            record: unknown;
            fields: { name: string; value: unknown; words: Texts }[];
            sources: string[];
            corrections: Correction[];
            superseded: Ledger["superseded"];
            otherwise: Ledger["contradictions"][number]["variants"];
          }
        | { kind: "row"; table: string; row: string }
      )[];
      /** What the person can do. */
      ways: Texts[];
    })[];
    problems: Problem[];
  }[];
}
