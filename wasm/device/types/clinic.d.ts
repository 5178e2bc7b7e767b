// Written by wasm/scripts/types.mjs from rules/schema/clinic.schema.json. Change the schema, not this file.

/**
 * Facts about one fever clinic: what it counted, day by day.
 */
export interface Clinic {
  /**
   * What these facts are about.
   */
  subject: "clinic";
  identity: ClinicIdentity;
  /**
   * Visits of a day. A day that is left out was not reported, which is not zero.
   */
  counts?: Count[];
}
/**
 * Which clinic.
 */
export interface ClinicIdentity {
  /**
   * The clinic's code.
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
 * One day.
 */
export interface Count {
  /**
   * The day.
   */
  day: string;
  /**
   * Visits with fever.
   */
  fever: number;
  /**
   * All visits. Left out where they were not counted: the share of visits with fever is not known then and raises no alert.
   */
  visits?: number;
  /**
   * When it was reported; the alert holds from then on. Left out, it counts as reported at the end of the day.
   */
  reported_at?: string;
}
