//! One evaluation: goes through the policies and runs the rules that are needed.

use super::asked::Asked;
use super::manual::Manual;
use crate::body::{Failure, Given, Work};
use crate::cause::Draft;
use crate::facts::Facts;
use crate::history::{Course, Ground};
use crate::host::{Earlier, Fault};
use crate::observe::Observer;
use crate::plan::{Decision, Plan, Read, Rule};
use crate::problem::{Code, Place, Problem};
use crate::reference::References;
use crate::when::When;
use std::ops::Range;
use std::sync::Arc;

/// What a body gave: its drafts, by position.
type Called = Result<Range<usize>, Arc<Failure>>;

/// The result of a rule: its drafts, or the positions of the problems that make it
/// unknown.
type Gave = Result<Range<usize>, Vec<usize>>;

/// The results of one ground, for all instants.
#[derive(Debug)]
pub(super) struct Decided {
    /// The result of each rule, in order.
    pub(super) rules: Vec<Gave>,
    /// The decision as later ones read it, if any does, or the position of the problem
    /// that makes it unknown.
    earlier: Option<Result<Earlier, usize>>,
}

pub(super) struct Run<'a, O> {
    pub(super) facts: &'a Facts,
    references: &'a References,
    pub(super) course: &'a Course,
    pub(super) manual: &'a [Manual],
    pub(super) problems: Vec<Problem>,
    /// The position of the problem that no pack decides something, by decision.
    pub(super) no_pack: Vec<Option<usize>>,
    /// The results so far, by ground.
    pub(super) results: Vec<Option<Decided>>,
    /// All that rules gave.
    pub(super) drafts: Vec<Draft>,
    /// What bodies gave, by key.
    shared: Vec<Option<Called>>,
    /// The steps that all rules spend together.
    pub(super) work: Work,
    /// The number of rules run.
    pub(super) rules: usize,
    pub(super) observer: &'a mut O,
}

impl<'a, O: Observer> Run<'a, O> {
    pub(super) fn new(
        facts: &'a Facts,
        references: &'a References,
        course: &'a Course,
        manual: &'a [Manual],
        observer: &'a mut O,
    ) -> Self {
        Self {
            facts,
            references,
            course,
            manual,
            problems: Vec::new(),
            no_pack: vec![None; course.decisions.len()],
            results: course.grounds.iter().map(|_| None).collect(),
            drafts: Vec::new(),
            shared: Vec::new(),
            work: observer.begin(),
            rules: 0,
            observer,
        }
    }

    /// Decides what is asked for under every policy that meets the window.
    pub(super) fn history(&mut self, asked: &Asked<'_>) {
        let course = self.course;
        for &at in &asked.met {
            let Some(policy) = asked.policies.get(at) else {
                continue;
            };
            self.without_pack(at, &asked.positions);
            if policy.parts().is_empty() {
                continue;
            }
            self.observer.policy(policy);
            for at in course.orders.get(at).into_iter().flatten() {
                let is_known = self.results.get(*at).is_some_and(Option::is_some);
                // Watched runs decide anew.
                let is_known = is_known && !O::WATCHES;
                if is_known || asked.needed.get(*at) != Some(&true) {
                    continue;
                }
                let Some(ground) = course.grounds.get(*at) else {
                    continue;
                };
                let decided = self.decide(ground);
                if let Some(result) = self.results.get_mut(*at) {
                    *result = decided;
                }
            }
        }
    }

    /// Notes the decisions that no pack decides under a policy.
    fn without_pack(&mut self, policy: usize, asked: &[usize]) {
        for at in asked {
            let known = self.course.decisions.get(*at);
            let Some(known) = known.filter(|it| it.grounds.get(policy) == Some(&None)) else {
                continue;
            };
            let problem = Problem::new(Code::NoPack, Place::None);
            let problem = self.problem(problem.with("decision", &*known.name));
            if let Some(noted) = self.no_pack.get_mut(*at) {
                *noted = Some(problem);
            }
        }
    }

    fn decide(&mut self, ground: &Ground) -> Option<Decided> {
        let decision = ground.decision()?;
        self.observer.decision(&ground.packs, decision);
        let mut reason: Option<usize> = None;
        let mut rules = Vec::with_capacity(decision.rules.len());
        for rule in &decision.rules {
            let found = self.rule(ground, decision, rule);
            if O::WATCHES {
                let gave = match &found {
                    Ok(range) => Ok(self.drafts.get(range.clone()).unwrap_or_default()),
                    Err(found) => Err(found
                        .iter()
                        .filter_map(|at| self.problems.get(*at))
                        .collect()),
                };
                self.observer.rule(rule, self.facts, &mut self.work, gave);
            }
            if let Err(found) = &found {
                // The first rule's first reason, however problems are numbered.
                reason = reason.or_else(|| found.first().copied());
            }
            rules.push(found);
        }
        let earlier = ground.is_read.then(|| match reason {
            Some(index) => Err(index),
            None => Ok(self.settled(decision, &rules)),
        });
        Some(Decided { rules, earlier })
    }

    /// When each level is the decision's level, for rules that read this decision.
    fn settled(&self, decision: &Decision, rules: &[Gave]) -> Earlier {
        let found = self.course.find(&decision.name);
        let manual = self.manual.iter();
        let manual = manual.filter(|manual| Some(manual.decision) == found.map(|(at, _)| at));
        let manual = manual.map(|manual| (Some(manual.rank), &manual.draft.when));
        let ranges = rules.iter().flatten();
        let drafts = ranges.flat_map(|range| self.drafts.get(range.clone()).unwrap_or_default());
        let drafts = drafts.map(|draft| (decision.rank(&draft.level), &draft.when));
        let drafts: Vec<(Option<usize>, &When)> = manual.chain(drafts).collect();
        let mut taken = When::never();
        let mut levels = Vec::with_capacity(decision.levels.len());
        for (rank, level) in decision.levels.iter().enumerate().rev() {
            let holds = if rank == 0 {
                When::always()
            } else {
                let spans = drafts.iter().filter(|(of, _)| *of == Some(rank));
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

    /// Runs one rule if everything that it reads is available.
    fn rule(&mut self, ground: &Ground, decision: &Decision, rule: &Rule) -> Gave {
        let mut earlier = Vec::new();
        let mut missing = Vec::new();
        for known in &rule.reads {
            match self.available(known, ground) {
                Ok(found) => earlier.extend(found),
                Err(index) => missing.push(index),
            }
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        let key = rule.body.key();
        let key = key.filter(|_| earlier.is_empty() && !O::WATCHES);
        let known = key.and_then(|key| self.shared.get(key).cloned().flatten());
        let called = match known {
            Some(known) => known,
            None => {
                let called = self.call(&ground.plan, rule, &earlier);
                if let Some(key) = key {
                    if self.shared.len() <= key {
                        self.shared.resize((key + 1).next_power_of_two(), None);
                    }
                    if let Some(shared) = self.shared.get_mut(key) {
                        *shared = Some(called.clone());
                    }
                }
                called
            }
        };
        let failed = match called {
            Ok(range) => match self.without_level(decision, range.clone()) {
                None => return Ok(range),
                Some(fault) => failed(&fault, rule, (0, 0)),
            },
            Err(failure) => failed(&failure.fault, rule, (failure.line, failure.column)),
        };
        Err(vec![self.problem(failed)])
    }

    fn call(&mut self, plan: &Plan, rule: &Rule, earlier: &[Earlier]) -> Called {
        self.rules += 1;
        self.work.begin_rule();
        let given = Given {
            reads: &rule.reads,
            params: &plan.params,
            facts: self.facts,
            references: self.references,
            earlier,
        };
        let drafts = rule.body.call(&given, &mut self.work).map_err(Arc::new)?;
        let start = self.drafts.len();
        self.drafts.extend(drafts);
        Ok(start..self.drafts.len())
    }

    /// The fault of a draft whose level its decision does not have.
    fn without_level(&self, decision: &Decision, drafts: Range<usize>) -> Option<Fault> {
        let mut drafts = self.drafts.get(drafts).into_iter().flatten();
        let draft = drafts.find(|draft| decision.rank(&draft.level).is_none())?;
        let fault = Fault::new(Code::RuleLevel).with("level", &*draft.level);
        Some(fault.with("decision", &*decision.name))
    }

    /// Whether what a rule reads is there; the earlier decision, if it reads one.
    fn available(&mut self, known: &Read, ground: &Ground) -> Result<Option<Earlier>, usize> {
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
                let mut reads = ground.reads.iter();
                let read = reads.find(|(known, _)| **known == **name);
                let decided = read.and_then(|(_, at)| self.results.get(*at)?.as_ref());
                match decided.and_then(|decided| decided.earlier.as_ref()) {
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
    pub(super) fn problem(&mut self, problem: Problem) -> usize {
        match self.problems.iter().position(|known| *known == problem) {
            Some(index) => index,
            None => {
                self.problems.push(problem);
                self.problems.len() - 1
            }
        }
    }
}

fn failed(fault: &Fault, rule: &Rule, (line, column): (usize, usize)) -> Problem {
    let place = Place::file(&rule.file, line, column);
    let problem = Problem::new(fault.code, place).with_all(&fault.args);
    problem.of_rule(&rule.citation.rule)
}
