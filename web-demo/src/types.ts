// The types of facts and outcomes. The engine's package has them from rules/schema; this file only gives them the
// names that the page uses.
import type { Statuses as Named } from "longma";

export type { Card, CardPart, Cause, Decision, OutcomeJson as Outcome, Person, Place, Problem, Role, Segment, Status, Texts } from "longma";

/** The status of each decision, by name. */
export type Statuses = Named<string>;
