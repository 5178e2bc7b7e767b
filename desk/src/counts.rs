//! How many persons have which level, group by group, as a page: what is sent around when
//! a whole population was decided.

use crate::html::{self, Level, Matrix, Share, chip, matrix, stacked_bar};
use crate::text::say;
use longma_core::{Args, Lang};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// What was counted.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Persons.
    pub persons: u64,
    /// Persons about whom nothing was decided.
    pub refused: u64,
    /// Files that could not be read.
    pub files: usize,
    /// What persons are counted by, such as `county`; empty if nothing was asked for.
    pub by: String,
    /// The decisions.
    pub decisions: Vec<Decision>,
}

/// One decision.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Its name for readers.
    pub name: String,
    /// The levels, lowest first; `unknown` and the refused after them.
    pub levels: Vec<Level>,
    /// For each group, persons by level: under the rules asked about, or under those after a
    /// change.
    pub groups: BTreeMap<String, Vec<u64>>,
    /// With two sets of rules: persons by level before, then after.
    pub changes: Option<Vec<Vec<u64>>>,
    /// With two sets of rules: the persons of each group who change, and for how many
    /// seconds in the window.
    pub changed: BTreeMap<String, (u64, u64)>,
    /// For each side, seconds by level in the window.
    pub seconds: Vec<Vec<u64>>,
}

/// The whole page.
///
/// ```
/// use longma_core::Lang;
/// use longma_desk::counts::{Counts, page};
/// let nobody = page(&Counts::default(), Lang::En);
/// assert!(nobody.starts_with("<!DOCTYPE html>"));
/// ```
#[must_use]
pub fn page(counts: &Counts, lang: Lang) -> String {
    let words = Words(lang);
    let title = words.say("counts-heading", &Args::NONE);
    let persons = Args::of("persons", counts.persons);
    let body = html! {
        h1 { (title) }
        p { (words.say("counts-persons", &persons)) }
        @if counts.refused > 0 {
            p { (words.say("counts-refused", &Args::of("n", counts.refused))) }
        }
        @if counts.files > 0 {
            p { (words.say("counts-files", &Args::of("n", counts.files))) }
        }
        @for decision in &counts.decisions { (self::decision(decision, counts, words)) }
    };
    html::page(lang, &title, &body)
}

#[derive(Clone, Copy)]
struct Words(Lang);

impl Words {
    fn say(self, key: &str, args: &Args) -> String {
        say(key, args).get(self.0).to_owned()
    }
}

fn decision(decision: &Decision, counts: &Counts, words: Words) -> Markup {
    let mut all = vec![0; decision.levels.len()];
    for persons in decision.groups.values() {
        for (sum, persons) in all.iter_mut().zip(persons) {
            *sum += persons;
        }
    }
    let shares = |amounts: &[u64]| -> Vec<Share> {
        let shares = decision.levels.iter().zip(amounts);
        let shares = shares.map(|(level, amount)| Share {
            level: level.clone(),
            amount: *amount,
        });
        shares.collect()
    };
    let days = |seconds: &[u64]| -> Vec<u64> { seconds.iter().map(|it| it / DAY).collect() };
    html! {
        h2 { (decision.name) }
        (stacked_bar(&words.say("counts-bar", &Args::NONE), &shares(&all)))
        @for (side, seconds) in decision.seconds.iter().enumerate() {
            @let key = SIDES.get(if decision.seconds.len() > 1 { side + 1 } else { 0 });
            (stacked_bar(&words.say(key.unwrap_or(&""), &Args::NONE), &shares(&days(seconds))))
        }
        @if let Some(cells) = &decision.changes {
            (matrix(&words.say("counts-matrix", &Args::NONE), &Matrix {
                rows: decision.levels.clone(),
                columns: decision.levels.clone(),
                cells: cells.clone(),
                corner: words.say("counts-matrix-corner", &Args::NONE),
            }))
        }
        @if !counts.by.is_empty() { (groups(decision, counts, words)) }
    }
}

/// Seconds in a day.
const DAY: u64 = 86_400;
/// What a bar of person-days is called: alone, before and after a change.
const SIDES: [&str; 3] = ["counts-days", "counts-days-before", "counts-days-after"];

/// A line for each group, with its own bar.
fn groups(decision: &Decision, counts: &Counts, words: Words) -> Markup {
    let compares = decision.changes.is_some();
    html! {
        div.wide { table {
            thead { tr {
                th scope="col" { (counts.by) }
                @for level in &decision.levels { th.number scope="col" { (chip(level)) } }
                @if compares {
                    th.number scope="col" { (words.say("counts-changed", &Args::NONE)) }
                    th.number scope="col" { (words.say("counts-changed-days", &Args::NONE)) }
                }
            } }
            tbody {
                @for (name, persons) in &decision.groups {
                    tr {
                        th scope="row" {
                            @if name.is_empty() { (words.say("counts-none", &Args::NONE)) } @else { (name) }
                        }
                        @for amount in persons { td.number { (amount) } }
                        @if compares {
                            @let (changed, seconds) = decision.changed.get(name).copied().unwrap_or_default();
                            td.number { (changed) }
                            td.number { (seconds / DAY) }
                        }
                    }
                }
            }
        } }
    }
}
