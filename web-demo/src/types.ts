// The types of facts and outcomes. The engine's package generates them from rules/schema; this file only gives them
// the names that the page uses.
export type {
  Card,
  CardPart,
  Cause,
  Decision,
  OutcomeJson as Outcome,
  Person,
  Place,
  Problem,
  Result,
  Role,
  Segment,
  Status,
  Texts,
} from "longma-device";
