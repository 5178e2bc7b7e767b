/** The result of screening a list. */
export interface Screened {
  received: string;
  /** `given` is `used` plus `reported`. `blank` counts rows with only empty cells. */
  rows: { given: number; used: number; reported: number; blank: number };
  columns: {
    line: number;
    headers: string[];
    /** Column positions, counted from 0, by the columns' content. */
    used: Record<string, number>;
    unused: string[];
    /** Title lines above the headers. */
    titles: number[];
  };
  /** Most urgent first. Nothing is masked. */
  people: {
    lines: number[];
    name: string;
    number: string;
    phones: string[];
    remarks: string[];
    triage: CardPart | null;
    code: CardPart | null;
    deadline: string | null;
    /** The facts document that was decided. */
    facts: Record<string, unknown>;
    notes: ScreenFinding[];
    /** Contradictions between this person's rows. */
    contradictions: {
      section: string;
      fields: string[];
      message: Texts;
      help: Texts;
      variants: { record: Record<string, unknown>; pointer: string | null; sources: string[] }[];
    }[];
    problems: Problem[];
  }[];
  /** Rows that were not used, by line. */
  reported: {
    line: number;
    cells: string[];
    name: string;
    phone: string;
    findings: ScreenFinding[];
  }[];
}

/** An error in a list, or a note about it. Lines and columns count from 1. */
export interface ScreenFinding {
  line: number;
  column: number | null;
  header: string | null;
  problem: Problem;
}

/** Counts of fever clinics by region and day. */
export interface RollUp {
  /** Number of clinics that the counts rest on. */
  clinics: number;
  lines: {
    region: string;
    day: string;
    fever: number;
    visits: number;
    reported: number;
    clinics: number;
    missing: string[];
  }[];
  problems: Problem[];
}
