//! Every bound in one place, with what it protects.
//!
//! Facts, packs and reference data come from strangers. Each bound is far above
//! what a real subject or pack needs and low enough that a breach costs
//! milliseconds, not a hang. A breach is a [`Problem`](crate::Problem) with a
//! code of its own, never a crash.

/// Bytes of one facts document.
pub const FACTS_BYTES: usize = 2 * 1024 * 1024;
/// Nesting of a JSON document; the person schema needs 5.
pub const JSON_DEPTH: usize = 32;
/// Types of one schema, with those that references repeat.
pub const SCHEMA_TYPES: usize = 50_000;
/// Values (objects, arrays, strings, numbers) in one JSON document.
pub const JSON_VALUES: usize = 200_000;
/// Problems reported for one input; past it, one more problem says so.
pub const PROBLEMS: usize = 1_000;

/// Bytes of a bundle.
pub const BUNDLE_BYTES: usize = 16 * 1024 * 1024;
/// Packs in one catalogue.
pub const PACKS: usize = 1_000;
/// Bytes of one rule script.
pub const SCRIPT_BYTES: usize = 256 * 1024;
/// Packs above one another by inheritance.
pub const INHERITANCE_DEPTH: usize = 8;

/// Bytes of one reference table's CSV.
pub const REFERENCE_BYTES: usize = 128 * 1024 * 1024;
/// Rows of one reference table.
pub const REFERENCE_ROWS: usize = 1_000_000;

/// Script operations of one rule call.
pub const RULE_OPERATIONS: u64 = 1_000_000;
/// Script operations of one evaluation, over all its rules and all of a region's
/// history: some twenty decisions, most of which change a few times.
pub const EVALUATION_OPERATIONS: u64 = 10_000_000;
/// Function calls inside one another; rules call helpers, not themselves.
pub const CALL_DEPTH: usize = 12;
/// Nesting of expressions in a script.
pub const EXPRESSION_DEPTH: usize = 48;
/// Items of a list that a rule builds.
pub const LIST_LENGTH: usize = 20_000;
/// Items of a list that a rule writes out, `[a, b]`, nested ones counted.
pub const LITERAL_LENGTH: usize = 500;
/// Members of an object map that a rule builds.
pub const MAP_SIZE: usize = 256;
/// Bytes of a string that a rule builds.
pub const STRING_BYTES: usize = 4_096;
/// How much more a rule may spend, nest and hold while it is watched: the probes
/// in its text are steps and calls too, and must not be what breaks a limit.
pub const WATCHED: u8 = 16;
/// What is kept in order of what one watched rule did; counts go on.
pub const SIGHTS: usize = 50_000;
/// Causes that one decision keeps.
pub const CAUSES: usize = 20_000;
/// Spans in one `When`.
pub const SPANS: usize = 20_000;
/// Causes times segments of one timeline: what its JSON grows with.
pub const TIMELINE_ENTRIES: usize = 100_000;
