// The words of facts and outcomes. The engine's package writes them from rules/schema; here they only get the names
// the page uses.
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
