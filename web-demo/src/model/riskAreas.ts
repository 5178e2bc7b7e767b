// The list of risk areas as written in its file, to show which row a reason rests on.
// The engine checks the list; a missing cell is shown empty here.
import Papa from "papaparse";
import { instantOf } from "./time";

export interface RiskArea {
  /** Province to community, joined like a Chinese address. */
  place: string;
  /** "high", "medium" or "low". */
  level: string;
  from: number;
  /** Absent while the place is still on the list. */
  until?: number;
}

/** The rows in the file's order. The engine's evidence `risk_areas#/0` is the first one. */
export function readRiskAreas(csv: string): RiskArea[] {
  const { data } = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true, comments: "#" });
  return data.map(({ province = "", city = "", county = "", community = "", level = "", from = "", until = "" }) => ({
    place: province + city + county + community,
    level,
    from: instantOf(from),
    ...(until === "" ? {} : { until: instantOf(until) }),
  }));
}
