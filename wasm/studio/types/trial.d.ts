/** What a decision says of a person over all time. */
export interface TriedDecision {
  name: string;
  caption: Texts;
  /** Lowest first; `unknown` last. */
  levels: LevelName[];
  timeline: ComparedStretch[];
}

/** A person decided. */
export interface Tried {
  /** The region whose rules apply. */
  region: string;
  offset: string;
  decisions: TriedDecision[];
}

/** A case of a pack as it comes out now. */
export interface TriedCase {
  file: string;
  /** The line of the file on which it begins, from 1. */
  line: number;
  name: string;
  /** The facts document as JSON text. */
  facts: string;
  /** CSV texts of tables by name. */
  tables: Record<string, string>;
  at: { time: string; levels: Record<string, string> }[];
  passed: boolean;
  /** `null` if the facts are refused. */
  tried: Tried | null;
}

/** Why every decision has its level at an instant, as `longma explain --json` prints it. */
export interface Explanation {
  longma_explanation: 1;
  at: Instant;
  region: string;
  /** The span of the policy in force. */
  from: Instant | null;
  until: Instant | null;
  packs: string[];
  decisions: {
    decision: string;
    caption: Texts;
    status: Status;
    /** Highest first. */
    levels: {
      level: string;
      caption: Texts;
      colour: string;
      standing: "above" | "here" | "below" | "possible";
      rules: string[];
      next: Instant | null;
      nearest: { rule: string; from: Instant | null; until: Instant | null; to_come: boolean } | null;
      held_up_by: Cause[];
    }[];
    rules: {
      /** `pack/decision/function` */
      rule: string;
      caption: Texts;
      release: Texts;
      source: Texts;
      range: Range | null;
      levels: string[];
      verdict: "holds" | "to-come" | "over" | "elsewhen" | "never" | "unknown" | "failed";
      causes: { level: string; from: Instant | null; until: Instant | null; holds: boolean; facts: ExplainedFact[] }[];
      reasons: ExplainedReason[];
      more_reasons: number;
      problems: Problem[];
    }[];
    changed: { name: string; by: string; dropped: boolean; reason: string }[];
  }[];
}

/** A record or row, by JSON pointer or `table#/row`, with its members as `name = value`. */
export interface ExplainedFact {
  pointer: string;
  text: string;
}

export type ExplainedReason =
  | { reason: "empty"; section: string }
  | { reason: "condition"; about: ExplainedFact | null; condition: string; was: boolean; values: { text: string; value: string }[]; range: Range; within: ExplainedReason[] }
  | { reason: "no-rows"; about: ExplainedFact | null; call: string; range: Range }
  | { reason: "never-begins"; about: ExplainedFact | null; cause: string; values: { text: string; value: string }[]; range: Range };

/** What would bring a decision to a level, as `longma explain --to LEVEL --json` prints it. */
export interface Brought {
  decision: string;
  level: string;
  /** When it is reached with the facts as they are; `null` if it is not. */
  from: Instant | null;
  /** Records of which one alone brings it earlier, smallest first. */
  records: { section: string; record: Record<string, unknown>; from: Instant }[];
}

/** What cases exercise of a script. */
export interface FileCoverage {
  file: string;
  /** By kind: rules, functions, branches, releases, captions. */
  counts: Record<string, { covered: number; total: number }>;
  places: {
    what: "rule" | "release" | "caption" | "function" | "true" | "false" | "present" | "absent" | "arm" | "closure";
    function: string;
    range: Range;
    visits: number;
    /** What no case does there; `null` if one does. */
    gap: Texts | null;
  }[];
}

/** The result for one law of one pack, as `longma laws --json` prints it. */
export interface LawReport {
  pack: string;
  law: string;
  /** The pack that declares it. */
  declared: string;
  words: Texts;
  /** Whether it holds, apart from its documented breaches. */
  holds: boolean;
  /** Whether the search saw nothing. */
  blind: boolean;
  persons: number;
  fired: Firing[];
  uncertain: number;
  fault: Texts | null;
  counterexample: LawExample | null;
  breaches: { rule: string; ground: Texts; persons: number; example: LawExample | null }[];
}

export interface LawExample {
  facts: unknown;
  /** The added record, for a law about one more record. */
  added: unknown;
  tables: Record<string, Record<string, string>[]>;
  from: Instant | null;
  until: Instant | null;
  rules: string[];
  /** Without and with what the law is about. */
  sides: [{ timeline: ComparedStretch[] }, { timeline: ComparedStretch[] }];
}

/** A slip made on purpose, and who noticed it. */
export interface Slip {
  /** What kind of slip it is. */
  kind: Texts;
  file: string;
  /** From 1. */
  line: number;
  /** What stood there, and what stands there instead. */
  change: [string, string];
  fate: "check" | "cases" | "survived";
  /** For one that survived: a case that would notice it, as TOML, if a person was found. */
  case: string | null;
}
