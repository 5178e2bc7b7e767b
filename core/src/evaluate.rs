//! Evaluation: runs the rules of every policy of a region, once for all instants.
//!
//! Rules see the facts and no clock; their causes are cut to the span over which the
//! policy is in force. A rule that fails, or whose section or table is missing, makes
//! its decision unknown over that span. The causes of other rules are kept.
//!
//! A rule runs once for all policies in which it computes the same, and policies that
//! do not meet the window that is asked for are not run at all.

use crate::body::{Failure, Given, Work};
use crate::catalogue::Catalogue;
use crate::cause::Draft;
use crate::facts::{Facts, ManualCause};
use crate::host::{Earlier, Fault};
use crate::id::is_region;
use crate::observe::Observer;
use crate::order::{map_of, sort_by};
use crate::outcome::{DecisionOutcome, Outcome};
use crate::plan::{Decision, Plan, Read, Rule};
use crate::policy::{Ordered, Policy};
use crate::problem::{Code, Place, Problem, Problems};
use crate::reference::References;
use crate::text::{Args, messages};
use crate::time::Offset;
use crate::timeline::{Cause, Citation, Layers, Timeline};
use crate::value::Evidence;
use crate::when::{Span, When};
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
    /// The time to decide about; all of it if `None`. The outcome is the whole one
    /// [cut](Outcome::within) to the window; policies outside of it are not run.
    pub window: Option<Span>,
}

/// The result of one rule: causes with their ranks, or the positions of the problems
/// that make it unknown.
type Gave = Result<Ranked, Vec<usize>>;

/// What a body gave.
type Called = Result<Arc<[Draft]>, Arc<Failure>>;
/// Drafts with the ranks of their levels.
type Ranked = Arc<[(usize, Draft)]>;

/// The results of one decision's rules for all instants; each policy cuts them to its
/// span.
struct Decided {
    /// What the results depend on.
    ground: Ground,
    /// The result of each rule, in order.
    rules: Vec<Gave>,
    /// The decision as later ones read it, or the position of the problem that makes it
    /// unknown.
    earlier: Result<Earlier, usize>,
    /// The spans over which a policy has it, in order, touching ones joined.
    spans: Vec<Span>,
}

/// What a decision's results depend on: its plan, its position there, and the results
/// of the decisions that it reads. Facts and tables are fixed for an evaluation.
struct Ground {
    plan: Arc<Plan>,
    decision: usize,
    reads: Vec<Option<usize>>,
}

impl Ground {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.plan, &other.plan)
            && self.decision == other.decision
            && self.reads == other.reads
    }
}

/// A decision that is asked for, as the latest policy that has it declares it.
struct Asked {
    name: Arc<str>,
    plan: Arc<Plan>,
    decision: usize,
    /// The spans over which it is not known, with the position of the problem.
    unknown: Vec<(usize, Span)>,
    /// The results in force, each with the policy's own decision for its rules.
    decided: Vec<usize>,
    /// The position of the problem that no pack decides it, if it was met.
    no_pack: Option<usize>,
    /// The packs in force, for all of the window.
    packs: Vec<(Span, Arc<[String]>)>,
}

/// A decision in a region's history: its name, the policy, the part and the position of
/// the latest declaration.
pub(crate) type Known = (Arc<str>, Arc<Plan>, usize);

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
        self.decide_observed(facts, request, &mut ())
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
        let policies = self.policies(region);
        let known = self.known(region, facts.subject());
        self.own(facts, request, |facts, request| {
            decide_asked(facts, (policies, known), region, request, observer)
        })
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
        let known = known(policies, facts.subject());
        self.own(facts, request, |facts, request| {
            decide_asked(facts, (policies, &known), region, request, &mut ())
        })
    }

    /// Facts and tables that another catalogue has read are numbered by its texts; they
    /// are read again.
    fn own<T>(
        &self,
        facts: &Facts,
        request: Request<'_>,
        decide: impl FnOnce(&Facts, Request<'_>) -> Result<T, Problems>,
    ) -> Result<T, Problems> {
        let tables = request
            .references
            .and_then(|tables| self.read_again(tables));
        let request = Request {
            references: tables.as_ref().or(request.references),
            ..request
        };
        match self.facts_again(facts)? {
            Some(facts) => decide(&facts, request),
            None => decide(facts, request),
        }
    }
}

fn decide_asked<O: Observer>(
    facts: &Facts,
    (policies, known): (&[Policy], &[Known]),
    region: &str,
    request: Request<'_>,
    observer: &mut O,
) -> Result<Outcome, Problems> {
    let none = References::none();
    let asked = asked(known, request)?;
    let offset = policies
        .iter()
        .rev()
        .find_map(|policy| policy.parts().first())
        .map_or(Offset::CHINA, |part| part.plan.offset);
    let window = request.window.unwrap_or(Span::ALWAYS);
    let mut evaluation = Evaluation {
        facts,
        references: request.references.unwrap_or(&none),
        problems: Vec::new(),
        asked,
        manual: Vec::new(),
        decided: Vec::new(),
        shared: Vec::new(),
        work: Work::new(observer.room()),
        rules: 0,
        observer,
    };
    evaluation.manual(known, offset)?;
    for policy in policies {
        if let Some(span) = policy.span().meet(window) {
            evaluation.policy(policy, span);
        }
    }
    Ok(evaluation.outcome(region, offset, window))
}

fn region<'a>(facts: &'a Facts, request: Request<'a>) -> Result<&'a str, Problem> {
    let place = Place::facts("/identity/region");
    match request.region.or_else(|| facts.region()) {
        None => Err(Problem::new(Code::RegionMissing, place)),
        Some(region) if is_region(region) => Ok(region),
        Some(region) => {
            Err(Problem::new(Code::RegionInvalid, place).with("found", crate::json::quote(region)))
        }
    }
}

/// Every decision about a subject in a region's history, by name, as the latest policy
/// that has it declares it.
pub(crate) fn known(policies: &[Policy], subject: &str) -> Vec<Known> {
    let mut known: Vec<Known> = Vec::new();
    for (part, decision) in policies.iter().flat_map(|policy| policy.decisions(subject)) {
        let decisions = part.plan.decisions.iter();
        let position = decisions
            .into_iter()
            .position(|it| it.name == decision.name);
        let latest = (
            Arc::clone(&decision.name),
            Arc::clone(&part.plan),
            position.unwrap_or(0),
        );
        match known.binary_search_by(|(name, ..)| name.cmp(&latest.0)) {
            Ok(at) => {
                if let Some(known) = known.get_mut(at) {
                    *known = latest;
                }
            }
            Err(at) => known.insert(at, latest),
        }
    }
    known
}

/// The known decisions that are asked for, by name.
fn asked(known: &[Known], request: Request<'_>) -> Result<Vec<Asked>, Problems> {
    let of = |(name, plan, decision): &Known| Asked {
        name: Arc::clone(name),
        plan: Arc::clone(plan),
        decision: *decision,
        unknown: Vec::new(),
        decided: Vec::new(),
        no_pack: None,
        packs: Vec::new(),
    };
    let Some(names) = request.decisions else {
        return Ok(known.iter().map(of).collect());
    };
    let mut asked: Vec<Asked> = Vec::with_capacity(names.len());
    let mut problems = Problems::default();
    for name in names {
        match find(known, name) {
            Some(found) => {
                if let Err(at) = asked.binary_search_by(|it| (*it.name).cmp(name)) {
                    asked.insert(at, of(found));
                }
            }
            None => {
                let all: Vec<&str> = known.iter().map(|(name, ..)| &**name).collect();
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

fn find<'k>(known: &'k [Known], name: &str) -> Option<&'k Known> {
    let found = known.binary_search_by(|(known, ..)| (**known).cmp(name));
    found.ok().and_then(|at| known.get(at))
}

struct Evaluation<'a, O> {
    facts: &'a Facts,
    references: &'a References,
    problems: Vec<Problem>,
    asked: Vec<Asked>,
    /// Manual causes by decision, with their ranks. Later decisions read them like any
    /// other cause.
    manual: Vec<Manual>,
    /// Distinct results so far. A region's history is cut wherever one of its series
    /// changes, and most decisions are the same on both sides of a cut.
    decided: Vec<Decided>,
    /// The results of rules by the key of their body.
    shared: Vec<Option<Called>>,
    /// The steps that all rules spend together.
    work: Work,
    /// The number of rules run.
    rules: usize,
    observer: &'a mut O,
}

struct Manual {
    decision: Arc<str>,
    citation: Arc<Citation>,
    rank: usize,
    draft: Draft,
}

/// A cause as it is gathered: over one span, to be joined with equal ones.
struct Piece {
    citation: Arc<Citation>,
    rank: usize,
    evidence: Arc<[Evidence]>,
    span: Span,
}

impl<O: Observer> Evaluation<'_, O> {
    fn policy(&mut self, policy: &Policy, span: Span) {
        let decisions = policy.ordered(self.facts.subject());
        let needed = self.needed(&decisions);
        for at in 0..self.asked.len() {
            let Some(asked) = self.asked.get(at) else {
                continue;
            };
            let mut found = decisions.iter();
            let part = found
                .find(|it| it.decision.name == asked.name)
                .map(|it| it.part);
            let packs = part.map_or_else(|| Vec::new().into(), |part| Arc::clone(&part.packs));
            if part.is_none() {
                let (known, name) = (asked.no_pack, Arc::clone(&asked.name));
                let index = known.unwrap_or_else(|| {
                    let problem = Problem::new(Code::NoPack, Place::None);
                    self.problem(problem.with("decision", &*name))
                });
                self.no_pack(at, span, index);
            }
            if let Some(asked) = self.asked.get_mut(at) {
                asked.packs.push((span, packs));
            }
        }
        if policy.parts().is_empty() {
            return;
        }
        self.observer.policy(policy);
        // The results of this policy's decisions, by position.
        let mut earlier: Vec<Option<usize>> = vec![None; decisions.len()];
        for (at, ordered) in decisions.iter().enumerate() {
            if needed.get(at) != Some(&true) {
                continue;
            }
            let position = self.position(ordered, &decisions, &earlier);
            if let Some(known) = earlier.get_mut(at) {
                *known = Some(position);
            }
            if let Some(decided) = self.decided.get_mut(position) {
                let whole = decided.spans.last().and_then(|last| last.joined(span));
                match (decided.spans.last_mut(), whole) {
                    (Some(last), Some(whole)) => *last = whole,
                    _ => decided.spans.push(span),
                }
            }
            let mut asked = self.asked.iter_mut();
            if let Some(asked) = asked.find(|asked| asked.name == ordered.decision.name)
                && !asked.decided.contains(&position)
            {
                asked.decided.push(position);
            }
        }
    }

    /// Which decisions of a policy those that are asked for need.
    fn needed(&self, decisions: &[Ordered<'_>]) -> Vec<bool> {
        let mut needed: Vec<bool> = decisions
            .iter()
            .map(|it| {
                self.asked
                    .iter()
                    .any(|asked| asked.name == it.decision.name)
            })
            .collect();
        for at in (0..decisions.len()).rev() {
            if needed.get(at) == Some(&true)
                && let Some(ordered) = decisions.get(at)
            {
                for read in ordered.reads {
                    if let Some(needed) = needed.get_mut(*read) {
                        *needed = true;
                    }
                }
            }
        }
        needed
    }

    /// Index into `decided`. Watched runs decide anew.
    fn position(
        &mut self,
        ordered: &Ordered<'_>,
        decisions: &[Ordered<'_>],
        earlier: &[Option<usize>],
    ) -> usize {
        let reads = ordered.reads.iter();
        let ground = Ground {
            plan: Arc::clone(&ordered.part.plan),
            decision: ordered.position,
            reads: reads
                .map(|read| earlier.get(*read).copied().flatten())
                .collect(),
        };
        if !O::WATCHES {
            let known = self
                .decided
                .iter()
                .position(|decided| decided.ground.is(&ground));
            if let Some(known) = known {
                return known;
            }
        }
        let decided = self.decide(ordered, decisions, earlier, ground);
        self.decided.push(decided);
        self.decided.len() - 1
    }

    fn decide(
        &mut self,
        ordered: &Ordered<'_>,
        decisions: &[Ordered<'_>],
        earlier: &[Option<usize>],
        ground: Ground,
    ) -> Decided {
        let (part, decision) = (ordered.part, ordered.decision);
        self.observer.decision(&part.packs, decision);
        let read = |name: &str| {
            let mut reads = ordered.reads.iter();
            let found = reads.find(|at| {
                decisions
                    .get(**at)
                    .is_some_and(|other| *other.decision.name == *name)
            });
            found.and_then(|at| earlier.get(*at).copied().flatten())
        };
        let mut reason: Option<usize> = None;
        let mut rules = Vec::with_capacity(decision.rules.len());
        for rule in &decision.rules {
            let found = self.rule(&part.plan, decision, rule, &read);
            if O::WATCHES {
                let problem = |index: &usize| self.problems.get(*index);
                let gave = found.as_deref();
                let gave = gave.map_err(|found| found.iter().filter_map(problem).collect());
                self.observer.rule(rule, self.facts, &mut self.work, gave);
            }
            if let Err(found) = &found {
                // The first rule's first reason, however problems are numbered.
                reason = reason.or_else(|| found.first().copied());
            }
            rules.push(found);
        }
        let earlier = match reason {
            Some(index) => Err(index),
            None => {
                let manual = self.manual.iter();
                let manual = manual
                    .filter(|manual| manual.decision == decision.name)
                    .map(|manual| (manual.rank, &manual.draft.when));
                let drafts = rules.iter().flatten().flat_map(|drafts| drafts.iter());
                let drafts = drafts.map(|(rank, draft)| (*rank, &draft.when));
                Ok(settled(decision, &manual.chain(drafts).collect::<Vec<_>>()))
            }
        };
        Decided {
            ground,
            rules,
            earlier,
            spans: Vec::new(),
        }
    }

    /// Runs one rule if everything that it reads is available.
    fn rule(
        &mut self,
        plan: &Plan,
        decision: &Decision,
        rule: &Rule,
        read: &dyn Fn(&str) -> Option<usize>,
    ) -> Gave {
        let mut earlier = Vec::new();
        let mut missing = Vec::new();
        for known in &rule.reads {
            match self.available(known, read) {
                Ok(found) => earlier.extend(found),
                Err(index) => missing.push(index),
            }
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        let key = rule
            .body
            .key()
            .filter(|_| earlier.is_empty() && !O::WATCHES);
        let known = key.and_then(|key| self.shared.get(key).cloned().flatten());
        let called = match known {
            Some(known) => known,
            None => {
                self.rules += 1;
                self.work.begin_rule();
                let given = Given {
                    reads: &rule.reads,
                    params: &plan.params,
                    facts: self.facts,
                    references: self.references,
                    earlier: &earlier,
                };
                let called = rule.body.call(&given, &mut self.work);
                let called = called.map(Arc::from).map_err(Arc::new);
                if let Some(key) = key {
                    if self.shared.len() <= key {
                        self.shared.resize(key + 1, None);
                    }
                    if let Some(shared) = self.shared.get_mut(key) {
                        *shared = Some(called.clone());
                    }
                }
                called
            }
        };
        let ranked = match &called {
            Ok(drafts) => ranks(decision, drafts),
            Err(failure) => Err((failure.fault.clone(), failure.line, failure.column)),
        };
        ranked.map_err(|(fault, line, column)| {
            let place = Place::file(&rule.file, line, column);
            let problem = failed(&fault, place, &rule.citation.rule);
            vec![self.problem(problem)]
        })
    }

    /// Whether what a rule reads is there; the earlier decision, if it reads one.
    fn available(
        &mut self,
        known: &Read,
        read: &dyn Fn(&str) -> Option<usize>,
    ) -> Result<Option<Earlier>, usize> {
        match known {
            Read::Params => Ok(None),
            Read::Section(name, field) => {
                if self.facts.columns().section(*field) != crate::columns::ABSENT {
                    return Ok(None);
                }
                // The problem for which it was left out says more than "missing".
                let doubt = self.facts.doubts_of(name).first().cloned();
                Err(self.problem(doubt.unwrap_or_else(|| {
                    let place = Place::facts(format!("/{name}"));
                    Problem::new(Code::MissingSection, place).with("name", name)
                })))
            }
            Read::Table(name) => match self.references.get(name) {
                Some(_) => Ok(None),
                None => {
                    let problem = Problem::new(Code::MissingReference, Place::None);
                    Err(self.problem(problem.with("name", name)))
                }
            },
            Read::Earlier(name) => {
                let decided = read(name).and_then(|position| self.decided.get(position));
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

    /// Notes that no pack decides over a span.
    fn no_pack(&mut self, asked: usize, over: Span, problem: usize) {
        if let Some(asked) = self.asked.get_mut(asked) {
            asked.no_pack = Some(problem);
            asked.unknown.push((problem, over));
        }
    }

    /// Reads the manual causes.
    fn manual(&mut self, known: &[Known], offset: Offset) -> Result<(), Problems> {
        let mut problems = Problems::default();
        for manual in self.facts.manual_causes() {
            let Some((name, plan, position)) = find(known, &manual.decision) else {
                let names: Vec<&str> = known.iter().map(|(name, ..)| &**name).collect();
                let place = at(self.facts, manual, "decision");
                problems.push(
                    Problem::new(Code::UnknownDecision, place)
                        .with("decision", &manual.decision)
                        .with("known", names.join(", ")),
                );
                continue;
            };
            let decision = plan.decisions.get(*position);
            let Some(rank) = decision.and_then(|decision| rank(decision, &manual.level)) else {
                problems.push(
                    Problem::new(Code::RuleLevel, at(self.facts, manual, "level"))
                        .with("level", &manual.level)
                        .with("decision", &manual.decision),
                );
                continue;
            };
            let when = When::of([manual.span]);
            let draft = Draft::new(Arc::clone(&manual.level), when).because(&manual.evidence);
            self.manual.push(Manual {
                decision: Arc::clone(name),
                citation: Arc::new(manual_citation(manual, offset)),
                rank,
                draft,
            });
        }
        problems.or(())
    }

    fn outcome(mut self, region: &str, offset: Offset, window: Span) -> Outcome {
        for doubt in self.facts.doubts() {
            self.problem(doubt.clone());
        }
        let asked = std::mem::take(&mut self.asked);
        let decisions = asked.into_iter().map(|asked| {
            let name = asked.name.to_string();
            (name, self.decision(asked, window))
        });
        let decisions = map_of(decisions);
        Outcome {
            facts: self.facts.clone(),
            region: region.to_owned(),
            offset,
            decisions,
            problems: self.problems,
            rules: self.rules,
        }
    }

    fn decision(&mut self, asked: Asked, window: Span) -> DecisionOutcome {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut unknown: Vec<(usize, Span)> = asked.unknown;
        for manual in self
            .manual
            .iter()
            .filter(|manual| manual.decision == asked.name)
        {
            let spans = manual.draft.when.spans().iter();
            let spans = spans.filter_map(|span| span.meet(window));
            let evidence: Arc<[Evidence]> = manual.draft.evidence.as_slice().into();
            pieces.extend(spans.map(|span| Piece {
                citation: Arc::clone(&manual.citation),
                rank: manual.rank,
                evidence: Arc::clone(&evidence),
                span,
            }));
        }
        for position in &asked.decided {
            let Some(decided) = self.decided.get(*position) else {
                continue;
            };
            for (citation, found) in decided.citations().zip(&decided.rules) {
                match found {
                    Ok(found) => {
                        for (rank, draft) in found.iter() {
                            pieces_of(&mut pieces, (citation, *rank), draft, &decided.spans);
                        }
                    }
                    Err(found) => {
                        for index in found {
                            unknown.extend(decided.spans.iter().map(|span| (*index, *span)));
                        }
                    }
                }
            }
        }
        sort_by(&mut unknown, |(a, first), (b, second)| {
            a.cmp(b).then_with(|| first.order(*second))
        });
        let unknown = unknown.chunk_by(|(a, _), (b, _)| a == b);
        let unknown = unknown.filter_map(|same| {
            let (index, _) = same.first()?;
            Some((When::of(same.iter().map(|(_, span)| *span)), *index))
        });
        let levels = asked
            .plan
            .decisions
            .get(asked.decision)
            .map_or(0, |it| it.levels.len());
        let layers = |causes, unknown| Layers {
            levels,
            unknown,
            causes,
            policies: &asked.packs,
            window,
        };
        let laid = Timeline::lay(layers(joined(pieces), unknown.collect()));
        let timeline = laid.unwrap_or_else(|problem| {
            let index = self.problem(problem);
            let empty = layers(Vec::new(), vec![(When::of([window]), index)]);
            Timeline::lay(empty).unwrap_or(Timeline {
                causes: Vec::new(),
                segments: Vec::new(),
            })
        });
        DecisionOutcome {
            facts: self.facts.clone(),
            plan: Arc::clone(&asked.plan),
            decision: asked.decision,
            timeline,
        }
    }
}

impl Decided {
    /// The citation of each rule, in order.
    fn citations(&self) -> impl Iterator<Item = &Arc<Citation>> {
        let decision = self.ground.plan.decisions.get(self.ground.decision);
        let rules = decision.map_or(&[][..], |decision| &decision.rules);
        rules.iter().map(|rule| &rule.citation)
    }
}

/// The parts of a cause over some spans.
fn pieces_of(
    pieces: &mut Vec<Piece>,
    (citation, rank): (&Arc<Citation>, usize),
    draft: &Draft,
    spans: &[Span],
) {
    let mut evidence: Option<Arc<[Evidence]>> = None;
    for over in spans {
        for span in draft
            .when
            .spans()
            .iter()
            .filter_map(|span| span.meet(*over))
        {
            let evidence = evidence.get_or_insert_with(|| draft.evidence.as_slice().into());
            pieces.push(Piece {
                citation: Arc::clone(citation),
                rank,
                evidence: Arc::clone(evidence),
                span,
            });
        }
    }
}

/// Causes from their parts. Equal causes are joined, so a change of policy does not end
/// a cause that continues under the next one.
fn joined(mut pieces: Vec<Piece>) -> Vec<Cause> {
    let alike = |a: &Piece, b: &Piece| {
        let citations = if Arc::ptr_eq(&a.citation, &b.citation) {
            std::cmp::Ordering::Equal
        } else {
            a.citation.cmp(&b.citation)
        };
        citations
            .then_with(|| a.rank.cmp(&b.rank))
            .then_with(|| a.evidence.cmp(&b.evidence))
    };
    sort_by(&mut pieces, |a, b| {
        alike(a, b).then_with(|| a.span.order(b.span))
    });
    let mut causes: Vec<Cause> = Vec::with_capacity(pieces.len());
    let mut last: Option<Piece> = None;
    for piece in pieces {
        let whole = match &last {
            Some(last) if alike(last, &piece).is_eq() => last.span.joined(piece.span),
            _ => None,
        };
        match (&mut last, whole) {
            (Some(last), Some(whole)) => last.span = whole,
            _ => causes.extend(last.replace(piece).map(Piece::cause)),
        }
    }
    causes.extend(last.map(Piece::cause));
    causes
}

impl Piece {
    fn cause(self) -> Cause {
        Cause {
            citation: self.citation,
            rank: self.rank,
            evidence: self.evidence,
            span: self.span,
        }
    }
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

/// The drafts with the ranks of their levels, or the fault of a level that the decision
/// does not have, at no place.
fn ranks(decision: &Decision, drafts: &[Draft]) -> Result<Ranked, (Fault, usize, usize)> {
    let ranked = |draft: &Draft| match rank(decision, &draft.level) {
        Some(rank) => Ok((rank, draft.clone())),
        None => {
            let fault = Fault::new(Code::RuleLevel)
                .with("level", &*draft.level)
                .with("decision", &*decision.name);
            Err((fault, 0, 0))
        }
    };
    drafts.iter().map(ranked).collect()
}

/// When each level is the decision's level, for rules that read this decision.
fn settled(decision: &Decision, drafts: &[(usize, &When)]) -> Earlier {
    let mut taken = When::never();
    let mut levels = Vec::with_capacity(decision.levels.len());
    for (rank, level) in decision.levels.iter().enumerate().rev() {
        let holds = if rank == 0 {
            When::always()
        } else {
            let spans = drafts.iter().filter(|(r, _)| *r == rank);
            When::of(spans.flat_map(|(_, when)| when.spans().iter().copied()))
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
