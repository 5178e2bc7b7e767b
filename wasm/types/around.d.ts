/** How it is known that a person was at a venue. */
export type Presence = "on_site" | "registered" | "forwarded";

/** What a card shows at one instant; draw it anew at `changes_at`. */
export interface Card {
  at: string;
  /** Masked. */
  holder: { name: string; document: string; health_card: string | null };
  state: "valid" | "expired" | "not_issued" | "unknown";
  state_words: Texts;
  /** The tone of the face; `grey` unless the state is `valid`. */
  tone: string;
  /** The colour and why; `null` where the rules have no such decision. */
  face: CardPart | null;
  issued_at: string | null;
  refresh_before: string | null;
  /** Drawn over the face: gold, skin. None while it may not be shown. */
  overlays: CardPart[];
  /** Drawn beside it: tests, vaccination. */
  badges: CardPart[];
  /** What the holder must still do. */
  duties: CardPart[];
  /** What is not known of these, by name. */
  not_known: Texts[];
  changes_at: string | null;
}

/** One decision on a card. */
export interface CardPart {
  decision: string;
  name: Texts;
  /** A level of the decision, or `unknown`. */
  level: string;
  at_least: string | null;
  at_least_words: Texts | null;
  words: Texts;
  tone: string;
  since: string | null;
  /** A countdown runs to this. */
  until: string | null;
  /** The level that comes then. */
  next: string | null;
  reasons: { caption: Texts; release: Texts; until: string | null }[];
  /** What keeps the level from being known. */
  unknown_because: Texts[];
}

/** The cards that a person holds. */
export interface Wallet {
  own: Card;
  dependants: { dependant: string; relation: string; relation_words: Texts; until: string | null; card: Card }[];
  /** `/0` is the first document that was given. */
  refused: Problem[];
}

/** A sampling site that was found. */
export interface FoundSite {
  metres: number;
  id: string;
  name: string;
  address: string;
  open: boolean;
  /** When it closes, or opens next within a week. */
  changes_at: string | null;
  queue_minutes: number | null;
}

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
