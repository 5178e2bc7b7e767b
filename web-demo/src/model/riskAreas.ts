// The list of risk areas as its file says it, for the reader to see which row a reason rests on.
// Checking the list is the engine's work; a cell that is missing here is shown as nothing.
import Papa from "papaparse";
import { instantOf } from "./time";

export interface RiskArea {
  /** Province to community, joined as Chinese addresses are. */
  place: string;
  /** "high", "medium" or "low". */
  level: string;
  from: number;
  /** Absent while the place is on the list. */
  until?: number;
}

/** The rows in the order of the file; the engine's evidence `risk_areas#/0` is the first. */
export function readRiskAreas(csv: string): RiskArea[] {
  const { data } = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true });
  return data.map(({ province = "", city = "", county = "", community = "", level = "", from = "", until = "" }) => ({
    place: province + city + county + community,
    level,
    from: instantOf(from),
    ...(until === "" ? {} : { until: instantOf(until) }),
  }));
}
