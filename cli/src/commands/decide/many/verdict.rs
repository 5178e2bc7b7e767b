//! Decides one person: gives a line of results, or what is wrong.

use super::journal::Tally;
use super::work::{Decided, Verdict};
use crate::messages::{Key, Words};
use crate::read::given::{no_region, wrong_region};
use crate::read::people::Person;
use crate::show::page::plain;
use crate::show::sources::Sources;
use longma_core::{
    Args, Catalogue, Instant, NextView, Outcome, References, Request, Stamp, Status,
};
use longma_records::inspect;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Everything needed to decide a person.
pub(crate) struct Judge<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) tables: &'a References,
    pub(crate) region: Option<&'a str>,
    /// The decisions asked for; all if empty.
    pub(crate) decisions: &'a [&'a str],
    /// The instant to look up.
    pub(crate) at: Instant,
    /// When the facts arrived.
    pub(crate) received: Instant,
    /// A JSON pointer to the value that identifies the person.
    pub(crate) id: Option<&'a str>,
    /// Whether to write the whole outcome.
    pub(crate) full: bool,
    pub(crate) sources: &'a Sources,
    pub(crate) words: Words,
}

/// A line of results.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "line")]
    first: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Json>,
    at: String,
    region: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    decisions: Option<BTreeMap<&'a str, Standing>>,
}

/// One decision's status at the instant.
#[derive(Serialize)]
struct Standing {
    level: String,
    at_least: Option<String>,
    since: Option<Stamp>,
    until: Option<Stamp>,
    next: Option<NextView>,
    rules: Vec<String>,
    /// The codes of the problems that keep the level unknown.
    problems: Vec<String>,
}

impl Judge<'_> {
    pub(crate) fn decide(&self, person: &Person) -> Verdict {
        let text = match &person.facts {
            Ok(text) => text,
            Err(problems) => return Verdict::Refused(problems.clone()),
        };
        let facts = match inspect::trusted(self.catalogue, text, Some(self.received)) {
            Ok(facts) => facts,
            Err(problems) => return Verdict::Refused(problems.into_iter().collect()),
        };
        let request = Request {
            region: self.region,
            references: Some(self.tables),
            decisions: (!self.decisions.is_empty()).then_some(self.decisions),
            window: None,
        };
        match self.catalogue.decide(&facts, request) {
            Ok(outcome) => {
                let region = self.region.or(facts.region()).unwrap_or_default();
                Verdict::Decided(self.line(person, text, region, &outcome))
            }
            Err(problems) => {
                let wrong = wrong_region(request, problems.as_slice());
                match wrong {
                    Some(problem) => {
                        let refusal = no_region(problem, self.sources, self.words);
                        Verdict::Hopeless(Box::new(refusal))
                    }
                    None => Verdict::Refused(problems.into_iter().collect()),
                }
            }
        }
    }

    fn line(&self, person: &Person, text: &str, region: &str, outcome: &Outcome) -> Decided {
        let statuses = outcome.all_at(self.at);
        let levels = statuses.iter();
        let levels =
            levels.map(|(name, status)| ((*name).to_owned(), status.level_name().to_owned()));
        let levels = levels.collect();
        let standings = statuses.into_iter();
        let standings = standings.map(|(name, status)| (name, standing(status, outcome)));
        let line = Line {
            first: person.first,
            through: (person.last > person.first).then_some(person.last),
            id: self.id.map(|pointer| name_of(text, pointer)),
            at: self.at.to_rfc3339(outcome.offset()),
            region,
            decisions: (!self.full).then(|| standings.collect()),
        };
        // Serializing strings, numbers and lists cannot fail.
        let mut line = serde_json::to_string(&line).unwrap_or_default();
        if self.full {
            line.pop();
            line.push_str(",\"outcome\":");
            line.push_str(&outcome.json_at(self.at));
            line.push('}');
        }
        Decided { line, levels }
    }
}

fn standing(status: Status<'_>, outcome: &Outcome) -> Standing {
    let problems = outcome.problems_of(status.stretch());
    let mut problems: Vec<String> = problems.map(|problem| problem.code.to_string()).collect();
    problems.sort();
    problems.dedup();
    let mut rules: Vec<String> = Vec::new();
    for cause in status.causes() {
        if !rules.iter().any(|rule| rule == cause.rule()) {
            rules.push(cause.rule().to_owned());
        }
    }
    let write = Stamp::at(outcome.offset());
    let next = status.until.zip(status.next());
    Standing {
        level: status.level_name().to_owned(),
        at_least: status.at_least_name().map(str::to_owned),
        since: status.since.map(write),
        until: status.until.map(write),
        next: next.map(|(at, stretch)| NextView {
            at: write(at),
            level: stretch.level_name().to_owned(),
        }),
        rules,
        problems,
    }
}

/// The value at `pointer` if it is a plain one, else null: a record or list could
/// reveal more about the person than a name.
fn name_of(facts: &str, pointer: &str) -> Json {
    let facts = serde_json::from_str::<Json>(facts).unwrap_or_default();
    let found = facts.pointer(pointer).cloned().unwrap_or_default();
    match found {
        Json::Object(_) | Json::Array(_) => Json::Null,
        plain => plain,
    }
}

/// How many were decided and refused, and how many have each level.
pub(crate) fn summary(tally: &Tally, words: Words) -> String {
    let mut out = words.fill(
        Key::BatchDone,
        &Args::of("decided", tally.decided).with("refused", tally.refused),
    );
    out.push('\n');
    let widest = tally.levels.keys().map(String::len).max().unwrap_or(0);
    for (decision, levels) in &tally.levels {
        let levels = levels.iter().map(|(level, n)| format!("{level} {n}"));
        let line = format!("  {decision:widest$}  {}", words.list(levels));
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}", plain(&line));
    }
    out
}
