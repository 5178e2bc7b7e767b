/** What a gate says about a code. */
export interface GateAnswer {
  /** When, in RFC 3339. */
  at: string;
  word: "admit" | "check" | "deny";
  /** The word for readers. */
  words: Texts;
  /** Why, the first reason first. */
  why: { code: string; words: Texts; help: Texts | null }[];
  /** Who holds the code, masked. */
  holder: { name: string; document: string } | null;
  /** What the code shows. */
  face: { level: string; words: Texts; tone: string } | null;
  /** Whether the holder's phone signed it a moment ago; if not, it may be a copy. */
  signed_now: boolean;
  /** Whether it is a sample, which admits nobody. */
  sample: boolean;
}

/** What is loaded at a gate, and how old it is. */
export interface GateState {
  /** The version of the release of packs. */
  release: number;
  /** From when on the packs no longer count. */
  until: string;
  counts: boolean;
  list_issued: string | null;
  list_until: string | null;
  /** Whether a list of revoked codes is needed and none counts. */
  list_missing: boolean;
  sample: boolean;
}

/** What a pass says to the phone that holds it. Who issued it is verified at a gate alone. */
export interface HeldPass {
  /** From when on it counts, and from when on no longer. */
  issued: string;
  expires: string;
  /** Which phone signs it: this one, another one, or any, and then a copy cannot be told. */
  phone: "own" | "other" | "any";
  /** Who holds it, masked; null if the packs cannot read its facts. */
  holder: GateAnswer["holder"];
  /** The level that it shows; null if a gate decides, or the packs do not know it. */
  face: GateAnswer["face"];
}
