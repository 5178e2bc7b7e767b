// Written by wasm/scripts/types.mjs from rules/schema/area.schema.json. Change the schema, not this file.

/**
 * Facts about one area: a community, and what was found there.
 */
export interface Area {
  /**
   * What these facts are about.
   */
  subject: "area";
  identity: AreaIdentity;
  /**
   * Infections found in the area.
   */
  cases?: Case[];
  /**
   * What the authority declared.
   */
  designations?: Designation[];
  /**
   * What the authority confirmed on lifting: all tested negative, the place disinfected.
   */
  clearances?: Clearance[];
}
/**
 * Which area.
 */
export interface AreaIdentity {
  /**
   * Province, by its full name, e.g. 甘肃省.
   */
  province: string;
  /**
   * City or prefecture, by its full name, e.g. 兰州市.
   */
  city: string;
  /**
   * County or district, by its full name, e.g. 城关区.
   */
  county: string;
  /**
   * Community, village or address.
   */
  community?: string;
  /**
   * Whose rules apply: six digits by GB/T 2260.
   */
  region: string;
}
/**
 * One infection.
 */
export interface Case {
  /**
   * When it was found.
   */
  found_at: string;
  /**
   * Confirmed or without symptoms. Left out where that is not known: no rule asks for it.
   */
  kind?: "confirmed" | "asymptomatic";
  /**
   * Whether the person was already in isolation, so that the finding tells nothing of the area. Left out, the finding counts for the area.
   */
  in_isolation?: boolean;
}
/**
 * One declaration.
 */
export interface Designation {
  /**
   * The level.
   */
  level: "low" | "medium" | "high";
  /**
   * From when on.
   */
  from: string;
  /**
   * When it was taken off. Left out while it stands.
   */
  ended_at?: string;
}
/**
 * One confirmation.
 */
export interface Clearance {
  /**
   * When.
   */
  at: string;
}
