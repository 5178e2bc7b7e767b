// Written by wasm/scripts/types.mjs from rules/schema/outcome.schema.json. Change the schema, not this file.

/**
 * An instant, RFC 3339, whole seconds, offset given.
 *
 * This interface was referenced by `OutcomeJson`'s JSON-Schema
 * via the `definition` "instant".
 */
export type Instant = string;
/**
 * `<region>/<date>` or `<region>/<series>-<date>`.
 *
 * This interface was referenced by `OutcomeJson`'s JSON-Schema
 * via the `definition` "packId".
 */
export type PackId = string;
/**
 * Where a problem is.
 *
 * This interface was referenced by `OutcomeJson`'s JSON-Schema
 * via the `definition` "place".
 */
export type Place =
  | {
      kind: "facts";
      pointer: string;
    }
  | {
      kind: "file";
      file: string;
      line: number;
      column: number;
    }
  | {
      kind: "key";
      file: string;
      key: string[];
    }
  | {
      kind: "reference";
      table: string;
      line: number;
    }
  | {
      kind: "none";
    };

/**
 * What the rules of a region say of a subject, for all instants. Instants are RFC 3339 with an offset, in whole seconds; spans are half-open: `from` is in, `until` is out.
 */
export interface OutcomeJson {
  /**
   * Version of this format.
   */
  longma: 2;
  /**
   * Kind of subject.
   */
  subject: string;
  /**
   * The region whose rules were applied: six digits by GB/T 2260, abroad a code of ISO 3166 in lower case, or org- and the name of an organisation.
   */
  region: string;
  /**
   * The decisions, by name.
   */
  decisions: {
    [k: string]: Decision;
  };
  /**
   * What kept rules from deciding; segments and statuses name positions here.
   */
  problems: Problem[];
}
/**
 * One decision.
 *
 * This interface was referenced by `OutcomeJson`'s JSON-Schema
 * via the `definition` "decision".
 */
export interface Decision {
  caption: Texts;
  /**
   * Its scale, lowest level first.
   *
   * @minItems 2
   *
   * Items: A level.
   */
  levels: {
    /**
     * Its name on the wire.
     */
    level: string;
    caption: Texts;
    /**
     * The tone to show it in.
     */
    colour: "green" | "yellow" | "red" | "gold" | "grey" | "blue";
  }[];
  /**
   * The rules of the causes, with what they say to readers; causes name positions here.
   */
  rules: Citation[];
  /**
   * The lists of facts that causes rest on, each once; causes name positions here.
   */
  evidence: string[][];
  /**
   * Every cause, highest level first. Those are active in a segment that begin no later and end no earlier.
   */
  causes: Entry[];
  /**
   * Segments that cover all time in order, without gaps; equal neighbours are merged.
   *
   * @minItems 1
   */
  timeline: Segment[];
  status?: StatusEntry;
}
/**
 * One text in each language of its pack, by tag. Chinese and English are always there.
 *
 * This interface was referenced by `OutcomeJson`'s JSON-Schema
 * via the `definition` "texts".
 */
export interface Texts {
  "zh-CN": string;
  en: string;
  [k: string]: string;
}
/**
 * What a rule says to readers.
 *
 * This interface was referenced by `OutcomeJson`'s JSON-Schema
 * via the `definition` "citation".
 */
export interface Citation {
  /**
   * `<pack>/<decision>/<rule>`, or `manual/<decision>` for a level set by hand.
   */
  rule: string;
  caption: Texts;
  release: Texts;
  source: Texts;
}
/**
 * Why a level holds over a span.
 *
 * This interface was referenced by `OutcomeJson`'s JSON-Schema
 * via the `definition` "entry".
 */
export interface Entry {
  /**
   * The rule: a position in the decision's `rules`.
   */
  rule: number;
  /**
   * The level that it gives.
   */
  level: string;
  /**
   * The facts it rests on: a position in the decision's `evidence`.
   */
  evidence: number;
  /**
   * First instant; null for ever before.
   */
  from: Instant | null;
  /**
   * First instant after; null for ever after.
   */
  until: Instant | null;
}
/**
 * A stretch of time with one level and one set of causes.
 *
 * This interface was referenced by `OutcomeJson`'s JSON-Schema
 * via the `definition` "segment".
 */
export interface Segment {
  /**
   * First instant; null for ever before.
   */
  from: Instant | null;
  /**
   * First instant after; null for ever after.
   */
  until: Instant | null;
  /**
   * A level of the decision's scale, or `unknown` where it cannot be known.
   */
  level: string;
  /**
   * Where the level is unknown: the highest level that is certain, if any.
   */
  at_least: string | null;
  /**
   * Ids of the packs in force, own first, then what they inherit; empty where none is.
   */
  packs: PackId[];
  /**
   * Positions in the outcome's `problems`.
   */
  problems: number[];
}
/**
 * A decision at the instant that was asked.
 *
 * This interface was referenced by `OutcomeJson`'s JSON-Schema
 * via the `definition` "statusEntry".
 */
export interface StatusEntry {
  at: Instant;
  /**
   * A level of the decision's scale, or `unknown` where it cannot be known.
   */
  level: string;
  /**
   * Where the level is unknown: the highest level that is certain, if any.
   */
  at_least: string | null;
  /**
   * Since when the level has been this one; null for ever.
   */
  since: Instant | null;
  /**
   * First instant of another level; null if none comes.
   */
  until: Instant | null;
  /**
   * What comes at `until`; null if nothing does.
   */
  next: {
    at: Instant;
    /**
     * A level of the decision's scale, or `unknown` where it cannot be known.
     */
    level: string;
  } | null;
  /**
   * Ids of the packs in force, own first, then what they inherit; empty where none is.
   */
  packs: PackId[];
  /**
   * Positions of the active causes in the decision's `causes`, highest level first.
   */
  causes: number[];
  /**
   * Positions in the outcome's `problems`.
   */
  problems: number[];
}
/**
 * Something that is wrong, as data.
 *
 * This interface was referenced by `OutcomeJson`'s JSON-Schema
 * via the `definition` "problem".
 */
export interface Problem {
  /**
   * Whether it keeps a rule from deciding.
   */
  severity: "error" | "warning";
  /**
   * Its stable name.
   */
  code: string;
  message: Texts;
  /**
   * What to do.
   */
  help: Texts | null;
  place: Place;
  /**
   * What was expected there.
   */
  expected: Texts | null;
  /**
   * What was found there.
   */
  found: string | null;
  /**
   * The rule concerned.
   */
  rule: string | null;
}
/**
 * A decision at one instant.
 *
 * This interface was referenced by `OutcomeJson`'s JSON-Schema
 * via the `definition` "status".
 */
export interface Status {
  at: Instant;
  /**
   * A level of the decision's scale, or `unknown` where it cannot be known.
   */
  level: string;
  /**
   * Where the level is unknown: the highest level that is certain, if any.
   */
  at_least: string | null;
  /**
   * Since when the level has been this one; null for ever.
   */
  since: Instant | null;
  /**
   * First instant of another level; null if none comes.
   */
  until: Instant | null;
  /**
   * What comes at `until`; null if nothing does.
   */
  next: {
    at: Instant;
    /**
     * A level of the decision's scale, or `unknown` where it cannot be known.
     */
    level: string;
  } | null;
  /**
   * Ids of the packs in force, own first, then what they inherit; empty where none is.
   */
  packs: PackId[];
  /**
   * Every active cause, highest level first.
   */
  causes: Cause[];
  /**
   * Positions in the outcome's `problems`.
   */
  problems: number[];
}
/**
 * Why a level holds.
 *
 * This interface was referenced by `OutcomeJson`'s JSON-Schema
 * via the `definition` "cause".
 */
export interface Cause {
  /**
   * `<pack>/<decision>/<rule>`, or `manual/<decision>` for a level set by hand.
   */
  rule: string;
  /**
   * The level that it gives.
   */
  level: string;
  caption: Texts;
  release: Texts;
  source: Texts;
  /**
   * The facts it rests on: JSON pointers into the facts document, or `<table>#/<row>` with rows counted from 0.
   */
  evidence: string[];
  /**
   * First instant; null for ever before.
   */
  from: Instant | null;
  /**
   * First instant after; null for ever after.
   */
  until: Instant | null;
}
