// Written by wasm/scripts/types.mjs from rules/schema/venue.schema.json. Change the schema, not this file.

/**
 * Facts about one venue and the person at its door. A section that is left out is not known.
 */
export interface Venue {
  /**
   * What these facts are about.
   */
  subject: "venue";
  identity: VenueIdentity;
  /**
   * What the venue is and asks; the latest that holds counts.
   */
  profile?: Profile[];
  /**
   * Opening hours, by weekday.
   */
  hours?: Hours[];
  /**
   * How many people were inside.
   */
  occupancy?: Occupancy[];
  /**
   * Persons who scanned the venue's code, each with what was presented.
   */
  scans?: Scan[];
  /**
   * The person's statuses over time, as the person's device decided them.
   */
  presented?: Presented[];
}
/**
 * Which venue.
 */
export interface VenueIdentity {
  /**
   * The venue's code.
   */
  code: string;
  /**
   * Name.
   */
  name: string;
  /**
   * Whose rules apply: six digits by GB/T 2260.
   */
  region: string;
}
/**
 * The venue's policy from an instant on.
 */
export interface Profile {
  /**
   * From when on it holds.
   */
  from: string;
  /**
   * What kind of place.
   */
  kind:
    | "hospital"
    | "nursing_home"
    | "school"
    | "nursery"
    | "market"
    | "restaurant"
    | "transport"
    | "office"
    | "entertainment"
    | "residential"
    | "other";
  /**
   * What is asked at the door: to register only, a green code, or a green code with a recent test.
   */
  policy: "register" | "code" | "code_and_test";
  /**
   * How many hours old the test may be, where one is asked for. Left out where the venue names no number: the pack's own counts.
   */
  test_hours?: number;
  /**
   * How many people may be inside at a time. Left out where there is no limit.
   */
  capacity?: number;
}
/**
 * One stretch of opening.
 */
export interface Hours {
  /**
   * 1 is Monday, 7 is Sunday, 8 is a public holiday.
   */
  weekday: number;
  /**
   * Minutes after midnight.
   */
  opens: number;
  /**
   * Minutes after midnight; 1440 is the end of the day. Less than `opens`: open past midnight, until this minute of the next day. The same as `opens`: not open; round the clock is 0 to 1440.
   */
  closes: number;
}
/**
 * A count.
 */
export interface Occupancy {
  /**
   * When it was counted.
   */
  at: string;
  /**
   * How many.
   */
  inside: number;
}
/**
 * One scan.
 */
export interface Scan {
  /**
   * A stable pseudonym of the person, not the document's number.
   */
  person: string;
  /**
   * When.
   */
  at: string;
  /**
   * Scanned on the spot, registered by staff, or a forwarded code scanned elsewhere.
   */
  presence: "on_site" | "registered" | "forwarded";
}
/**
 * A level over a span.
 */
export interface Presented {
  /**
   * The pseudonym of the scan.
   */
  person: string;
  /**
   * Which decision. Vaccination and itinerary are shown by the same scan; no rule admits or refuses by them.
   */
  decision: "code" | "validity" | "tests" | "vaccination" | "itinerary";
  /**
   * The level, or `unknown`.
   */
  level: string;
  /**
   * First instant.
   */
  from: string;
  /**
   * First instant after. Left out where none is known.
   */
  until?: string;
}
