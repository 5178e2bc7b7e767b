/** Persons, and how long in all. */
export interface Amount {
  persons: number;
  person_seconds: number;
  /** In days with one decimal. */
  person_days: string;
}

/** Who changes colour, as `longma compare --json` prints it. */
export interface Comparison {
  longma_compare: 1;
  /** The names of the two sides: before and after. */
  sides: [string, string];
  /** The days that are counted; `null` if nothing ever changes. */
  from: Instant | null;
  until: Instant | null;
  offset: string;
  /** How many persons were compared. */
  persons: number;
  seed: number | null;
  /** How many were refused, and the first of them. */
  refused: number;
  refusals: { number: number; problem: Problem }[];
  decisions: ComparedDecision[];
  /** Decisions that one side alone has. */
  alone: [string[], string[]];
  /** Who changes at the first instant of a pack because of older facts. */
  first: FirstInstant[];
  /** For how many persons each rule gave a cause; 0 means that nothing is known of it. */
  fired: [Firing[], Firing[]];
}

export interface Firing {
  /** `pack/decision/function` */
  rule: string;
  persons: number;
}

export interface LevelName {
  name: string;
  caption: Texts;
  colour: string;
}

export interface ComparedDecision {
  name: string;
  caption: Texts;
  /** Lowest first; `unknown` last. */
  levels: LevelName[];
  by_level: [Amount[], Amount[]];
  /** From the level before (row) to the level after (column). */
  matrix: Amount[][];
  changed: Amount;
  /** Rules that hold on one side alone (0 or 1) where the level differs. */
  rules: ({ side: 0 | 1; rule: string } & Amount)[];
  /** Kinds of difference, most persons first. */
  kinds: ({ levels: [string, string]; rules: [string[], string[]]; example: ComparedExample | null } & Amount)[];
  /** What further kinds have in all. */
  more: Amount;
}

/** The smallest person that shows a difference. */
export interface ComparedExample {
  facts: unknown;
  absent: string[];
  tables: Record<string, Record<string, string>[]>;
  /** The spans in which the sides differ; `null` is open. */
  differs: [Instant | null, Instant | null][];
  sides: [{ timeline: ComparedStretch[] }, { timeline: ComparedStretch[] }];
}

export interface ComparedStretch {
  from: Instant | null;
  until: Instant | null;
  level: string;
  caption: Texts;
  colour: string;
  causes: Cause[];
  problems: Texts[];
}

export interface FirstInstant {
  pack: string;
  at: Instant | null;
  persons: number;
  changes: { decision: string; caption: Texts; levels: [LevelName, LevelName]; persons: number; example: ComparedExample | null }[];
}
