/** A range in a script. Lines and columns count from 1; `end` is the first position after it. */
export interface Range {
  file: string;
  start: { line: number; column: number };
  end: { line: number; column: number };
}

/** One error or warning about packs. */
export interface Finding {
  severity: "error" | "warning";
  /** Its stable name. */
  code: string;
  message: Texts;
  /** What to do. */
  help: Texts | null;
  spot: Range | Place;
}
