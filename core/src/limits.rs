//! Every bound in one place, with what it limits.
//!
//! Facts, packs and reference data come from strangers. Each bound is far above what
//! a real subject or pack needs, and low enough that reaching it costs milliseconds,
//! not a hang. A breach is a [`Problem`](crate::Problem) with its own code, never a
//! crash.

/// Bytes of one facts document.
/// In life: a year of daily tests, scans and reports takes 208 kB, a tenth.
pub const FACTS_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of a text file that a command reads whole and that has no limit of its own:
/// a manifest, captions, cases, a schema, a mapping, a dossier. It keeps a wrong file
/// name from filling the memory.
/// In life: the longest, a file of cases, has 33 kB, one in 500.
pub const TEXT_FILE_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of all files that are read together from a house of packs: its packs, their
/// cases, or the schemas and tables beside them. A link counts as the file that it leads
/// to, so that many links to one file are bounded too.
/// In life: all of this project's packs with cases, schemas and places take 1.5 MB, one in 180.
pub const HOUSE_BYTES: usize = 256 * 1024 * 1024;
/// Bytes of a list that a command holds whole: a worker's list, clinics, the sources of
/// one merge. Its records take some twenty times as much memory.
/// In life: as many lines as allowed below, of 100 bytes each, take 20 MB.
pub const LIST_BYTES: usize = 32 * 1024 * 1024;
/// Lines of such a list. A street's worker writes some hundred a day.
/// In life: a street's worker writes some hundred a day, one in 1,000.
pub const LIST_LINES: usize = 200_000;
/// Bytes of one line of a stream. A longer document is passed over up to its line's end;
/// past this limit no end is looked for.
/// In life: a document of the greatest size is a thirtieth.
pub const LINE_BYTES: u64 = 64 * 1024 * 1024;
/// Nesting depth of a JSON document; the person schema needs 5.
/// In life: the person schema needs 5, a sixth.
pub const JSON_DEPTH: usize = 32;
/// Types in one schema; a type counts again for each `$ref` to it.
/// In life: the person schema has 120, one in 400.
pub const SCHEMA_TYPES: usize = 50_000;
/// Values (objects, arrays, strings, numbers) in one JSON document.
/// In life: the busiest year has 22,000, a ninth.
pub const JSON_VALUES: usize = 200_000;
/// Problems reported for one input; past it, one more problem says so.
/// In life: nobody reads a hundred.
pub const PROBLEMS: usize = 1_000;
/// Problems told of one section that is not known because of them; past it, one more
/// says so.
/// In life: nobody reads ten.
pub const SECTION_PROBLEMS: usize = 100;

/// Bytes of a bundle.
/// In life: all of this project's packs, compiled, take 151 kB, one in 110.
pub const BUNDLE_BYTES: usize = 16 * 1024 * 1024;
/// Packs in one catalogue.
/// In life: Gansu, Beijing and the country in two years needed 33, a thirtieth; each province
/// with as many would need 700.
pub const PACKS: usize = 1_000;
/// Bytes of one rule script.
/// In life: the longest has 9 kB, a twenty-eighth.
pub const SCRIPT_BYTES: usize = 256 * 1024;
/// Bytes of one text for readers in a pack, with params filled in: a caption, what ends a
/// cause, a source's title.
/// In life: the longest has 356 bytes, an eleventh.
pub const TEXT_BYTES: usize = 4_096;

/// The most languages that the texts of one pack stand in.
/// In life: ours stand in two.
pub const LANGUAGES: usize = 16;

/// Length of a chain of inheriting packs.
/// In life: country, province, city, county and a venue are 5.
pub const INHERITANCE_DEPTH: usize = 8;

/// Bytes of one reference table's CSV.
/// In life: the list of the whole country for 2022 takes 38 MB, a third.
pub const REFERENCE_BYTES: usize = 128 * 1024 * 1024;
/// Rows of one reference table.
/// In life: the list of the whole country for 2022 has 289,366, a third.
pub const REFERENCE_ROWS: usize = 1_000_000;

/// Script operations of one rule call.
/// In life: the dearest rule takes 209,000 for the busiest year, a fifth.
pub const RULE_OPERATIONS: u64 = 1_000_000;
/// Script operations of one evaluation, over all its rules and all of a region's
/// history: some twenty decisions, most of which change a few times.
/// In life: the busiest year takes 1.4 million, a seventh.
pub const EVALUATION_OPERATIONS: u64 = 10_000_000;
/// Words of 8 bytes that the compiled rules of one evaluation keep until it ends: lists,
/// sets, causes and rows of tables. Vectors that grow take up to twice as much.
/// In life: the busiest year takes 7 MB in all, outcome included; this is 32 MB.
pub const KEPT: usize = 4_000_000;
/// Depth of nested function calls; rules call helpers, not themselves.
/// In life: the packs' functions call one another 6 deep, half.
pub const CALL_DEPTH: usize = 12;
/// Nesting depth of expressions in a script.
/// In life: the packs' brackets nest 7 deep, a seventh.
pub const EXPRESSION_DEPTH: usize = 48;
/// Items of a list that a rule builds.
/// In life: a year of daily scans at six venues is 2,200, a ninth.
pub const LIST_LENGTH: usize = 20_000;
/// Items of a list literal in a rule, `[a, b]`, nested ones included.
/// In life: the longest list in a script has 6 items.
pub const LITERAL_LENGTH: usize = 500;
/// Bytes of a string that a rule builds.
/// In life: the longest text in a script has 21 bytes.
pub const STRING_BYTES: usize = 4_096;
/// Factor on the limits of a rule while it is watched: the probes in its text are
/// steps and calls too, and must not be what breaks a limit.
/// In life: every case of every pack is watched in the tests, and none is stopped.
pub const WATCHED: u8 = 16;
/// Items of a list that count as ordinary: facts with longer lists run rules in their
/// exact form.
/// In life: a year of daily scans at six venues is 2,200, half.
pub const ORDINARY_LENGTH: usize = 4_000;
/// Ordinary lists that a compiled rule may join without counting their items.
/// In life: the packs join 2 lists.
pub const JOINED: u32 = 4;
/// Entries in the ordered log of one watched rule; counting continues beyond it.
/// In life: a rule with six probes over 365 records sees 2,200 values.
pub const SIGHTS: usize = 50_000;
/// Causes that one decision keeps.
/// In life: the busiest year has 1,068, an eighteenth.
pub const CAUSES: usize = 20_000;
/// Facts that the causes of one rule rest on, a list that several share counted once.
/// In life: the busiest year has 356, one in 140.
pub const EVIDENCE: usize = 50_000;
/// Days of a set that are looked at one by one: ten years.
///
/// In life: a card's year has 366.
pub const DAYS: usize = 3_660;
/// Spans in one `When`.
/// In life: no section of the busiest year has more than 365 records, one in 50.
pub const SPANS: usize = 20_000;
/// What the JSON of one decision grows with: causes, the facts that they rest on (each
/// list once), and segments with the packs and problems of each.
/// In life: the busiest year has 3,910, a twenty-fifth.
pub const TIMELINE_ENTRIES: usize = 100_000;
/// Bytes of all statuses at one instant, in the form that repeats the words of a rule with
/// each of its causes.
/// In life: the busiest instant of the busiest year takes 21 kB, one in 200.
pub const STATUS_BYTES: usize = 4 * 1024 * 1024;
