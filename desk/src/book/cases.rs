//! A chapter's cases: what each is given, what comes out when, and a picture of the whole
//! timeline.

use super::{Ends, Maker};
use crate::case::{Case, Expectation};
use crate::text::{bilingual, say};
use longma_core::order::Gather;
use longma_core::{Args, DecisionOutcome, Instant, Localized, Outcome, Stretch, UNKNOWN, Verdict};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// Level changes within this many seconds of an instant of the case are drawn.
const REACH: i64 = 30 * 86_400;

/// A case as a chapter shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseView {
    /// Its number in the chapter, from 1.
    pub number: usize,
    /// A sentence.
    pub name: Localized,
    /// The sections of the facts that are not empty, as JSON.
    pub facts: String,
    /// The reference tables that are not empty, as CSV, by name.
    pub tables: BTreeMap<String, String>,
    /// What comes out, by instant.
    pub looks: Vec<Look>,
    /// Paths of the rules that give a cause at one of these instants: `pack/decision/function`.
    pub rules: BTreeSet<String>,
    /// Codes of the problems that make core refuse the facts.
    pub refused: Vec<String>,
    /// The timelines.
    pub picture: Option<Picture>,
}

/// What comes out at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Look {
    /// In seconds since the Unix epoch.
    pub at: i64,
    /// The levels of the decisions that the case expects.
    pub levels: Vec<LevelTold>,
    /// Captions of the active causes of these decisions, each once.
    pub causes: Vec<Localized>,
}

/// A decision's level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelTold {
    /// The decision's name for readers.
    pub decision: Localized,
    /// The level's name for readers.
    pub level: Localized,
    /// The tone that it is shown in; `unknown` if the level is unknown.
    pub tone: String,
}

/// Timelines over one stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// Instants that the picture must show, in seconds since the Unix epoch.
    pub around: Vec<i64>,
    /// One row for each decision.
    pub rows: Vec<PictureRow>,
    /// The packs in force, if they change within the picture; otherwise empty.
    pub packs: Vec<(Ends, Vec<String>)>,
}

/// One decision's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PictureRow {
    /// The decision's name for readers.
    pub decision: Localized,
    /// Stretches that together cover all time, earliest first.
    pub stretches: Vec<PictureStretch>,
}

/// A stretch of time with one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PictureStretch {
    /// When.
    pub span: Ends,
    /// The level's name for readers.
    pub level: Localized,
    /// The tone that it is shown in.
    pub tone: String,
    /// Its position on the scale; one above the highest if the level is unknown.
    pub rank: usize,
}

/// The cases of the pack `id`.
pub(super) fn views(maker: &Maker<'_>, id: &str) -> Vec<CaseView> {
    let cases = maker.cases.iter().filter(|case| case.pack == id);
    let views = cases
        .zip(1..)
        .map(|(case, number)| view(maker, case, number));
    views.collect()
}

fn view(maker: &Maker<'_>, case: &Case, number: usize) -> CaseView {
    let mut view = CaseView {
        number,
        name: bilingual(&case.name),
        facts: given(&case.facts),
        tables: case
            .references
            .iter()
            .filter(|(_, csv)| csv.lines().count() > 1)
            .map(|(name, csv)| (name.clone(), csv.clone()))
            .into_map(),
        looks: Vec::new(),
        rules: BTreeSet::new(),
        refused: case.problems.clone(),
        picture: None,
    };
    if let Ok(outcome) = case.evaluate(maker.catalogue) {
        for expectation in &case.at {
            let look = look(&outcome, expectation, &mut view.rules);
            view.looks.extend(look);
        }
        view.picture = picture(&outcome, case);
    }
    view
}

/// The facts of a case as JSON, without empty lists and without `subject` and `identity`,
/// which say nothing about the case.
fn given(facts: &str) -> String {
    let facts: Map<String, Json> = serde_json::from_str(facts).unwrap_or_default();
    let told = facts.into_iter().filter(|(name, value)| {
        let empty = value.as_array().is_some_and(Vec::is_empty);
        !empty && name != "subject" && name != "identity"
    });
    let told: Map<String, Json> = told.collect();
    if told.is_empty() {
        return String::new();
    }
    serde_json::to_string_pretty(&told).unwrap_or_default()
}

fn look(
    outcome: &Outcome,
    expectation: &Expectation,
    rules: &mut BTreeSet<String>,
) -> Option<Look> {
    let instant = Instant::parse(&expectation.time).ok()?;
    let mut look = Look {
        at: instant.unix(),
        levels: Vec::new(),
        causes: Vec::new(),
    };
    for name in expectation.levels.keys() {
        let Some(decision) = outcome.decisions().get(name) else {
            continue;
        };
        let status = outcome.at(name, instant)?;
        look.levels.push(LevelTold {
            decision: decision.caption().clone(),
            level: told(status.stretch()),
            tone: tone(status.stretch()),
        });
        for cause in status.causes() {
            if !look.causes.contains(cause.caption()) {
                look.causes.push(cause.caption().clone());
            }
            rules.insert(cause.rule().to_owned());
        }
    }
    Some(look)
}

/// A level's name for readers.
fn told(stretch: Stretch<'_>) -> Localized {
    match (stretch.level(), stretch.at_least()) {
        (Some(level), _) => level.caption.clone(),
        (None, Some(least)) => say(
            "book.unknown-at-least",
            &Args::of("level", least.caption.clone()),
        ),
        (None, None) => say("book.unknown", &Args::NONE),
    }
}

fn tone(stretch: Stretch<'_>) -> String {
    let level = stretch.level();
    level.map_or(UNKNOWN, |level| &level.colour).to_owned()
}

fn picture(outcome: &Outcome, case: &Case) -> Option<Picture> {
    let looked: Vec<i64> = case
        .at
        .iter()
        .filter_map(|at| Some(Instant::parse(&at.time).ok()?.unix()))
        .collect();
    let names: BTreeSet<&String> = case.at.iter().flat_map(|at| at.levels.keys()).into_set();
    let decisions: Vec<&DecisionOutcome> = names
        .into_iter()
        .filter_map(|name| outcome.decisions().get(name))
        .collect();
    let rows: Vec<PictureRow> = decisions.iter().map(|decision| row(decision)).collect();
    let near = |second: &i64| {
        looked
            .iter()
            .any(|at| at.abs_diff(*second) <= REACH.unsigned_abs())
    };
    let changes = rows.iter().flat_map(|row| &row.stretches);
    let changes = changes.filter_map(|stretch| stretch.span.from).filter(near);
    let around: Vec<i64> = looked.iter().copied().chain(changes).collect();
    let (first, last) = (around.iter().min()?, around.iter().max()?);
    let packs = decisions
        .first()
        .map(|decision| packs(decision))
        .unwrap_or_default();
    let within = packs.iter().filter(|(span, _)| {
        span.until.is_none_or(|until| until > *first) && span.from.is_none_or(|from| from <= *last)
    });
    let within: Vec<(Ends, Vec<String>)> = within.cloned().collect();
    Some(Picture {
        packs: if within.len() > 1 { within } else { Vec::new() },
        around,
        rows,
    })
}

fn row(decision: &DecisionOutcome) -> PictureRow {
    let all: Vec<Stretch<'_>> = decision.stretches().collect();
    let same = |a: &Stretch<'_>, b: &Stretch<'_>| a.verdict() == b.verdict();
    let chunks = all.chunk_by(same).filter_map(|chunk| {
        let first = chunk.first()?;
        Some(PictureStretch {
            span: ends(chunk)?,
            level: told(*first),
            tone: tone(*first),
            rank: match first.verdict() {
                Verdict::Known(rank) => rank,
                Verdict::Unknown(_) => decision.levels().len(),
            },
        })
    });
    PictureRow {
        decision: decision.caption().clone(),
        stretches: chunks.collect(),
    }
}

fn packs(decision: &DecisionOutcome) -> Vec<(Ends, Vec<String>)> {
    let all: Vec<Stretch<'_>> = decision.stretches().collect();
    let runs = all.chunk_by(|a, b| a.packs() == b.packs());
    runs.filter_map(|chunk| Some((ends(chunk)?, chunk.first()?.packs().to_vec())))
        .collect()
}

/// The first and last end of adjacent stretches.
fn ends(chunk: &[Stretch<'_>]) -> Option<Ends> {
    let (first, last) = (chunk.first()?.span(), chunk.last()?.span());
    Some(Ends {
        from: Ends::from(first).from,
        until: Ends::from(last).until,
    })
}
