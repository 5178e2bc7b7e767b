//! Explains why a decision has its level at an instant, and why not another.
//!
//! For each rule of the policy in force, an explanation lists its causes with their
//! spans and the facts they rest on. If none holds at the instant, it says when one
//! would. If the rule gave no cause, it names the condition that failed and for which
//! record, the section that is empty or missing, or the error. The result is data in
//! both languages, in the order of decisions and rules.
//!
//! The rules run twice: plain and watched. The plain run decides; the watched run only
//! supplies the reasons.

mod levels;
mod reasons;
#[cfg(test)]
mod tests;

use crate::text::at_offset;
pub use reasons::{Reason, Value};

use self::reasons::Why;
use crate::probes::Watched;
use longma_compile::{Bundle, PackSource};
use longma_core::order;
use longma_core::{
    Catalogue, CauseView, DecisionOutcome, Facts, Instant, Localized, Offset, Outcome, Problem,
    Problems, Request, Span, Stamp, Status, StatusView, Verdict,
};
use longma_lang::finding::Range;
use longma_oracle::watch::{Given, WatchedDecision, WatchedPolicy, WatchedRule};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The inputs of an explanation.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The packs as text.
    pub bundle: &'a Bundle,
    /// The same packs, ready to decide.
    pub catalogue: &'a Catalogue,
    /// The same packs, watched.
    pub watched: &'a Watched,
    /// The facts as JSON text, to quote records from.
    pub facts: &'a str,
    /// The CSV texts of tables by name, to quote rows from.
    pub tables: &'a BTreeMap<String, String>,
}

/// Why every decision has its level at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The format version.
    pub longma_explanation: u32,
    /// The instant.
    pub at: Stamp,
    /// The region whose rules apply.
    pub region: String,
    /// First instant of the policy in force; `None` if it has no beginning.
    pub from: Option<Stamp>,
    /// First instant after it; `None` if it has no end.
    pub until: Option<Stamp>,
    /// The packs in force; empty if there are none.
    pub packs: Vec<String>,
    /// The decisions, in the order in which they are made.
    pub decisions: Vec<Decision>,
}

/// Why one decision has its level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Its name.
    pub decision: String,
    /// Its name for readers.
    pub caption: Localized,
    /// Its status at the instant.
    pub status: StatusView,
    /// Its levels, highest first, and why each one is or is not the level.
    pub levels: Vec<Level>,
    /// Each of its rules, once.
    pub rules: Vec<Rule>,
    /// Inherited rules and params that were overridden or dropped.
    pub changed: Vec<Changed>,
}

/// One level, compared with the one that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Level {
    /// Its name.
    pub level: String,
    /// Its name for readers.
    pub caption: Localized,
    /// Its tone.
    pub colour: String,
    /// Whether it is above, at or below the level that holds.
    pub standing: Standing,
    /// The rules that can give it, according to their text.
    pub rules: Vec<String>,
    /// When it becomes the level the next time, with the facts as they are.
    pub next: Option<Stamp>,
    /// For a level above: its cause nearest in time.
    pub nearest: Option<Nearest>,
    /// For a level below: the causes that hold a higher level.
    pub held_up_by: Vec<CauseView>,
}

/// Where a level is relative to the one that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is higher: no cause of it holds.
    Above,
    /// It is the level.
    Here,
    /// It is lower: a cause of a higher level holds.
    Below,
    /// The level is unknown and could be this one: it is the highest certain level, or
    /// a rule whose result is unknown can give it.
    Possible,
}

/// The cause of a level that is nearest to the instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Nearest {
    /// Its rule.
    pub rule: String,
    /// Its first instant; `None` if it has no beginning.
    pub from: Option<Stamp>,
    /// The first instant after it; `None` if it has no end.
    pub until: Option<Stamp>,
    /// Whether it begins after the instant.
    pub to_come: bool,
}

/// Why one rule holds or does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// `pack/decision/function`.
    pub rule: String,
    /// Why its level holds when it does.
    pub caption: Localized,
    /// What ends it.
    pub release: Localized,
    /// The title of the document that it cites.
    pub source: Localized,
    /// Where its name is in its script; `None` if the script is not at hand.
    pub range: Option<Range>,
    /// The levels that it can give according to its text, lowest first.
    pub levels: Vec<String>,
    /// Whether and when it holds.
    pub verdict: RuleVerdict,
    /// Its causes, earliest first.
    pub causes: Vec<Cause>,
    /// Why it has no cause, or why one of its causes never begins.
    pub reasons: Vec<Reason>,
    /// How many more reasons were left out.
    pub more_reasons: usize,
    /// The problems that left it unknown.
    pub problems: Vec<Problem>,
}

/// Whether and when a rule holds, relative to the instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleVerdict {
    /// A cause of it holds at the instant.
    Holds,
    /// No cause holds; one begins later.
    ToCome,
    /// No cause holds or begins later; one has ended.
    Over,
    /// It gave causes, but only outside the span of this policy.
    Elsewhen,
    /// It gave no cause.
    Never,
    /// A section, table or earlier decision that it reads is unknown.
    Unknown,
    /// It failed.
    Failed,
}

/// A cause of a rule, with the ends that the rule gave it; the policy may end earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Its level.
    pub level: String,
    /// Its first instant; `None` if it has no beginning.
    pub from: Option<Stamp>,
    /// The first instant after it; `None` if it has no end.
    pub until: Option<Stamp>,
    /// Whether it holds at the instant.
    pub holds: bool,
    /// The records and rows that it rests on.
    pub facts: Vec<Fact>,
}

/// A record or row, with a short text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fact {
    /// A JSON pointer into the facts, or `table#/row`.
    pub pointer: String,
    /// Its scalar members, as `name = value`; empty if the record or row is not at
    /// hand.
    pub text: String,
}

/// A change that a pack in the line makes to what it inherits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The inherited rule, as `pack/decision/function`, or `params.name`.
    pub name: String,
    /// The pack that changed it.
    pub by: String,
    /// Whether the pack dropped it; otherwise the pack overrides it.
    pub dropped: bool,
    /// The reason given in the pack's manifest.
    pub reason: String,
}

/// Explains every decision that `request` asks for at an instant.
///
/// ```
/// # use std::collections::BTreeMap;
/// use longma_core::{Instant, Request};
/// use longma_desk::explain::{Ground, RuleVerdict, explain};
/// use longma_desk::probes::Watched;
/// # use longma_compile::texts::{Texts, read};
/// # let rules = std::path::Path::new("../rules");
/// # let on_disk = |file: &str| std::fs::read_to_string(rules.join(file)).unwrap();
/// # let text = |file: &str| (file.to_owned(), on_disk(file));
/// # let pack = |file: &str| text(&format!("packs/62/validity-2020-02-21/{file}"));
/// // A code is valid for 24 hours from its issue.
/// let texts = Texts::from([
///     text("schema/person.schema.json"),
///     pack("pack.toml"),
///     pack("captions.toml"),
///     pack("validity.rhai"),
/// ]);
/// let bundle = read(&texts).bundle;
/// let facts = r#"{
///     "subject": "person",
///     "identity": {
///         "name": "测试甲", "region": "620102",
///         "document": {"type": "other", "number": "CASE-0001"}
///     },
///     "issuance": [{"issued_at": "2020-02-25T10:00:00+08:00"}]
/// }"#;
/// let catalogue = longma_oracle::load(&bundle).unwrap();
/// let ground = Ground {
///     bundle: &bundle,
///     catalogue: &catalogue,
///     watched: &Watched::load(&bundle).unwrap(),
///     facts,
///     tables: &BTreeMap::new(),
/// };
/// let read = catalogue.read_facts(facts).unwrap();
/// let at = Instant::parse("2020-02-26T10:00:00+08:00").unwrap();
/// let explanation = explain(ground, &read, Request::default(), at).unwrap();
/// let rule = &explanation.decisions[0].rules[0];
/// assert_eq!(rule.verdict, RuleVerdict::Over);
/// assert_eq!(rule.causes[0].until.unwrap().instant, at);
/// ```
///
/// # Errors
/// The same as [`Catalogue::decide`].
pub fn explain(
    ground: Ground<'_>,
    facts: &Facts,
    request: Request<'_>,
    at: Instant,
) -> Result<Explanation, Problems> {
    let outcome = ground.catalogue.decide(facts, request)?;
    let (_, policies) = longma_oracle::watch::decide(&ground.watched.catalogue, facts, request)?;
    let region = request.region.or(facts.region()).unwrap_or_default();
    let all = ground.catalogue.policies(region);
    let in_force = all.iter().find(|policy| policy.span().contains(at));
    let span = in_force.map(longma_core::Policy::span);
    let write = Stamp::at(outcome.offset());
    let mut explanation = Explanation {
        longma_explanation: 1,
        at: write(at),
        region: region.to_owned(),
        from: span.and_then(Span::from).map(write),
        until: span.and_then(Span::until).map(write),
        packs: in_force.map_or_else(Vec::new, |policy| policy.packs().to_vec()),
        decisions: Vec::new(),
    };
    if let Some(policy) = policies.iter().find(|policy| policy.span.contains(at)) {
        let explainer = Explainer {
            ground,
            outcome: &outcome,
            policy,
            at,
            telling: Telling::new(ground, outcome.offset()),
        };
        for decision in &policy.decisions {
            if let Some(known) = outcome.decisions().get(&decision.name) {
                explanation
                    .decisions
                    .extend(explainer.decision(decision, known));
            }
        }
    }
    Ok(explanation)
}

struct Explainer<'a> {
    ground: Ground<'a>,
    outcome: &'a Outcome,
    policy: &'a WatchedPolicy,
    at: Instant,
    telling: Telling<'a>,
}

impl Explainer<'_> {
    fn decision(&self, decision: &WatchedDecision, known: &DecisionOutcome) -> Option<Decision> {
        let status = self.outcome.at(&decision.name, self.at)?;
        let packs = self.packs(decision);
        let rules: Vec<Rule> = decision
            .rules
            .iter()
            .map(|rule| self.rule(rule, decision, &packs))
            .collect();
        Some(Decision {
            decision: decision.name.clone(),
            caption: known.caption().clone(),
            levels: self.levels(known, status, &rules),
            status: status.view(self.outcome.offset()),
            rules,
            changed: changed(&packs, &decision.name),
        })
    }

    /// The packs of a decision's line, own first.
    fn packs(&self, decision: &WatchedDecision) -> Vec<&PackSource> {
        let packs = decision.packs.iter();
        let all = &self.ground.bundle.packs;
        packs
            .filter_map(|id| all.iter().find(|pack| pack.id == *id))
            .collect()
    }

    fn rule(&self, rule: &WatchedRule, decision: &WatchedDecision, packs: &[&PackSource]) -> Rule {
        let problems = self.problems(rule);
        let given: &[Given] = rule.gave.as_deref().unwrap_or_default();
        let causes = self.causes(given);
        let verdict = self.verdict(rule, given, &problems);
        let mut why = Why::new(self.ground.watched, &self.telling, rule);
        if problems.is_empty() {
            match verdict {
                RuleVerdict::Never => why.none(rule),
                _ => why.empty_causes(),
            }
        }
        let (reasons, more_reasons) = why.finish();
        Rule {
            rule: rule.rule.clone(),
            caption: rule.caption.clone(),
            release: rule.release.clone(),
            source: rule.source.clone(),
            range: reasons::range_of(self.ground.watched, &rule.rule),
            levels: levels::given_by(self.ground.watched, packs, &rule.rule, &decision.levels),
            verdict,
            causes,
            reasons,
            more_reasons,
            problems,
        }
    }

    /// The problems that left the rule unknown: those of the plain run, or if it has
    /// none, those of the watched run.
    fn problems(&self, rule: &WatchedRule) -> Vec<Problem> {
        let known = self.outcome.problems().iter();
        let failed = known.filter(|problem| problem.rule.as_deref() == Some(&*rule.rule));
        let failed: Vec<Problem> = failed.cloned().collect();
        match &rule.gave {
            Err(problems) if failed.is_empty() => problems.clone(),
            _ => failed,
        }
    }

    fn causes(&self, given: &[Given]) -> Vec<Cause> {
        let mut causes: Vec<(Span, Cause)> = Vec::new();
        for given in given {
            for span in given
                .when
                .spans()
                .iter()
                .filter(|span| self.touches(**span))
            {
                let write = Stamp::at(self.outcome.offset());
                let cause = Cause {
                    level: given.level.clone(),
                    from: span.from().map(write),
                    until: span.until().map(write),
                    holds: span.contains(self.at),
                    facts: self.telling.facts(&given.evidence),
                };
                causes.push((*span, cause));
            }
        }
        order::sort_by(&mut causes, |(a, one), (b, other)| {
            a.order(*b).then_with(|| one.facts.cmp(&other.facts))
        });
        causes.into_iter().map(|(_, cause)| cause).collect()
    }

    /// Whether a span overlaps the policy's.
    fn touches(&self, span: Span) -> bool {
        let before = |end: Option<Instant>, start: Option<Instant>| match (end, start) {
            (Some(end), Some(start)) => end <= start,
            _ => false,
        };
        let policy = self.policy.span;
        !before(span.until(), policy.from()) && !before(policy.until(), span.from())
    }

    fn verdict(&self, rule: &WatchedRule, given: &[Given], problems: &[Problem]) -> RuleVerdict {
        if problems.iter().any(|problem| problem.rule.is_some()) {
            return RuleVerdict::Failed;
        }
        if !problems.is_empty() || rule.gave.is_err() {
            return RuleVerdict::Unknown;
        }
        let all = || {
            given
                .iter()
                .flat_map(|given| given.when.spans().iter().copied())
        };
        let mut here = all().filter(|span| self.touches(*span)).peekable();
        if here.peek().is_none() {
            let none = all().next().is_none();
            return if none {
                RuleVerdict::Never
            } else {
                RuleVerdict::Elsewhen
            };
        }
        let spans: Vec<Span> = here.collect();
        let to_come = |span: &Span| span.from().is_some_and(|from| from > self.at);
        if spans.iter().any(|span| span.contains(self.at)) {
            RuleVerdict::Holds
        } else if spans.iter().any(to_come) {
            RuleVerdict::ToCome
        } else {
            RuleVerdict::Over
        }
    }

    fn levels(&self, known: &DecisionOutcome, status: Status<'_>, rules: &[Rule]) -> Vec<Level> {
        let verdict = status.verdict();
        let offset = self.outcome.offset();
        let levels = known.levels().iter().enumerate().rev();
        levels
            .map(|(rank, level)| {
                let standing = match verdict {
                    Verdict::Known(here) if rank > here => Standing::Above,
                    Verdict::Known(here) if rank == here => Standing::Here,
                    Verdict::Known(_) => Standing::Below,
                    Verdict::Unknown(least) if rank < least.unwrap_or(0) => Standing::Below,
                    Verdict::Unknown(least)
                        if rank == least.unwrap_or(0) || may_be(&level.name, rules) =>
                    {
                        Standing::Possible
                    }
                    Verdict::Unknown(_) => Standing::Above,
                };
                let name = level.name.to_string();
                let can = rules.iter().filter(|rule| rule.levels.contains(&name));
                let above = |cause: &&longma_core::Cause| {
                    standing == Standing::Below && cause.rank() > rank
                };
                let held_up_by = status.causes().filter(above);
                Level {
                    caption: level.caption.clone(),
                    colour: level.colour.clone(),
                    standing,
                    rules: can.map(|rule| rule.rule.clone()).collect(),
                    next: known.next(&name, self.at).map(Stamp::at(offset)),
                    nearest: (standing == Standing::Above)
                        .then(|| self.nearest(&level.name, rules))
                        .flatten(),
                    held_up_by: held_up_by.map(|cause| known.cause(cause, offset)).collect(),
                    level: name,
                }
            })
            .collect()
    }

    /// The cause of `level` that begins or ended nearest to the instant.
    fn nearest(&self, level: &str, rules: &[Rule]) -> Option<Nearest> {
        let read = |at: Option<Stamp>| at.map(|at| at.instant);
        let mut found: Vec<(i64, Nearest)> = Vec::new();
        for rule in rules {
            for cause in rule.causes.iter().filter(|cause| cause.level == level) {
                let (from, until) = (read(cause.from), read(cause.until));
                let to_come = from.is_some_and(|from| from > self.at);
                let edge = if to_come { from } else { until };
                let distance = edge.map(|edge| edge.minus(self.at).as_seconds().abs());
                let nearest = Nearest {
                    rule: rule.rule.clone(),
                    from: cause.from,
                    until: cause.until,
                    to_come,
                };
                found.extend(distance.map(|distance| (distance, nearest)));
            }
        }
        let nearest = found.into_iter().min_by_key(|(distance, _)| *distance);
        nearest.map(|(_, nearest)| nearest)
    }
}

/// Whether an unknown or failed rule can give `level`.
fn may_be(level: &str, rules: &[Rule]) -> bool {
    rules.iter().any(|rule| {
        let open = matches!(rule.verdict, RuleVerdict::Unknown | RuleVerdict::Failed);
        open && rule.levels.iter().any(|it| it == level)
    })
}

/// What each pack of a line (own first) changes of the packs after it.
fn changed(packs: &[&PackSource], decision: &str) -> Vec<Changed> {
    let mut out = Vec::new();
    for (position, pack) in packs.iter().enumerate() {
        let behind = || packs.iter().skip(position + 1);
        let tables = [
            (&pack.manifest.drops, true),
            (&pack.manifest.overrides, false),
        ];
        for (entries, dropped) in tables {
            for (name, reason) in entries {
                let inherited = match name.split_once('.') {
                    Some(("params", param)) => behind()
                        .any(|pack| pack.manifest.params.contains_key(param))
                        .then(|| name.clone()),
                    Some((of, rule)) if of == decision => behind()
                        .find(|pack| defines(pack, decision, rule))
                        .map(|pack| format!("{}/{decision}/{rule}", pack.id)),
                    _ => None,
                };
                out.extend(inherited.map(|name| Changed {
                    name,
                    by: pack.id.clone(),
                    dropped,
                    reason: reason.clone(),
                }));
            }
        }
    }
    out
}

fn defines(pack: &PackSource, decision: &str, rule: &str) -> bool {
    let captions = pack.captions.get(decision);
    captions.is_some_and(|captions| captions.rules.contains_key(rule))
}

/// Writes records and rows as short texts.
pub(crate) struct Telling<'a> {
    facts: Json,
    tables: &'a BTreeMap<String, String>,
    pub(crate) offset: Offset,
}

impl<'a> Telling<'a> {
    fn new(ground: Ground<'a>, offset: Offset) -> Self {
        Self {
            facts: serde_json::from_str(ground.facts).unwrap_or_default(),
            tables: ground.tables,
            offset,
        }
    }

    pub(crate) fn facts(&self, evidence: &[String]) -> Vec<Fact> {
        evidence.iter().map(|pointer| self.fact(pointer)).collect()
    }

    pub(crate) fn fact(&self, pointer: &str) -> Fact {
        let text = match pointer.split_once("#/") {
            Some((table, row)) => self.row(table, row).unwrap_or_default(),
            None => {
                let record = self.facts.pointer(pointer);
                record.map(|it| short(it, self.offset)).unwrap_or_default()
            }
        };
        Fact {
            pointer: pointer.to_owned(),
            text,
        }
    }

    fn row(&self, table: &str, row: &str) -> Option<String> {
        let text = self.tables.get(table)?;
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let names = reader.headers().ok()?.clone();
        let row = reader.records().nth(row.parse().ok()?)?.ok()?;
        let cells = names.iter().zip(row.iter());
        let cells = cells.filter(|(_, cell)| !cell.is_empty());
        let cells: Vec<String> = cells
            .map(|(name, cell)| format!("{name} = {}", at_offset(cell, self.offset)))
            .collect();
        Some(cells.join(", "))
    }
}

/// The scalar members of a record, as `name = value`, times at `offset`.
fn short(record: &Json, offset: Offset) -> String {
    let Json::Object(members) = record else {
        return record.to_string();
    };
    let said = members.iter().filter_map(|(name, value)| match value {
        Json::String(text) => Some(format!("{name} = {}", at_offset(text, offset))),
        Json::Bool(_) | Json::Number(_) => Some(format!("{name} = {value}")),
        _ => None,
    });
    let said: Vec<String> = said.collect();
    said.join(", ")
}
