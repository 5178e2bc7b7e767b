/** One thing that differs between two houses, in words. */
export interface Change {
  kind: "pack" | "span" | "rule" | "param" | "decision" | "caption" | "manifest" | "case" | "text";
  how: "added" | "removed" | "changed";
  /** The file that holds it, or held it. */
  file: string;
  /** Its line from 1 in the house after; in the one before if it is gone. */
  line: number;
  words: Texts;
  /** What it said before and says now, where it says something. */
  before: Texts | null;
  after: Texts | null;
  /** The reason that the pack gives. */
  reason: Texts | null;
}

/** What changed in one pack. */
export interface PackChanges {
  pack: string;
  title: Texts;
  changes: Change[];
}

/** Who approved a pack. */
export interface Approvals {
  pack: string;
  /** What is approved: a digest of the pack's texts without the approvals. */
  edition: string;
  /** How many different persons approved this edition. */
  count: number;
  /** How many are needed. */
  needed: number;
  records: Approval[];
}

export interface Approval {
  /** The version and edition of the pack that were approved. */
  version: string;
  edition: string;
  name: string;
  office: string;
  at: Instant;
  note: string;
  /** Whether it is for the pack as it is now. */
  current: boolean;
}

/** A request for a new pack; everything but `from` may be missing. */
export interface NewPackRequest {
  region?: string;
  /** A day, or an instant. */
  from: string;
  until?: string;
  /** A region, a pack's id, or `none`. */
  inherits?: string;
  /** The pack to carry on. */
  like?: string;
  decision?: string;
  subject?: string;
  title?: string;
  title_en?: string;
  /** Whether the pack in force before is changed to end where this one begins. */
  close_previous?: boolean;
}

/** A new pack: its files, and files of other packs that change with it. */
export interface NewPack {
  id: string;
  files: Record<string, string>;
  changed: Record<string, string>;
  /** Choices that were made by default, and points to review. */
  remarks: Texts[];
}
