/** A list that was gone through. */
export interface Screened {
  received: string;
  /** `used` and `reported` together are `given`; rows of empty cells are `blank`. */
  rows: { given: number; used: number; reported: number; blank: number };
  columns: {
    line: number;
    headers: string[];
    /** Positions of columns, from 0, by what they hold. */
    used: Record<string, number>;
    unused: string[];
    /** Lines above the headers. */
    titles: number[];
  };
  /** The most urgent first. Nothing is masked. */
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
    /** Where rows of this person contradict one another. */
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

/** What is wrong in a list, or is to be known of it. Lines and columns count from 1. */
export interface ScreenFinding {
  line: number;
  column: number | null;
  header: string | null;
  problem: Problem;
}

/** Counts of fever clinics by region and day. */
export interface RollUp {
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
