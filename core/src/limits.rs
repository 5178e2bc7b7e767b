//! Every bound in one place, with what it limits.
//!
//! Facts, packs and reference data come from strangers. Each bound is far above what
//! a real subject or pack needs, and low enough that reaching it costs milliseconds,
//! not a hang. A breach is a [`Problem`](crate::Problem) with its own code, never a
//! crash.

/// Bytes of one facts document.
pub const FACTS_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of a text file that a command reads whole and that has no limit of its own:
/// a manifest, captions, cases, a schema, a mapping, a dossier. It keeps a wrong file
/// name from filling the memory.
pub const TEXT_FILE_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of all files that are read together from a house of packs: its packs, their
/// cases, or the schemas and tables beside them. A link counts as the file that it leads
/// to, so that many links to one file are bounded too.
pub const HOUSE_BYTES: usize = 256 * 1024 * 1024;
/// Bytes of a list that a command holds whole: a worker's list, clinics, the sources of
/// one merge. Its records take some twenty times as much memory.
pub const LIST_BYTES: usize = 32 * 1024 * 1024;
/// Lines of such a list. A street's worker writes some hundred a day.
pub const LIST_LINES: usize = 200_000;
/// Bytes of one line of a stream. A longer document is passed over up to its line's end;
/// past this limit no end is looked for.
pub const LINE_BYTES: u64 = 64 * 1024 * 1024;
/// Nesting depth of a JSON document; the person schema needs 5.
pub const JSON_DEPTH: usize = 32;
/// Types in one schema; a type counts again for each `$ref` to it.
pub const SCHEMA_TYPES: usize = 50_000;
/// Values (objects, arrays, strings, numbers) in one JSON document.
pub const JSON_VALUES: usize = 200_000;
/// Problems reported for one input; past it, one more problem says so.
pub const PROBLEMS: usize = 1_000;
/// Problems told of one section that is not known because of them; past it, one more
/// says so.
pub const SECTION_PROBLEMS: usize = 100;

/// Bytes of a bundle.
pub const BUNDLE_BYTES: usize = 16 * 1024 * 1024;
/// Packs in one catalogue.
pub const PACKS: usize = 1_000;
/// Bytes of one rule script.
pub const SCRIPT_BYTES: usize = 256 * 1024;
/// Bytes of one text for readers in a pack, with params filled in: a caption, what ends a
/// cause, a source's title.
pub const TEXT_BYTES: usize = 4_096;
/// Length of a chain of inheriting packs.
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
/// Words of 8 bytes that the compiled rules of one evaluation keep until it ends: lists,
/// sets, causes and rows of tables. Vectors that grow take up to twice as much.
pub const KEPT: usize = 4_000_000;
/// Depth of nested function calls; rules call helpers, not themselves.
pub const CALL_DEPTH: usize = 12;
/// Nesting depth of expressions in a script.
pub const EXPRESSION_DEPTH: usize = 48;
/// Items of a list that a rule builds.
pub const LIST_LENGTH: usize = 20_000;
/// Items of a list literal in a rule, `[a, b]`, nested ones included.
pub const LITERAL_LENGTH: usize = 500;
/// Members of an object map that a rule builds.
pub const MAP_SIZE: usize = 256;
/// Bytes of a string that a rule builds.
pub const STRING_BYTES: usize = 4_096;
/// Factor on the limits of a rule while it is watched: the probes in its text are
/// steps and calls too, and must not be what breaks a limit.
pub const WATCHED: u8 = 16;
/// Items of a list that count as ordinary: facts with longer lists run rules in their
/// exact form.
pub const ORDINARY_LENGTH: usize = 4_000;
/// Ordinary lists that a compiled rule may join without counting their items.
pub const JOINED: u32 = 4;
/// Entries in the ordered log of one watched rule; counting continues beyond it.
pub const SIGHTS: usize = 50_000;
/// Causes that one decision keeps.
pub const CAUSES: usize = 20_000;
/// Facts that the causes of one rule rest on, a list that several share counted once.
pub const EVIDENCE: usize = 50_000;
/// Spans in one `When`.
pub const SPANS: usize = 20_000;
/// What the JSON of one decision grows with: causes, the facts that they rest on (each
/// list once), and segments with the packs and problems of each.
pub const TIMELINE_ENTRIES: usize = 100_000;
/// Bytes of all statuses at one instant, in the form that repeats the words of a rule with
/// each of its causes.
pub const STATUS_BYTES: usize = 4 * 1024 * 1024;
