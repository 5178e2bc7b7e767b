//! Watched evaluation: the same rules, run by the same evaluator, with a record of what
//! each one did.
//!
//! The desk writes probes into scripts: `longma_probe(7, x)` replaces `x`, returns `x`
//! and records it. [`load`] accepts such scripts, and [`decide`] runs them. Along with
//! the outcome it returns, for each rule, what the rule gave before it was cut to the
//! policy's span, and what its probes saw. This module does not know what probes mean.

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

/// The name of the probe in scripts.
pub const PROBE: &str = "longma_probe";

/// A value that a probe saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// `()`.
    Absent,
    /// A boolean.
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
    /// A temperature in degrees Celsius, as it is printed.
    Temperature(String),
    /// A set of instants.
    When(When),
    /// A cause, with the set over which it holds.
    Cause(When),
    /// A record, by its evidence: JSON pointers, and rows as `table#/row`.
    Record(Vec<String>),
    /// A list, with its length.
    List(usize),
    /// A table, an earlier decision or a closure.
    Other,
}

/// One visit to a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// The number of the probe.
    pub probe: u32,
    /// What it saw.
    pub seen: Seen,
}

/// The number of visits to a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// All visits.
    pub visits: u64,
    /// Visits with `true`.
    pub yes: u64,
    /// Visits with `false`.
    pub no: u64,
    /// Visits with `()`.
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
    /// The span in which the policy is in force.
    pub span: Span,
    /// The decisions. Each one comes after those it reads.
    pub decisions: Vec<WatchedDecision>,
}

/// What the rules of one decision did under one policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedDecision {
    /// Its name.
    pub name: String,
    /// Its own pack first, then its ancestors.
    pub packs: Vec<String>,
    /// Its levels, lowest first.
    pub levels: Vec<String>,
    /// Its rules, by name.
    pub rules: Vec<WatchedRule>,
}

/// What one rule did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedRule {
    /// Its id, as `pack/decision/function`.
    pub rule: String,
    /// Why its level holds, for readers.
    pub caption: Localized,
    /// What ends it.
    pub release: Localized,
    /// The document it rests on.
    pub source: Localized,
    /// What it reads, in the order of its parameters.
    pub reads: Vec<Reads>,
    /// The causes it gave, or the problems that kept it from giving any.
    pub gave: Result<Vec<Given>, Vec<Problem>>,
    /// What its probes saw, in order.
    pub sights: Vec<Sight>,
    /// Whether they saw more than `sights` keeps.
    pub cut: bool,
    /// How often each probe was visited.
    pub tallies: BTreeMap<u32, Tally>,
}

/// The source of a rule's argument, and its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reads {
    /// The pack's params.
    Params,
    /// A section of the facts.
    Section {
        /// Its name.
        name: String,
        /// The number of records. `None` if the section is missing or no list.
        records: Option<usize>,
    },
    /// A reference table.
    Table(String),
    /// An earlier decision.
    Earlier(String),
}

/// A cause as the rule gave it, before the cut to the policy's span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its level.
    pub level: String,
    /// The position of its level on the scale, lowest first.
    pub rank: usize,
    /// The instants at which it holds. May be empty.
    pub when: When,
    /// The facts it rests on.
    pub evidence: Vec<String>,
}

/// Like [`load`](crate::load), for scripts that may contain probes. Rules may spend,
/// nest and hold more than usual. See [`decide`] for an example.
///
/// # Errors
/// All problems of all packs.
pub fn load(bundle: &Bundle) -> Result<Catalogue, Problems> {
    let interpreter = Interpreter::new(bundle.levels(), Host::watched);
    longma_compile::load(bundle, &interpreter)
}

/// Like [`Catalogue::decide`], with what every rule did, policy by policy.
///
/// ```
/// use longma_compile::texts::{Texts, read};
/// use longma_oracle::watch::{Seen, decide, load};
///
/// let text = |file: &str, text: &str| (format!("packs/62/2022-03-07/{file}"), text.to_owned());
/// let house = read(&Texts::from([
///     ("schema/area.schema.json".to_owned(), SCHEMA.to_owned()),
///     text("pack.toml", MANIFEST),
///     text("captions.toml", CAPTIONS),
///     text("code.rhai", "/// source: plan\nfn days(params) { red(longma_probe(7, always())) }"),
/// ]));
/// let catalogue = load(&house.bundle).unwrap();
/// let facts = catalogue.read_facts(FACTS).unwrap();
/// let (outcome, policies) = decide(&catalogue, &facts, Default::default()).unwrap();
/// assert!(outcome.decisions().contains_key("code"));
/// let rule = &policies[0].decisions[0].rules[0];
/// assert_eq!(rule.rule, "62/2022-03-07/code/days");
/// assert_eq!(rule.gave.as_ref().unwrap()[0].level, "red");
/// assert_eq!(rule.sights[0].probe, 7);
/// assert!(matches!(rule.sights[0].seen, Seen::When(_)));
/// # const SCHEMA: &str = include_str!("../../rules/schema/area.schema.json");
/// # const FACTS: &str = r#"{
/// #   "subject": "area",
/// #   "identity": { "province": "甘肃省", "city": "兰州市", "county": "城关区", "region": "620102" }
/// # }"#;
/// # const MANIFEST: &str = r#"
/// # subject = "area"
/// # version = "1"
/// # title = { zh-CN = "方案", en = "A plan" }
/// # authority = { zh-CN = "省", en = "Province" }
/// # effective.from = 2022-03-07T00:00:00+08:00
/// # [sources.plan]
/// # title = { zh-CN = "方案", en = "The plan" }
/// # grade = "V"
/// # [decisions.code]
/// # scale = ["green", "red"]
/// # colours = ["green", "red"]
/// # "#;
/// # const CAPTIONS: &str = r#"
/// # [code]
/// # name = { zh-CN = "码", en = "Code" }
/// # levels.green = { zh-CN = "绿", en = "Green" }
/// # levels.red = { zh-CN = "红", en = "Red" }
/// # [code.rules.days]
/// # caption = { zh-CN = "总是红", en = "Always red" }
/// # release = { zh-CN = "不解除", en = "Never ends" }
/// # "#;
/// ```
///
/// # Errors
/// The same as [`Catalogue::decide`].
pub fn decide(
    catalogue: &Catalogue,
    facts: &Facts,
    request: Request<'_>,
) -> Result<(Outcome, Vec<WatchedPolicy>), Problems> {
    let mut watch = Watch::default();
    let outcome = catalogue.decide_observed(facts, request, &mut watch)?;
    Ok((outcome, watch.0))
}

/// The observer that records what rules do.
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
                .map(|drafts| drafts.iter().map(|it| given(it, &decision.levels, facts)))
                .map(Iterator::collect)
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
        Read::Section(name, _) => Reads::Section {
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

fn given(draft: &Draft, levels: &[String], facts: &Facts) -> Given {
    let rank = levels.iter().position(|level| **level == *draft.level);
    Given {
        level: draft.level.to_string(),
        rank: rank.unwrap_or_default(),
        when: draft.when.clone(),
        evidence: draft
            .evidence
            .iter()
            .map(|it| facts.columns().pointer(*it))
            .collect(),
    }
}
