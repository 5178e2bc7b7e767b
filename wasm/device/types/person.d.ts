// Written by wasm/scripts/types.mjs from rules/schema/person.schema.json. Change the schema, not this file.

/**
 * Facts about one person. A section that is left out is not known; an empty section is known to be empty. The two never mean the same. Timestamps are RFC 3339 with an offset, in whole seconds.
 */
export interface Person {
  /**
   * What these facts are about.
   */
  subject: "person";
  identity: Identity;
  /**
   * Times at which a code was issued.
   */
  issuance?: Issuance[];
  /**
   * Diagnoses of an infection, and suspicions of one.
   */
  diagnoses?: Diagnosis[];
  /**
   * Contacts with cases, as traced by health authorities.
   */
  contacts?: Contact[];
  /**
   * Where the person stayed, down to the community.
   */
  stays?: Stay[];
  /**
   * Entries into the country.
   */
  entries?: Entry[];
  /**
   * Tests for the virus.
   */
  tests?: Test[];
  /**
   * Doses of vaccine.
   */
  vaccinations?: Vaccination[];
  /**
   * Symptoms that were reported.
   */
  symptoms?: Symptom[];
  /**
   * Isolation and monitoring that was ordered.
   */
  isolation?: Isolation[];
  /**
   * Marks set by other systems.
   */
  flags?: Flag[];
  /**
   * Visits to venues, by scanning their codes or by being registered there.
   */
  visits?: Visit[];
  /**
   * Arrivals in the province.
   */
  arrivals?: Arrival[];
  /**
   * What the person reported of their own health, day by day.
   */
  check_ins?: CheckIn[];
  /**
   * Elderly people and children whose codes this person may hold.
   */
  dependants?: Dependant[];
  /**
   * Sections of which only a part is known, such as visits that a phone began to record today. What rests on such a section is not known.
   */
  incomplete?: "visits"[];
  /**
   * Colours set by hand. Each needs a reason, an end and two different officers, and is shown as what it is.
   */
  overrides?: Override[];
}
/**
 * Who the person is. The data format follows GB/T 38962-2020.
 */
export interface Identity {
  /**
   * Name as in the document.
   */
  name: string;
  document: Document;
  /**
   * Sex by GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated.
   */
  sex?: "0" | "1" | "2" | "9";
  /**
   * Date of birth. Left out where it is not told: no rule asks for it.
   */
  birth_date?: string;
  /**
   * Where the person lives and whose rules apply: six digits by GB/T 2260.
   */
  region: string;
  /**
   * Number of the electronic health card that the code was fused with. Left out where there is none.
   */
  health_card?: string;
}
/**
 * The identity document.
 */
export interface Document {
  /**
   * Kind of document: resident identity card, household register (with the resident number), birth certificate, passport, foreign passport, mainland travel permit for Hong Kong and Macao residents, mainland travel permit for Taiwan residents, residence permit for Hong Kong, Macao and Taiwan residents, foreigner's permanent residence card, military officer's card, soldier's card, other.
   */
  type:
    | "resident_id"
    | "household_register"
    | "birth_certificate"
    | "passport"
    | "foreign_passport"
    | "hk_macao_permit"
    | "taiwan_permit"
    | "hk_macao_taiwan_residence_permit"
    | "foreign_resident_id"
    | "military_officer_id"
    | "soldier_id"
    | "other";
  /**
   * Number as printed on the document. Its spellings are one: blanks, widths, hyphens, x and X, 15 and 18 digits say nothing.
   */
  number: string;
}
/**
 * One issue of a code.
 */
export interface Issuance {
  /**
   * When the code was issued.
   */
  issued_at: string;
  /**
   * How it was applied for: mini-program, app, or on behalf of an elderly person or a child. Left out where it is not known: no rule asks for it.
   */
  channel?: "mini_program" | "app" | "on_behalf";
}
/**
 * One diagnosis.
 */
export interface Diagnosis {
  /**
   * Confirmed case, asymptomatic infection, suspected case, or positive again after recovery.
   */
  kind: "confirmed" | "asymptomatic" | "suspected" | "re_positive";
  /**
   * When the diagnosis was made.
   */
  diagnosed_at: string;
  /**
   * When the person was declared cured or the diagnosis was ruled out. Left out while it stands; then leaving the hospital ends it. Where it is given it alone counts, be it before or after leaving the hospital.
   */
  resolved_at?: string;
  /**
   * When the person left the hospital. Left out while there, and where nobody was admitted.
   */
  discharged_at?: string;
}
/**
 * One contact.
 */
export interface Contact {
  /**
   * Close contact of a case, contact of a close contact, or companion in time and space.
   */
  kind: "close" | "secondary" | "time_space";
  /**
   * The last contact with the case or the close contact; for a companion, the last time at the same place.
   */
  last_contact: string;
  /**
   * When the person was identified as such.
   */
  identified_at: string;
  /**
   * When the authority took the person off the list, e.g. after an error was corrected or paper proof accepted. Left out while listed.
   */
  released_at?: string;
}
/**
 * One stay.
 */
export interface Stay {
  /**
   * Province, by its full name, e.g. 甘肃省.
   */
  province: string;
  /**
   * City or prefecture, by its full name, e.g. 兰州市.
   */
  city: string;
  /**
   * County or district, by its full name, e.g. 城关区. Left out in a city without counties, such as 嘉峪关市.
   */
  county?: string;
  /**
   * Community, village or address as the risk-area list names it.
   */
  community: string;
  /**
   * When the person arrived.
   */
  arrived: string;
  /**
   * When the person left. Left out while still there.
   */
  left?: string;
  /**
   * Whether the place was named a key area or key venue (重点区域或场所) by the authority. Left out where it was not named one: whoever does not know leaves out the section.
   */
  key_area?: boolean;
}
/**
 * One entry.
 */
export interface Entry {
  /**
   * When the person entered the country.
   */
  entered_at: string;
  /**
   * Country or region of departure: three letters by GB/T 2659 (ISO 3166-1 alpha-3). Left out where it is not known: no rule asks for it.
   */
  country?: string;
}
/**
 * One test.
 */
export interface Test {
  /**
   * Nucleic acid test or antigen test.
   */
  method: "nucleic_acid" | "antigen";
  /**
   * When the sample was taken. Windows (24 h, 48 h, day 3) are judged by it.
   */
  sampled_at: string;
  /**
   * When the result was reported. A release takes effect at this time.
   */
  reported_at: string;
  /**
   * Result of the tube: of the person, or of the whole pool.
   */
  result: "negative" | "positive" | "inconclusive";
  /**
   * How many people's samples were in the tube; 1 is a single test.
   */
  pool_size: number;
  /**
   * Laboratory or place of the test. Left out where it is not known: no rule asks for it.
   */
  laboratory?: string;
}
/**
 * One dose.
 */
export interface Vaccination {
  /**
   * Vaccine: three inactivated ones (CoronaVac, BBIBP-CorV, WIBP-CorV), Ad5 vector (Convidecia), recombinant protein in CHO cells (ZF2001), other.
   */
  product: "CoronaVac" | "BBIBP-CorV" | "WIBP-CorV" | "Convidecia" | "ZF2001" | "other";
  /**
   * Number of the dose as recorded; it is information only, the dates decide.
   */
  dose: number;
  /**
   * Day of the dose.
   */
  at: string;
}
/**
 * One symptom.
 */
export interface Symptom {
  /**
   * Which symptom.
   */
  kind:
    | "fever"
    | "cough"
    | "fatigue"
    | "sore_throat"
    | "loss_of_smell_or_taste"
    | "nasal_congestion"
    | "conjunctivitis"
    | "muscle_pain"
    | "diarrhoea"
    | "shortness_of_breath";
  /**
   * When it began.
   */
  onset: string;
  /**
   * When it ended. Left out while it lasts.
   */
  ended_at?: string;
  /**
   * When a doctor ruled out the infection as its cause. Left out otherwise.
   */
  ruled_out_at?: string;
}
/**
 * One order.
 */
export interface Isolation {
  /**
   * Central isolation, isolation at home, or health monitoring at home.
   */
  kind: "central" | "home" | "monitoring";
  /**
   * Why it was ordered.
   */
  reason: "entry" | "close_contact" | "secondary_contact" | "risk_area" | "other";
  /**
   * When it began.
   */
  from: string;
  /**
   * When it is planned to end.
   */
  until: string;
  /**
   * When the person was released. Left out while not released.
   */
  released_at?: string;
}
/**
 * One mark.
 */
export interface Flag {
  /**
   * Listed for mass testing and not tested, or marked high risk by the national code.
   */
  kind: "mass_testing_missed" | "national_high_risk";
  /**
   * When the mark was set.
   */
  raised_at: string;
  /**
   * When the mark was removed. Left out while it stands.
   */
  cleared_at?: string;
}
/**
 * One visit.
 */
export interface Visit {
  /**
   * The venue's code.
   */
  venue: string;
  /**
   * Digest of the venue's code with the salt of the published list of exposure events, in lower-case hexadecimal. The device works it out; a visit without it leaves the contact check unknown.
   */
  digest?: string;
  /**
   * When the code was scanned, or the person was registered.
   */
  entered_at: string;
  /**
   * When the person left. Left out where it is not known.
   */
  left_at?: string;
  /**
   * How it is known that the person was there: scanned on the spot, registered by the venue's staff, or only a code that was forwarded and scanned elsewhere, which is weak evidence.
   */
  presence: "on_site" | "registered" | "forwarded";
}
/**
 * One arrival.
 */
export interface Arrival {
  /**
   * When the person arrived.
   */
  arrived_at: string;
  /**
   * Province, by its full name, e.g. 甘肃省.
   */
  province: string;
  /**
   * City or prefecture, by its full name, e.g. 兰州市.
   */
  city: string;
  /**
   * County or district, by its full name, e.g. 城关区. Left out in a city without counties, such as 嘉峪关市.
   */
  county?: string;
  /**
   * The highest risk of the places of origin on arrival, as the list of the day had it.
   */
  risk: "none" | "low" | "medium" | "high";
  /**
   * When the arrival was reported. Left out while it is not.
   */
  reported_at?: string;
}
/**
 * One report.
 */
export interface CheckIn {
  /**
   * When it was reported.
   */
  at: string;
  /**
   * Body temperature in degrees Celsius, with one decimal. Left out where it was not taken: no rule takes that for a normal one.
   */
  temperature?: number;
  /**
   * Symptoms at that time; none where the list is empty. Left out where they were not asked.
   *
   * Items: Which symptom.
   */
  symptoms?: (
    | "fever"
    | "cough"
    | "fatigue"
    | "sore_throat"
    | "loss_of_smell_or_taste"
    | "nasal_congestion"
    | "conjunctivitis"
    | "muscle_pain"
    | "diarrhoea"
    | "shortness_of_breath"
  )[];
  /**
   * Whether the person knows of a contact with a case in the last days. Left out where it was not asked.
   */
  contact?: boolean;
}
/**
 * One dependant.
 */
export interface Dependant {
  /**
   * What the dependant is to this person.
   */
  relation: "child" | "grandchild" | "parent" | "grandparent" | "ward";
  /**
   * Name as in the document.
   */
  name: string;
  document: Document1;
  /**
   * Date of birth.
   */
  birth_date: string;
  /**
   * What shows the relation.
   */
  evidence: "household_register" | "birth_certificate" | "guardianship_order" | "community_statement";
  /**
   * When it was registered.
   */
  registered_at: string;
  /**
   * When it was taken back. Left out while it holds.
   */
  revoked_at?: string;
}
/**
 * The identity document.
 */
export interface Document1 {
  /**
   * Kind of document: resident identity card, household register (with the resident number), birth certificate, passport, foreign passport, mainland travel permit for Hong Kong and Macao residents, mainland travel permit for Taiwan residents, residence permit for Hong Kong, Macao and Taiwan residents, foreigner's permanent residence card, military officer's card, soldier's card, other.
   */
  type:
    | "resident_id"
    | "household_register"
    | "birth_certificate"
    | "passport"
    | "foreign_passport"
    | "hk_macao_permit"
    | "taiwan_permit"
    | "hk_macao_taiwan_residence_permit"
    | "foreign_resident_id"
    | "military_officer_id"
    | "soldier_id"
    | "other";
  /**
   * Number as printed on the document. Its spellings are one: blanks, widths, hyphens, x and X, 15 and 18 digits say nothing.
   */
  number: string;
}
/**
 * One colour set by hand.
 */
export interface Override {
  /**
   * Which decision it concerns.
   */
  decision: "code";
  /**
   * The colour. Green cannot be set by hand.
   */
  level: "yellow" | "red";
  /**
   * When it begins.
   */
  from: string;
  /**
   * When it ends.
   */
  until: string;
  /**
   * Why, in words that the person can read.
   */
  reason: string;
  /**
   * The two officers who answer for it.
   *
   * @minItems 2
   * @maxItems 2
   */
  officers: Officer[];
}
/**
 * An officer.
 */
export interface Officer {
  /**
   * Name.
   */
  name: string;
  /**
   * Office.
   */
  office: string;
  /**
   * Service number.
   */
  number: string;
}
