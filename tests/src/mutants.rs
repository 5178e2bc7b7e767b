//! Mutation testing of our own packs: breaks them on purpose and records who notices.
//!
//! A mutant is one small mistake in one file, of a kind that people make: a misspelt
//! name, a reversed operator, a number off by one, a missing caption. The checker sees
//! each mutant first; if it finds nothing, the cases run. A mutant that neither catches
//! survives and must be listed in `survivors.txt` with the reason.
//!
//! Everything is in a fixed order: the same packs give the same mutants.

use longma_cli::file::texts;
use longma_cli::{cases, load};
use longma_desk::mutate::{self, Edit, Fate, House, Mutant};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{io, iter, thread};

/// Each mutant with who noticed it.
pub type Fates = Vec<(Mutant, Fate)>;

type Operator = (&'static str, fn(&str) -> Vec<Edit>);

/// The mutants of the packs under `rules`: at most `sites` per operator and file, spread
/// over the file.
///
/// # Errors
/// If a file cannot be read.
pub fn mutants(rules: &Path, sites: usize) -> io::Result<Vec<Mutant>> {
    let texts = texts(&read(rules)?);
    let of_packs = |file: &str| file.starts_with("packs/") && !file.contains("/cases/");
    let edits = |file: &str, text: &str| {
        let operators = operators(file).iter();
        operators.map(|(name, find)| (*name, find(text))).collect()
    };
    Ok(mutate::mutants(&texts, of_packs, sites, edits))
}

/// The files of the packs under `rules`, their cases included.
fn read(rules: &Path) -> io::Result<longma_cli::file::Files> {
    let packs = rules.join("packs");
    let unread = |errors| io::Error::other(format!("{errors:?}"));
    let mut files = load::load(&packs).map_err(unread)?.files;
    cases::read(&packs, &[], &mut files).map_err(unread)?;
    Ok(files)
}

fn operators(file: &str) -> &'static [Operator] {
    if Path::new(file)
        .extension()
        .is_some_and(|ending| ending == "rhai")
    {
        SCRIPT
    } else if file.ends_with("pack.toml") {
        MANIFEST
    } else if file.ends_with("captions.toml") {
        CAPTIONS
    } else {
        &[]
    }
}

const SCRIPT: &[Operator] = &[
    ("field misspelt", |t| {
        words(
            t,
            &[
                ".sampled_at",
                ".reported_at",
                ".last_contact",
                ".kind",
                ".result",
                ".released_at",
                ".arrived",
                ".left",
                ".level",
            ],
            |w| format!("{w}s"),
        )
    }),
    ("field exchanged", |t| {
        pairs(
            t,
            &[
                (".sampled_at", ".reported_at"),
                (".reported_at", ".sampled_at"),
                (".last_contact", ".identified_at"),
                (".identified_at", ".last_contact"),
                (".arrived", ".left"),
                (".from", ".until"),
                (".until", ".from"),
            ],
        )
    }),
    ("helper misspelt", |t| {
        words(
            t,
            &[
                "filter(",
                "map(",
                "earliest(",
                "earlier(",
                "later(",
                "days(",
                "during(",
                "find(",
                "sort_by(",
            ],
            |w| format!("{}{}", w.trim_end_matches('('), "s("),
        )
    }),
    ("helper exchanged", |t| {
        pairs(
            t,
            &[
                ("earlier(", "later("),
                ("later(", "earlier("),
                (".earliest(", ".latest("),
                (".any(", ".all("),
                (".all(", ".any("),
                (".first(", ".last("),
                (".last(", ".first("),
                (".filter(", ".map("),
                (".flat_map(", ".map("),
            ],
        )
    }),
    ("enum misspelt", |t| {
        words(t, ENUMS, |w| {
            w.replacen('e', "ee", 1).replacen('i', "ii", 1)
        })
    }),
    ("enum exchanged", |t| {
        pairs(
            t,
            &[
                ("\"close\"", "\"secondary\""),
                ("\"secondary\"", "\"close\""),
                ("\"time_space\"", "\"close\""),
                ("\"negative\"", "\"positive\""),
                ("\"positive\"", "\"negative\""),
                ("\"medium\"", "\"high\""),
                ("\"high\"", "\"medium\""),
                ("\"nucleic_acid\"", "\"antigen\""),
                ("\"confirmed\"", "\"suspected\""),
                ("\"suspected\"", "\"asymptomatic\""),
            ],
        )
    }),
    ("comparison turned", |t| {
        pairs(
            t,
            &[
                (" == ", " != "),
                (" != ", " == "),
                (" >= ", " <= "),
                (" <= ", " >= "),
                (" > ", " < "),
                (" < ", " > "),
            ],
        )
    }),
    ("comparison moved by one", |t| {
        pairs(
            t,
            &[
                (" >= ", " > "),
                (" <= ", " < "),
                (" > ", " >= "),
                (" < ", " <= "),
            ],
        )
    }),
    ("and, or exchanged", |t| {
        pairs(t, &[(" && ", " || "), (" || ", " && ")])
    }),
    ("negation dropped", |t| {
        pairs(
            t,
            &[("!is_", "is_"), ("!area_", "area_"), ("!has_", "has_")],
        )
    }),
    ("sum turned", |t| {
        pairs(
            t,
            &[
                (" + params", " - params"),
                (" + days(", " - days("),
                (" - days(", " + days("),
            ],
        )
    }),
    ("param misspelt", |t| {
        words(t, &["params."], |_| "params.x_".to_owned())
    }),
    ("unit exchanged", |t| {
        pairs(t, &[("days(", "hours("), ("hours(", "days(")])
    }),
    ("level exchanged", |t| {
        pairs(
            t,
            &[
                (" red(", " yellow("),
                (" yellow(", " red("),
                ("|c| red(", "|c| yellow("),
                ("|t| yellow(", "|t| red("),
                ("\"red\"", "\"yellow\""),
            ],
        )
    }),
    ("level misspelt", |t| {
        words(t, &["red(", "yellow(", "gold(", "valid("], |w| {
            format!("{}s(", w.trim_end_matches('('))
        })
    }),
    ("section misspelt", |t| {
        pairs(
            t,
            &[
                ("(contacts", "(contact"),
                ("(stays", "(stay"),
                ("(tests", "(test"),
                ("(diagnoses", "(diagnosis"),
                ("(entries", "(entry"),
                ("(flags", "(flag"),
            ],
        )
    }),
    ("absent ends dropped", |t| {
        pairs(
            t,
            &[
                ("first_of(end, c.released_at)", "end"),
                ("first_of(tested, c.released_at)", "tested"),
                ("first_of(f.cleared_at, tested)", "tested"),
            ],
        )
    }),
    ("default turned", |t| {
        pairs(t, &[("?? false", "?? true"), ("?? true", "?? false")])
    }),
    ("list captured", |t| {
        pairs(t, &[("others.", "tests."), (", others)", ", tests)")])
    }),
    ("evidence dropped", |t| {
        pairs(
            t,
            &[
                (".because(c)", ""),
                (".because(t)", ""),
                (".because(s)", ""),
            ],
        )
    }),
    ("source dropped", |t| {
        lines(t, |l| l.starts_with("/// source:"))
    }),
    ("source misspelt", |t| {
        pairs(t, &[("/// source: ", "/// source: x-")])
    }),
    ("rule dropped", |t| blocks(t, "fn ")),
    ("shared step dropped", |t| blocks(t, "private fn ")),
    ("rule renamed", |t| pairs(t, &[("\nfn ", "\nfn new_")])),
    ("bracket dropped", |t| {
        pairs(t, &[("))\n", ")\n"), ("{\n", "\n")])
    }),
    ("loop written", |t| {
        pairs(t, &[("{\n    ", "{\n    while true {}\n    ")])
    }),
    ("now asked for", |t| {
        pairs(
            t,
            &[("c.released_at", "timestamp()"), ("t.reported_at", "now()")],
        )
    }),
];

const ENUMS: &[&str] = &[
    "\"close\"",
    "\"secondary\"",
    "\"time_space\"",
    "\"negative\"",
    "\"positive\"",
    "\"medium\"",
    "\"high\"",
    "\"nucleic_acid\"",
    "\"confirmed\"",
    "\"suspected\"",
    "\"mass_testing_missed\"",
];

const MANIFEST: &[Operator] = &[
    ("number up by one", |t| numbers(t, 1)),
    ("number down by one", |t| numbers(t, -1)),
    ("unit exchanged", |t| {
        pairs(
            t,
            &[
                ("\"days\"", "\"hours\""),
                ("\"hours\"", "\"days\""),
                ("\"count\"", "\"days\""),
                ("\"day_number\"", "\"days\""),
            ],
        )
    }),
    ("unit misspelt", |t| {
        pairs(
            t,
            &[
                ("\"days\"", "\"dasy\""),
                ("\"hours\"", "\"horus\""),
                ("\"level\"", "\"levle\""),
            ],
        )
    }),
    ("kind exchanged", |t| quoted(t)),
    ("level of a param exchanged", |t| {
        pairs(
            t,
            &[
                ("value   = \"red\"", "value   = \"yellow\""),
                ("value   = \"yellow\"", "value   = \"red\""),
            ],
        )
    }),
    ("beginning moved", |t| days(t, "from  = ")),
    ("end moved", |t| days(t, "until = ")),
    ("end dropped", |t| lines(t, |l| l.starts_with("until"))),
    ("key misspelt", |t| {
        pairs(
            t,
            &[
                ("unit ", "unti "),
                ("source ", "sorce "),
                ("title ", "titel "),
                ("assumed", "asumed"),
                ("scale ", "scales "),
            ],
        )
    }),
    ("source dropped", |t| sections(t, "[sources.")),
    ("source of a param dropped", |t| {
        lines(t, |l| l.starts_with("source "))
    }),
    ("source misspelt", |t| {
        pairs(
            t,
            &[
                ("source = \"", "source = \"x-"),
                ("source  = \"", "source  = \"x-"),
            ],
        )
    }),
    ("date of a source dropped", |t| {
        lines(t, |l| l.starts_with("date "))
    }),
    ("grade changed", |t| {
        pairs(t, &[("grade = \"V\"", "grade = \"X\"")])
    }),
    ("param dropped", |t| sections(t, "[params.")),
    ("param renamed", |t| {
        pairs(t, &[("[params.", "[params.new_")])
    }),
    ("decision dropped", |t| sections(t, "[decisions.")),
    ("scale turned", |t| {
        pairs(
            t,
            &[
                (
                    "[\"green\", \"yellow\", \"red\"]",
                    "[\"red\", \"yellow\", \"green\"]",
                ),
                ("[\"none\", \"gold\"]", "[\"gold\", \"none\"]"),
                ("[\"invalid\", \"valid\"]", "[\"valid\", \"invalid\"]"),
            ],
        )
    }),
    ("override dropped", |t| {
        lines(t, |l| {
            l.starts_with("\"params.") || l.starts_with("\"code.")
        })
    }),
    ("override misspelt", |t| {
        pairs(t, &[("\"code.", "\"code.x_"), ("\"params.", "\"params.x_")])
    }),
    ("inheritance dropped", |t| {
        lines(t, |l| l.starts_with("inherits"))
    }),
    ("note of an assumption dropped", |t| {
        lines(t, |l| l.starts_with("note    ="))
    }),
    ("languages exchanged", |t| exchanged(t)),
    ("version spelt out", |t| {
        pairs(t, &[("version   = \"", "version   = \"v")])
    }),
    ("quotation mark dropped", |t| pairs(t, &[("\"\n", "\n")])),
];

const CAPTIONS: &[Operator] = &[
    ("caption dropped", |t| sections(t, "[code.rules.")),
    ("section misspelt", |t| {
        pairs(
            t,
            &[
                ("[code.rules.", "[code.rule."),
                ("[code.rules.", "[code.rules.x_"),
                ("[gold.", "[glod."),
                ("[validity.", "[valdity."),
            ],
        )
    }),
    ("release dropped", |t| {
        lines(t, |l| l.starts_with("release"))
    }),
    ("language emptied", |t| emptied(t)),
    ("languages exchanged", |t| exchanged(t)),
    ("param misspelt", |t| pairs(t, &[("{", "{x_")])),
    ("level's name dropped", |t| {
        lines(t, |l| l.starts_with("levels."))
    }),
    ("key misspelt", |t| {
        pairs(
            t,
            &[
                ("caption =", "captoin ="),
                ("release =", "relaese ="),
                ("en = ", "eng = "),
            ],
        )
    }),
];

/// Changes every occurrence of each word, except in comments.
fn words(text: &str, words: &[&str], change: fn(&str) -> String) -> Vec<Edit> {
    let mut edits = Vec::new();
    for word in words {
        for (at, found) in text.match_indices(word) {
            if !in_comment(text, at) {
                edits.push((at..at + found.len(), change(word)));
            }
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    edits
}

fn pairs(text: &str, pairs: &[(&str, &str)]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (old, new) in pairs {
        for (at, _) in text.match_indices(old) {
            if !in_comment(text, at + usize::from(old.starts_with('\n'))) || old.starts_with("///")
            {
                edits.push((at..at + old.len(), (*new).to_owned()));
            }
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    edits
}

fn in_comment(text: &str, at: usize) -> bool {
    let line = text
        .get(..at)
        .and_then(|before| before.rsplit('\n').next())
        .unwrap_or_default();
    line.contains("//") || line.starts_with('#')
}

/// Removes whole lines.
fn lines(text: &str, is: fn(&str) -> bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is(line) {
            edits.push((at..at + line.len(), String::new()));
        }
        at += line.len();
    }
    edits
}

/// Removes whole functions, including the comments above them.
fn blocks(text: &str, head: &str) -> Vec<Edit> {
    paragraphs(text, |block| {
        block.lines().any(|line| line.starts_with(head))
    })
}

/// Removes whole sections of a TOML file.
fn sections(text: &str, head: &str) -> Vec<Edit> {
    paragraphs(text, |block| {
        block.lines().any(|line| line.starts_with(head))
    })
}

fn paragraphs(text: &str, is: impl Fn(&str) -> bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    for block in text.split("\n\n") {
        let end = (at + block.len() + 2).min(text.len());
        if is(block) {
            edits.push((at..end, String::new()));
        }
        at = end;
    }
    edits
}

/// Changes the numbers of params by `by`.
fn numbers(text: &str, by: i64) -> Vec<Edit> {
    values(text, |value| {
        value.parse::<i64>().ok().map(|n| (n + by).to_string())
    })
}

/// Turns the numbers of params into strings.
fn quoted(text: &str) -> Vec<Edit> {
    values(text, |value| {
        value.parse::<i64>().ok().map(|_| format!("\"{value}\""))
    })
}

fn values(text: &str, change: impl Fn(&str) -> Option<String>) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some((key, value)) = line.split_once('=')
            && key.trim() == "value"
            && let Some(new) = change(value.trim())
        {
            let from = at + line.len() - value.trim_start().len();
            edits.push((from..from + value.trim().len(), new));
        }
        at += line.len();
    }
    edits
}

/// Moves the day of a date by one.
fn days(text: &str, key: &str) -> Vec<Edit> {
    let found = text.match_indices(key);
    let edits = found.filter_map(|(at, _)| {
        let day = at + key.len() + "2022-03-".len();
        let old: u32 = text.get(day..day + 2)?.parse().ok()?;
        let new = if old > 1 { old - 1 } else { old + 1 };
        Some((day..day + 2, format!("{new:02}")))
    });
    edits.collect()
}

/// Swaps the two languages of a text.
fn exchanged(text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.contains("zh-CN = ") && line.contains(", en = ") {
            let new = line
                .replace("zh-CN = ", "\u{0} = ")
                .replace(", en = ", ", zh-CN = ");
            edits.push((at..at + line.len(), new.replace('\u{0}', "en")));
        }
        at += line.len();
    }
    edits
}

/// Empties the English text.
fn emptied(text: &str) -> Vec<Edit> {
    let found = text.match_indices(", en = \"");
    let edits = found.filter_map(|(at, found)| {
        let from = at + found.len();
        let end = text.get(from..)?.find('"')?;
        Some((from..from + end, String::new()))
    });
    edits.collect()
}

/// Tries every mutant of the packs under `rules`.
///
/// # Errors
/// If a file cannot be read, or if the unchanged packs are already noticed.
pub fn fates(rules: &Path, mutants: &[Mutant]) -> io::Result<Fates> {
    let house = &House::new(texts(&read(rules)?));
    if !house.is_sound() {
        return Err(io::Error::other("the packs are noticed as they are"));
    }
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let next = &AtomicUsize::new(0);
    let work = move || -> Vec<(usize, Fate)> {
        let taken = iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let mine = taken.map_while(|index| Some((index, mutants.get(index)?)));
        mine.map(|(index, mutant)| (index, house.fate(mutant)))
            .collect()
    };
    let tried: io::Result<Vec<_>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let crashed = |_| io::Error::other("a mutant made the checker crash");
        workers
            .into_iter()
            .map(|worker| worker.join().map_err(crashed))
            .collect()
    });
    let fates: BTreeMap<usize, Fate> = tried?.into_iter().flatten().collect();
    let mutants = mutants.iter().cloned();
    Ok(mutants.zip(fates.into_values()).collect())
}

/// The figures by operator, as a table for readers.
#[must_use]
pub fn table(fates: &Fates) -> String {
    let mut out =
        String::from("| mistake | tried | check | cases | neither |\n|---|---|---|---|---|\n");
    let mut all = [0; 3];
    for (operator, counts) in counts(fates) {
        let [check, cases, neither] = counts;
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "| {operator} | {} | {check} | {cases} | {neither} |",
            check + cases + neither
        );
        all = [all[0] + check, all[1] + cases, all[2] + neither];
    }
    let [check, cases, neither] = all;
    let _ = writeln!(
        out,
        "| **all** | {} | {check} | {cases} | {neither} |",
        check + cases + neither
    );
    out
}

/// The figures for programs, with each survivor.
#[must_use]
pub fn json(fates: &Fates) -> Json {
    let survivors = survivors(fates);
    let counts: BTreeMap<&str, Json> = counts(fates)
        .into_iter()
        .map(|(operator, [check, cases, neither])| {
            (
                operator,
                json!({ "check": check, "cases": cases, "neither": neither }),
            )
        })
        .collect();
    json!({ "mutants": fates.len(), "operators": counts, "survivors": survivors })
}

/// The ids of the mutants that nobody noticed.
#[must_use]
pub fn survivors(fates: &Fates) -> Vec<&str> {
    let survived = fates.iter().filter(|(_, fate)| *fate == Fate::Survived);
    survived.map(|(mutant, _)| mutant.id.as_str()).collect()
}

fn counts(fates: &Fates) -> BTreeMap<&str, [usize; 3]> {
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (mutant, fate) in fates {
        let entry = counts.entry(mutant.kind).or_default();
        match fate {
            Fate::Check => entry[0] += 1,
            Fate::Cases => entry[1] += 1,
            Fate::Survived => entry[2] += 1,
        }
    }
    counts
}
