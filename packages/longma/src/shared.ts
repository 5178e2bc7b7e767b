// What `longma` gives on every platform.
export type { DecideOptions, Engine, EngineOptions, Facts, Sites, Source, Tables } from "../../api/src/engine.js";
export { causesIn, outcomeOf, type Change, type Lookup, type Outcome, type OutcomeData, type Status, type Statuses } from "../../api/src/outcome.js";
export { LongmaError, type Result } from "../../api/src/problems.js";
export type { Time } from "../../api/src/time.js";
export type * from "../../api/generated/data.js";
