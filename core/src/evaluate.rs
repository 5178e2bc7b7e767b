//! Evaluation: runs every rule of every policy of a region, once for all instants.
//!
//! Rules see the facts and no clock; their causes are cut to the span over which the
//! policy is in force. A rule that fails, or whose section or table is missing, makes
//! its decision unknown over that span. The causes of other rules are kept.

use crate::body::{Failure, Given, Work};
use crate::catalogue::Catalogue;
use crate::cause::Draft;
use crate::facts::{Facts, ManualCause};
use crate::host::{Earlier, Fault};
use crate::id::is_region;
use crate::observe::Observer;
use crate::outcome::{DecisionOutcome, Outcome};
use crate::plan::{Decision, Plan, Read, Rule};
use crate::policy::{Part, Policy};
use crate::problem::{Code, Place, Problem, Problems};
use crate::reference::References;
use crate::text::{Args, messages};
use crate::time::Offset;
use crate::timeline::{Cause, Citation, Layers, Timeline};
use crate::value::Evidence;
use crate::when::{Span, When};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What an evaluation needs besides the facts.
///
/// ```
/// use longma_core::Request;
///
/// // Only the code, by the rules that apply in Chengguan, Lanzhou.
/// let request = Request {
///     region: Some("620102"),
///     decisions: Some(&["code"]),
///     ..Request::default()
/// };
/// assert!(request.references.is_none());
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// The region whose rules apply, a GB/T 2260 code; that of the facts if `None`.
    pub region: Option<&'a str>,
    /// Reference data; a rule whose table is missing leaves its decision unknown.
    pub references: Option<&'a References>,
    /// The decisions to return; all if `None`. Rules that these do not need, directly or
    /// through other decisions, are not run.
    pub decisions: Option<&'a [&'a str]>,
}

/// Causes of one decision, gathered over all policies. Equal causes are joined, so a
/// change of policy does not end a cause that continues under the next one.
type Gathered = BTreeMap<(Arc<Citation>, usize, Vec<Evidence>), When>;

/// The result of one rule: causes with their ranks, or the positions of the problems
/// that make it unknown.
type Gave = Result<Vec<(usize, Draft)>, Vec<usize>>;

/// The results of one decision's rules for all instants; each policy cuts them to its
/// span.
struct Decided {
    /// The result of each rule, in order.
    rules: Vec<Gave>,
    /// The decision as later ones read it, or the position of the problem that makes it
    /// unknown.
    earlier: Result<Earlier, usize>,
}

/// Cache key for a decision's result: its plan (by address), its name, and the results
/// of the decisions that it reads. Facts and tables are fixed for an evaluation.
type Ground = (usize, Arc<str>, Vec<Option<usize>>);

/// What is known about one decision so far, policy by policy.
#[derive(Default)]
struct Growing {
    causes: Gathered,
    unknown: BTreeMap<usize, When>,
}

impl Catalogue {
    /// Evaluates all decisions of the region for all instants, or those that the request
    /// names. [`Catalogue`] has an example.
    ///
    /// # Errors
    /// Every problem of the facts, a missing or invalid region, or a decision that the
    /// rules do not have. Problems in rules are not errors here; they are in
    /// [`Outcome::problems`].
    pub fn evaluate(&self, facts: &str, request: Request<'_>) -> Result<Outcome, Problems> {
        let facts = self.read_facts(facts)?;
        self.decide(&facts, request)
    }

    /// Like [`evaluate`](Self::evaluate), for facts that are already decoded.
    ///
    /// # Errors
    /// A missing or invalid region, or a request or manual cause for a decision or level
    /// that the rules do not have.
    pub fn decide(&self, facts: &Facts, request: Request<'_>) -> Result<Outcome, Problems> {
        let region = region(facts, request)?;
        self.decide_asked(facts, self.policies(&region), &region, request, &mut ())
    }

    /// Like [`decide`](Self::decide), reporting every rule that is run to `observer`.
    ///
    /// # Errors
    /// Like [`decide`](Self::decide).
    pub fn decide_observed<O: Observer>(
        &self,
        facts: &Facts,
        request: Request<'_>,
        observer: &mut O,
    ) -> Result<Outcome, Problems> {
        let region = region(facts, request)?;
        self.decide_asked(facts, self.policies(&region), &region, request, observer)
    }

    /// Like [`decide`](Self::decide), with policies chosen by the caller instead of the
    /// region's own; the region is only named in the outcome. The policies must be from
    /// this catalogue, be in order and cover all time.
    ///
    /// # Errors
    /// A request or manual cause for a decision or level that the rules do not have.
    pub fn decide_by(
        &self,
        facts: &Facts,
        policies: &[Policy],
        request: Request<'_>,
    ) -> Result<Outcome, Problems> {
        let region = request.region.or(facts.region()).unwrap_or_default();
        self.decide_asked(facts, policies, region, request, &mut ())
    }

    fn decide_asked<O: Observer>(
        &self,
        facts: &Facts,
        policies: &[Policy],
        region: &str,
        request: Request<'_>,
        observer: &mut O,
    ) -> Result<Outcome, Problems> {
        let none = References::none();
        let mut evaluation = Evaluation {
            facts,
            references: request.references.unwrap_or(&none),
            problems: Vec::new(),
            decisions: BTreeMap::new(),
            manual: BTreeMap::new(),
            decided: Vec::new(),
            grounds: BTreeMap::new(),
            work: Work::new(observer.room()),
            rules: 0,
            observer,
        };
        let known = known_decisions(policies, facts.subject());
        let asked = asked(&known, request)?;
        let offset = policies
            .iter()
            .rev()
            .find_map(|policy| policy.parts().first())
            .map_or(Offset::CHINA, |part| part.plan.offset);
        evaluation.manual(&known, offset)?;
        for policy in policies {
            evaluation.policy(policy, &asked);
        }
        Ok(evaluation.outcome(region, offset, policies, &asked))
    }
}

fn region(facts: &Facts, request: Request<'_>) -> Result<String, Problem> {
    let place = Place::facts("/identity/region");
    match request.region.or_else(|| facts.region()) {
        None => Err(Problem::new(Code::RegionMissing, place)),
        Some(region) if is_region(region) => Ok(region.to_owned()),
        Some(region) => {
            Err(Problem::new(Code::RegionInvalid, place).with("found", crate::json::quote(region)))
        }
    }
}

/// Every decision in the region's history, as the latest policy that has it declares it.
fn known_decisions<'a>(policies: &'a [Policy], subject: &str) -> BTreeMap<Arc<str>, &'a Decision> {
    let mut known = BTreeMap::new();
    for (_, decision) in policies.iter().flat_map(|policy| policy.decisions(subject)) {
        known.insert(Arc::clone(&decision.name), decision);
    }
    known
}

/// The known decisions that are asked for.
fn asked<'a>(
    known: &BTreeMap<Arc<str>, &'a Decision>,
    request: Request<'_>,
) -> Result<BTreeMap<Arc<str>, &'a Decision>, Problems> {
    let Some(names) = request.decisions else {
        return Ok(known.clone());
    };
    let mut asked = BTreeMap::new();
    let mut problems = Problems::default();
    for name in names {
        match known.get_key_value(*name) {
            Some((name, decision)) => drop(asked.insert(Arc::clone(name), *decision)),
            None => {
                let all: Vec<&str> = known.keys().map(|name| &**name).collect();
                problems.push(
                    Problem::new(Code::UnknownDecision, Place::None)
                        .with("decision", name)
                        .with("known", all.join(", ")),
                );
            }
        }
    }
    problems.or(asked)
}

/// The decisions about `subject` under a policy that `asked` needs, in order.
fn needed<'a>(
    policy: &'a Policy,
    subject: &str,
    asked: &BTreeMap<Arc<str>, &Decision>,
) -> Vec<(&'a Part, &'a Decision)> {
    let decisions: Vec<(&Part, &Decision)> = policy.decisions(subject).collect();
    let mut names: BTreeSet<&str> = asked.keys().map(|name| &**name).collect();
    let mut needed: Vec<(&Part, &Decision)> = Vec::new();
    for (part, decision) in decisions.into_iter().rev() {
        if names.contains(&*decision.name) {
            names.extend(decision.earlier());
            needed.push((part, decision));
        }
    }
    needed.reverse();
    needed
}

struct Evaluation<'a, O> {
    facts: &'a Facts,
    references: &'a References,
    problems: Vec<Problem>,
    decisions: BTreeMap<Arc<str>, Growing>,
    /// Manual causes with their ranks. Later decisions read them like any other cause.
    manual: BTreeMap<Arc<str>, Vec<(usize, Draft)>>,
    /// Distinct results so far. A region's history is cut wherever one of its series
    /// changes, and most decisions are the same on both sides of a cut.
    decided: Vec<Arc<Decided>>,
    /// Indexes into `decided`.
    grounds: BTreeMap<Ground, usize>,
    /// The steps that all rules spend together.
    work: Work,
    /// The number of rules run.
    rules: usize,
    observer: &'a mut O,
}

impl<O: Observer> Evaluation<'_, O> {
    fn policy(&mut self, policy: &Policy, asked: &BTreeMap<Arc<str>, &Decision>) {
        let decisions = needed(policy, self.facts.subject(), asked);
        let has = |name: &str| decisions.iter().any(|(_, d)| *d.name == *name);
        for name in asked.keys().filter(|name| !has(name)) {
            let problem = Problem::new(Code::NoPack, Place::None).with("decision", name);
            let index = self.problem(problem);
            self.unknown(name, policy.span(), index);
        }
        if policy.parts().is_empty() {
            return;
        }
        self.observer.policy(policy);
        let mut earlier: BTreeMap<&str, usize> = BTreeMap::new();
        for (part, decision) in decisions {
            let position = self.position(part, decision, &earlier);
            earlier.insert(&decision.name, position);
            let Some(decided) = self.decided.get(position).cloned() else {
                continue;
            };
            for (rule, found) in decision.rules.iter().zip(&decided.rules) {
                match found {
                    Ok(found) => self.keep(&decision.name, rule, found, policy.span()),
                    Err(found) => {
                        for index in found {
                            self.unknown(&decision.name, policy.span(), *index);
                        }
                    }
                }
            }
        }
    }

    /// Index into `decided`. Watched runs skip the cache.
    fn position(
        &mut self,
        part: &Part,
        decision: &Decision,
        earlier: &BTreeMap<&str, usize>,
    ) -> usize {
        let reads: BTreeSet<&str> = decision.earlier().collect();
        let reads = reads.into_iter().map(|name| earlier.get(name).copied());
        let plan = Arc::as_ptr(&part.plan).addr();
        let ground = (plan, Arc::clone(&decision.name), reads.collect());
        if let (Some(position), false) = (self.grounds.get(&ground), O::WATCHES) {
            return *position;
        }
        let decided = self.decide(part, decision, earlier);
        self.decided.push(Arc::new(decided));
        let position = self.decided.len() - 1;
        self.grounds.insert(ground, position);
        position
    }

    fn decide(
        &mut self,
        part: &Part,
        decision: &Decision,
        earlier: &BTreeMap<&str, usize>,
    ) -> Decided {
        self.observer.decision(&part.packs, decision);
        let mut drafts = self.manual.get(&decision.name).cloned().unwrap_or_default();
        let mut reasons: BTreeSet<usize> = BTreeSet::new();
        let mut rules = Vec::with_capacity(decision.rules.len());
        for rule in &decision.rules {
            let found = self.rule(&part.plan, decision, rule, earlier);
            if O::WATCHES {
                let problem = |index: &usize| self.problems.get(*index);
                let gave = found.as_deref();
                let gave = gave.map_err(|found| found.iter().filter_map(problem).collect());
                self.observer.rule(rule, self.facts, &mut self.work, gave);
            }
            match &found {
                Ok(found) => drafts.extend(found.iter().cloned()),
                Err(found) => reasons.extend(found),
            }
            rules.push(found);
        }
        let earlier = match reasons.first() {
            Some(index) => Err(*index),
            None => Ok(settled(decision, &drafts)),
        };
        Decided { rules, earlier }
    }

    /// Runs one rule if everything that it reads is available.
    fn rule(
        &mut self,
        plan: &Plan,
        decision: &Decision,
        rule: &Rule,
        earlier: &BTreeMap<&str, usize>,
    ) -> Gave {
        let mut read_earlier = Vec::new();
        let mut missing = Vec::new();
        for read in &rule.reads {
            match self.available(read, earlier) {
                Ok(earlier) => read_earlier.extend(earlier),
                Err(index) => missing.push(index),
            }
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        self.rules += 1;
        self.work.begin_rule();
        let given = Given {
            reads: &rule.reads,
            params: &plan.params,
            facts: self.facts,
            references: self.references,
            earlier: &read_earlier,
        };
        let called = rule.body.call(&given, &mut self.work);
        let ranked = called.and_then(|drafts| ranks(decision, drafts));
        ranked.map_err(|failure| {
            let place = Place::file(&rule.file, failure.line, failure.column);
            let problem = failed(&failure.fault, place, &rule.citation.rule);
            vec![self.problem(problem)]
        })
    }

    /// Whether what a rule reads is there; the earlier decision, if it reads one.
    fn available(
        &mut self,
        read: &Read,
        earlier: &BTreeMap<&str, usize>,
    ) -> Result<Option<Earlier>, usize> {
        match read {
            Read::Params => Ok(None),
            Read::Section(name) => match self.facts.knows(name) {
                true => Ok(None),
                false => {
                    // The problem for which it was left out says more than "missing".
                    let doubt = self.facts.doubts_of(name).first().cloned();
                    Err(self.problem(doubt.unwrap_or_else(|| {
                        let place = Place::facts(format!("/{name}"));
                        Problem::new(Code::MissingSection, place).with("name", name)
                    })))
                }
            },
            Read::Table(name) => match self.references.get(name) {
                Some(_) => Ok(None),
                None => {
                    let problem = Problem::new(Code::MissingReference, Place::None);
                    Err(self.problem(problem.with("name", name)))
                }
            },
            Read::Earlier(name) => {
                let position = earlier.get(name.as_str());
                let decided = position.and_then(|position| self.decided.get(*position));
                match decided.map(|decided| &decided.earlier) {
                    Some(Ok(earlier)) => Ok(Some(earlier.clone())),
                    Some(Err(index)) => Err(*index),
                    None => {
                        let problem = Problem::new(Code::NoPack, Place::None);
                        Err(self.problem(problem.with("decision", name)))
                    }
                }
            }
        }
    }

    /// Records a problem, unless it is already known, and returns its position.
    fn problem(&mut self, problem: Problem) -> usize {
        match self.problems.iter().position(|known| *known == problem) {
            Some(index) => index,
            None => {
                self.problems.push(problem);
                self.problems.len() - 1
            }
        }
    }

    fn unknown(&mut self, decision: &Arc<str>, over: Span, problem: usize) {
        let growing = self.decisions.entry(Arc::clone(decision)).or_default();
        let when = growing.unknown.entry(problem).or_default();
        *when = when.union(&When::of([over]));
    }

    fn keep(&mut self, decision: &Arc<str>, rule: &Rule, drafts: &[(usize, Draft)], over: Span) {
        let growing = self.decisions.entry(Arc::clone(decision)).or_default();
        for (rank, draft) in drafts {
            let key = (Arc::clone(&rule.citation), *rank, draft.evidence.clone());
            let when = growing.causes.entry(key).or_default();
            *when = when.union(&draft.when.within(over));
        }
    }

    /// Adds the manual causes.
    fn manual(
        &mut self,
        known: &BTreeMap<Arc<str>, &Decision>,
        offset: Offset,
    ) -> Result<(), Problems> {
        let mut problems = Problems::default();
        for manual in self.facts.manual_causes() {
            let Some(decision) = known.get(&manual.decision) else {
                let names: Vec<&str> = known.keys().map(|name| &**name).collect();
                let place = at(self.facts, manual, "decision");
                problems.push(
                    Problem::new(Code::UnknownDecision, place)
                        .with("decision", &manual.decision)
                        .with("known", names.join(", ")),
                );
                continue;
            };
            let Some(rank) = rank(decision, &manual.level) else {
                problems.push(
                    Problem::new(Code::RuleLevel, at(self.facts, manual, "level"))
                        .with("level", &manual.level)
                        .with("decision", &manual.decision),
                );
                continue;
            };
            let growing = self
                .decisions
                .entry(Arc::clone(&decision.name))
                .or_default();
            let key = (
                Arc::new(manual_citation(manual, offset)),
                rank,
                manual.evidence.clone(),
            );
            let span = When::of([manual.span]);
            let when = growing.causes.entry(key).or_default();
            *when = when.union(&span);
            let draft = Draft::new(Arc::clone(&manual.level), span);
            let drafts = self.manual.entry(Arc::clone(&decision.name)).or_default();
            drafts.push((rank, draft));
        }
        problems.or(())
    }

    fn outcome(
        mut self,
        region: &str,
        offset: Offset,
        policies: &[Policy],
        known: &BTreeMap<Arc<str>, &Decision>,
    ) -> Outcome {
        for doubt in self.facts.doubts() {
            self.problem(doubt.clone());
        }
        let mut decisions = BTreeMap::new();
        for (name, decision) in known {
            let growing = self.decisions.remove(name).unwrap_or_default();
            let spans = in_force(policies, self.facts.subject(), name);
            let timeline = self.timeline(growing, decision, &spans);
            let outcome = DecisionOutcome {
                facts: self.facts.clone(),
                caption: decision.caption.clone(),
                roles: decision.roles.clone(),
                levels: decision.levels.clone(),
                timeline,
            };
            decisions.insert(name.to_string(), outcome);
        }
        Outcome {
            facts: self.facts.clone(),
            region: region.to_owned(),
            offset,
            decisions,
            problems: self.problems,
            rules: self.rules,
        }
    }

    fn timeline(
        &mut self,
        growing: Growing,
        decision: &Decision,
        policies: &[(Span, Arc<[String]>)],
    ) -> Timeline {
        let mut causes = Vec::new();
        for ((citation, rank, evidence), when) in growing.causes {
            for span in when.spans() {
                causes.push(Cause {
                    citation: Arc::clone(&citation),
                    rank,
                    evidence: evidence.clone(),
                    span: *span,
                });
            }
        }
        let layers = |causes, unknown| Layers {
            levels: decision.levels.len(),
            unknown,
            causes,
            policies: policies.to_vec(),
        };
        let unknown = growing
            .unknown
            .into_iter()
            .map(|(index, when)| (when, index));
        let laid = Timeline::lay(layers(causes, unknown.collect()));
        laid.unwrap_or_else(|problem| {
            let index = self.problem(problem);
            let empty = layers(Vec::new(), vec![(When::always(), index)]);
            Timeline::lay(empty).unwrap_or(Timeline {
                causes: Vec::new(),
                segments: Vec::new(),
            })
        })
    }
}

/// The packs behind a decision, for all time; empty over a policy that does not have it.
fn in_force(policies: &[Policy], subject: &str, decision: &str) -> Vec<(Span, Arc<[String]>)> {
    let packs = |policy: &Policy| {
        let mut parts = policy.decisions(subject);
        let found = parts.find(|(_, known)| *known.name == *decision);
        found.map_or_else(|| Vec::new().into(), |(part, _)| Arc::clone(&part.packs))
    };
    let spans = policies.iter().map(|policy| (policy.span(), packs(policy)));
    spans.collect()
}

fn at(facts: &Facts, manual: &ManualCause, field: &str) -> Place {
    let pointer = manual
        .evidence
        .first()
        .map(|it| facts.columns().pointer(*it));
    Place::facts(format!("{}/{field}", pointer.unwrap_or_default()))
}

fn manual_citation(manual: &ManualCause, offset: Offset) -> Citation {
    let [first, second] = &manual.officers;
    let until = manual.span.until().map(|t| t.to_words(offset));
    let args = Args::of("reason", &manual.reason)
        .with("first", first)
        .with("second", second)
        .with("until", until.unwrap_or_default());
    let text = |key: &str| messages().say(key, &args);
    Citation {
        rule: format!("manual/{}", manual.decision),
        caption: text("manual-caption"),
        release: text("manual-release"),
        source: text("manual-source"),
    }
}

fn failed(fault: &Fault, place: Place, rule: &str) -> Problem {
    let problem = Problem::new(fault.code, place).with_all(&fault.args);
    problem.of_rule(rule)
}

fn rank(decision: &Decision, level: &str) -> Option<usize> {
    decision
        .levels
        .iter()
        .position(|known| *known.name == *level)
}

fn ranks(decision: &Decision, drafts: Vec<Draft>) -> Result<Vec<(usize, Draft)>, Failure> {
    let ranked = |draft: Draft| match rank(decision, &draft.level) {
        Some(rank) => Ok((rank, draft)),
        None => Err(Failure {
            fault: Fault::new(Code::RuleLevel)
                .with("level", &*draft.level)
                .with("decision", &*decision.name),
            line: 0,
            column: 0,
        }),
    };
    drafts.into_iter().map(ranked).collect()
}

/// When each level is the decision's level, for rules that read this decision.
fn settled(decision: &Decision, drafts: &[(usize, Draft)]) -> Earlier {
    let mut taken = When::never();
    let mut levels = Vec::with_capacity(decision.levels.len());
    for (rank, level) in decision.levels.iter().enumerate().rev() {
        let holds = if rank == 0 {
            When::always()
        } else {
            let spans = drafts.iter().filter(|(r, _)| *r == rank);
            When::of(spans.flat_map(|(_, draft)| draft.when.spans().iter().copied()))
        };
        levels.push((Arc::clone(&level.name), holds.difference(&taken)));
        taken = taken.union(&holds);
    }
    levels.reverse();
    Earlier {
        decision: Arc::clone(&decision.name),
        levels: levels.into(),
    }
}
