/** How it is known that a person was at a venue. */
export type Presence = "on_site" | "registered" | "forwarded";

/** What a card shows at one instant. Redraw it at `changes_at`. */
export interface Card {
  at: string;
  /** Masked. */
  holder: { name: string; document: string; health_card: string | null };
  state: "valid" | "expired" | "not_issued" | "unknown";
  state_words: Texts;
  /** The tone of the face. `grey` unless the state is `valid`. */
  tone: string;
  /** The colour and its reasons. `null` if no pack decides it at that time. */
  face: CardPart | null;
  issued_at: string | null;
  refresh_before: string | null;
  /** Drawn over the face. Empty while the face may not be shown. */
  overlays: CardPart[];
  /** Drawn next to the face. */
  badges: CardPart[];
  /** What the holder must still do. */
  duties: CardPart[];
  /** Names of the overlays, badges and duties whose level is not known. */
  not_known: Texts[];
  changes_at: string | null;
}

/** What a pack says a decision is for. */
export type Role = "face" | "validity" | "overlay" | "badge" | "duty" | "presented" | "admission" | "proxy" | "urgency";

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
  /** The end of the countdown. */
  until: string | null;
  /** The level that comes then. */
  next: string | null;
  reasons: { caption: Texts; release: Texts; until: string | null }[];
  /** Why the level is not known. */
  unknown_because: Texts[];
}

/** The cards that a person holds. */
export interface Wallet {
  own: Card;
  dependants: { dependant: string; relation: string; relation_words: Texts; until: string | null; card: Card }[];
  /** Problems of dependants' documents; `/0` is the first one given. */
  refused: Problem[];
}

/** A sampling site found in a search. */
export interface FoundSite {
  metres: number;
  id: string;
  name: string;
  address: string;
  open: boolean;
  /** When it closes, or when it next opens within a week. */
  changes_at: string | null;
  queue_minutes: number | null;
}

/** What is in force in a region at an instant, in the packs' words. */
export interface Policy {
  at: string;
  /** The packs in force: of each series the own one, then those that it inherits. */
  packs: PackInfo[];
  decisions: {
    decision: string;
    name: Texts;
    subject: string;
    roles: Role[];
    levels: { level: string; words: Texts; tone: string }[];
    /** The rules: which, why, until when, by which source. */
    rules: { rule: string; caption: Texts; release: Texts; source: Texts }[];
  }[];
  /** The instants at which anything changed or will change in this region. */
  changes: string[];
}

/** A rule pack, for a list. */
export interface PackInfo {
  /** `<region>/<date>` or `<region>/<series>-<date>`. */
  id: string;
  version: string;
  title: Texts;
  /** RFC 3339. `null` if open-ended. */
  from: string | null;
  until: string | null;
}
