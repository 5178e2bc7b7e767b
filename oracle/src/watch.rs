//! Watched evaluation: the same rules, run by the same evaluator, with a record of
//! what each of them did.
//!
//! The desk writes probes into the text of scripts: `longma_probe(7, x)` stands
//! where `x` stood, gives back `x` and notes it. [`load`] takes such scripts,
//! [`decide`] runs them. Beside the outcome it gives, rule by rule, what the rule
//! gave before that was cut to the policy's span, and what its probes saw. This
//! module knows nothing of what probes mean.

use crate::script::{Host, Interpreter, Log, take};
use longma_compile::Bundle;
use longma_core::body::Work;
use longma_core::cause::Draft;
use longma_core::observe::{Gave, Observer};
use longma_core::plan::{Decision, Read, Rule};
use longma_core::value::Value;
use longma_core::{
    Catalogue, Date, Days, Elapsed, Facts, Instant, Localized, Outcome, Policy, Problem, Problems,
    Request, Span, When, limits,
};
use std::collections::BTreeMap;

/// The name by which scripts call the probe.
pub const PROBE: &str = "longma_probe";

/// A value that a probe saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// `()`.
    Absent,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// An instant.
    Instant(Instant),
    /// A calendar day.
    Date(Date),
    /// An elapsed time.
    Elapsed(Elapsed),
    /// A number of days.
    Days(Days),
    /// A temperature in degrees Celsius, as it is written.
    Temperature(String),
    /// A set of instants.
    When(When),
    /// A cause, with the set over which it holds.
    Cause(When),
    /// A record, by its evidence: JSON pointers, and rows as `table#/row`.
    Record(Vec<String>),
    /// A list of so many items.
    List(usize),
    /// A table, an earlier decision or a closure.
    Other,
}

/// One visit to a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// The probe's number.
    pub probe: u32,
    /// What it saw.
    pub seen: Seen,
}

/// How often a probe was visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// In all.
    pub visits: u64,
    /// With `true`.
    pub yes: u64,
    /// With `false`.
    pub no: u64,
    /// With `()`.
    pub absent: u64,
}

impl Tally {
    pub(crate) fn count(&mut self, seen: &Seen) {
        self.visits += 1;
        match seen {
            Seen::Bool(true) => self.yes += 1,
            Seen::Bool(false) => self.no += 1,
            Seen::Absent => self.absent += 1,
            _ => {}
        }
    }

    /// Adds the visits of another evaluation.
    pub fn add(&mut self, other: Self) {
        self.visits += other.visits;
        self.yes += other.yes;
        self.no += other.no;
        self.absent += other.absent;
    }
}

/// What the rules of one policy did, in the order of evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedPolicy {
    /// The span over which the policy is in force.
    pub span: Span,
    /// The decisions, each after those that it reads.
    pub decisions: Vec<WatchedDecision>,
}

/// What the rules of one decision did under one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedDecision {
    /// Its name.
    pub name: String,
    /// Its own pack first, then what that inherits.
    pub packs: Vec<String>,
    /// Its levels, lowest first.
    pub levels: Vec<String>,
    /// Its rules, by name.
    pub rules: Vec<WatchedRule>,
}

/// What one rule did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedRule {
    /// `pack/decision/function`.
    pub rule: String,
    /// Why its level holds, for readers.
    pub caption: Localized,
    /// What ends it.
    pub release: Localized,
    /// What it rests on.
    pub source: Localized,
    /// What it reads, in the order of its parameters.
    pub reads: Vec<Reads>,
    /// What it gave.
    pub gave: Result<Vec<Given>, Vec<Problem>>,
    /// What its probes saw, in order.
    pub sights: Vec<Sight>,
    /// Whether they saw more than is kept in `sights`.
    pub cut: bool,
    /// How often each probe was visited.
    pub tallies: BTreeMap<u32, Tally>,
}

/// Where an argument of a rule comes from, and how much there is of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reads {
    /// The pack's params.
    Params,
    /// A section of the facts.
    Section {
        /// Its name.
        name: String,
        /// How many records it holds; `None` where it is missing or no list.
        records: Option<usize>,
    },
    /// A reference table.
    Table(String),
    /// An earlier decision.
    Earlier(String),
}

/// A cause as a rule gave it, before it was cut to the policy's span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its level.
    pub level: String,
    /// The position of its level on the scale.
    pub rank: usize,
    /// Over which instants it holds; maybe none.
    pub when: When,
    /// The facts it rests on.
    pub evidence: Vec<String>,
}

/// As [`load`](crate::load), for scripts that may hold probes. Rules may spend,
/// nest and hold more than otherwise.
///
/// # Errors
/// All problems of all packs.
pub fn load(bundle: Bundle) -> Result<Catalogue, Problems> {
    let interpreter = Interpreter::new(bundle.levels(), Host::watched);
    longma_compile::load(bundle, &interpreter)
}

/// As [`Catalogue::decide`], with what every rule did, policy by policy.
///
/// # Errors
/// As [`Catalogue::decide`].
pub fn decide(
    catalogue: &Catalogue,
    facts: &Facts,
    request: Request<'_>,
) -> Result<(Outcome, Vec<WatchedPolicy>), Problems> {
    let mut watch = Watch::default();
    let outcome = catalogue.decide_observed(facts, request, &mut watch)?;
    Ok((outcome, watch.0))
}

/// What is noted while rules run.
#[derive(Debug, Default)]
struct Watch(Vec<WatchedPolicy>);

impl Observer for Watch {
    fn room(&self) -> u64 {
        u64::from(limits::WATCHED)
    }

    fn policy(&mut self, policy: &Policy) {
        self.0.push(WatchedPolicy {
            span: policy.span(),
            decisions: Vec::new(),
        });
    }

    fn decision(&mut self, packs: &[String], decision: &Decision) {
        if let Some(policy) = self.0.last_mut() {
            let levels = decision.levels.iter();
            policy.decisions.push(WatchedDecision {
                name: decision.name.to_string(),
                packs: packs.to_vec(),
                levels: levels.map(|level| level.name.to_string()).collect(),
                rules: Vec::new(),
            });
        }
    }

    fn rule(&mut self, rule: &Rule, facts: &Facts, work: &mut Work, gave: Gave<'_>) {
        let policy = self.0.last_mut();
        let Some(decision) = policy.and_then(|policy| policy.decisions.last_mut()) else {
            return;
        };
        let Log {
            sights,
            cut,
            tallies,
        } = take(work);
        decision.rules.push(WatchedRule {
            rule: rule.citation.rule.clone(),
            caption: rule.citation.caption.clone(),
            release: rule.citation.release.clone(),
            source: rule.citation.source.clone(),
            reads: rule.reads.iter().map(|read| reads(read, facts)).collect(),
            gave: gave
                .map(|drafts| drafts.iter().map(given).collect())
                .map_err(|problems| problems.into_iter().cloned().collect()),
            sights,
            cut,
            tallies,
        });
    }
}

fn reads(read: &Read, facts: &Facts) -> Reads {
    match read {
        Read::Params => Reads::Params,
        Read::Section(name) => Reads::Section {
            name: name.clone(),
            records: match facts.section(name) {
                Some(Value::List(items)) => Some(items.len()),
                _ => None,
            },
        },
        Read::Table(name) => Reads::Table(name.clone()),
        Read::Earlier(name) => Reads::Earlier(name.clone()),
    }
}

fn given((rank, draft): &(usize, Draft)) -> Given {
    Given {
        level: draft.level.to_string(),
        rank: *rank,
        when: draft.when.clone(),
        evidence: draft.evidence.iter().map(ToString::to_string).collect(),
    }
}
