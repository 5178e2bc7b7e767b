//! A region's history: its policies for all time, and what they decide about each kind
//! of subject.
//!
//! Everything that does not depend on a person is worked out here, once, when packs are
//! loaded: which decisions there are, in which order they are evaluated, which policies
//! decide the same, and which packs are in force when.

use crate::plan::{Decision, Plan};
use crate::policy::Policy;
use crate::time::Offset;
use crate::when::Span;
use std::sync::Arc;

/// The policies of a region for all time, in order.
///
/// ```
/// use longma_core::{Catalogue, Contents};
///
/// // A catalogue without packs has no pack whose history could be asked for.
/// let catalogue = Catalogue::new(Contents::default());
/// assert!(catalogue.history_of("62/2022-03-07").is_none());
/// ```
#[derive(Debug, Clone, Default)]
pub struct History {
    policies: Arc<[Policy]>,
    courses: Arc<[(String, Course)]>,
}

/// What a history decides about one kind of subject.
#[derive(Debug, Default)]
pub(crate) struct Course {
    /// The offset of the latest policy's calendar days.
    pub(crate) offset: Offset,
    /// The decisions, by name.
    pub(crate) decisions: Vec<Known>,
    /// What is evaluated, each after what it reads.
    pub(crate) grounds: Vec<Ground>,
    /// For each policy, the positions of the grounds on which it decides, in order.
    pub(crate) orders: Vec<Vec<usize>>,
}

/// A decision of a history.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: Arc<str>,
    /// The plan of the latest policy that has it, and its position there.
    pub(crate) plan: Arc<Plan>,
    pub(crate) position: usize,
    /// For each policy, the packs that decide it, and on which ground; no packs and no
    /// ground where none does.
    pub(crate) packs: Vec<(Span, Arc<[String]>)>,
    pub(crate) grounds: Vec<Option<usize>>,
}

/// What a decision's results depend on besides facts and tables: its plan, its position
/// there, and what the decisions that it reads depend on. Policies often share it, since
/// a history is cut wherever any of its series changes.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) plan: Arc<Plan>,
    pub(crate) position: usize,
    /// The packs that decide it.
    pub(crate) packs: Arc<[String]>,
    /// The grounds of the decisions that its rules read, by name.
    pub(crate) reads: Vec<(Arc<str>, usize)>,
    /// Whether another decision reads it.
    pub(crate) is_read: bool,
    /// The spans over which it holds, in order, touching ones joined.
    pub(crate) spans: Vec<Span>,
}

impl History {
    /// The history of policies that cover all time, in order, for these kinds of subject.
    pub(crate) fn new<'a>(policies: Vec<Policy>, subjects: impl Iterator<Item = &'a str>) -> Self {
        let course = |subject: &str| (subject.to_owned(), Course::of(&policies, subject));
        Self {
            courses: subjects.map(course).collect(),
            policies: policies.into(),
        }
    }

    /// The policies, earliest first.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// What is decided about a kind of subject; `None` if no schema has it.
    pub(crate) fn course(&self, subject: &str) -> Option<&Course> {
        let mut courses = self.courses.iter();
        let found = courses.find(|(known, _)| known == subject);
        found.map(|(_, course)| course)
    }
}

impl Course {
    fn of(policies: &[Policy], subject: &str) -> Self {
        let parts = policies.iter().rev().find_map(|it| it.parts().first());
        let mut course = Self {
            offset: parts.map_or(Offset::CHINA, |part| part.plan.offset),
            ..Self::default()
        };
        for policy in policies {
            course.add(policy, subject);
        }
        for at in 0..course.decisions.len() {
            course.follow(policies, at);
        }
        course
    }

    /// Adds the decisions of a policy.
    fn add(&mut self, policy: &Policy, subject: &str) {
        let mut order: Vec<usize> = Vec::new();
        for (part, decision) in policy.decisions(subject) {
            let mut decisions = part.plan.decisions.iter();
            let position = decisions.position(|it| it.name == decision.name);
            let position = position.unwrap_or_default();
            let ground = Ground {
                plan: Arc::clone(&part.plan),
                position,
                packs: Arc::clone(&part.packs),
                reads: self.reads(decision, &order),
                is_read: false,
                spans: Vec::new(),
            };
            for (_, read) in &ground.reads {
                if let Some(read) = self.grounds.get_mut(*read) {
                    read.is_read = true;
                }
            }
            order.push(self.ground(ground, policy.span()));
            self.declare(decision, &part.plan, position);
        }
        self.orders.push(order);
    }

    /// The grounds of the decisions that a decision reads, out of those before it.
    fn reads(&self, decision: &Decision, before: &[usize]) -> Vec<(Arc<str>, usize)> {
        let before = before.iter().filter_map(|at| {
            let name = &self.grounds.get(*at)?.decision()?.name;
            let is_read = decision.earlier().any(|read| *read == **name);
            is_read.then(|| (Arc::clone(name), *at))
        });
        before.collect()
    }

    /// The position of a ground, which holds over a span.
    fn ground(&mut self, ground: Ground, span: Span) -> usize {
        let mut known = self.grounds.iter();
        let at = known.position(|known| {
            Arc::ptr_eq(&known.plan, &ground.plan)
                && known.position == ground.position
                && known.reads == ground.reads
        });
        let at = at.unwrap_or_else(|| {
            self.grounds.push(ground);
            self.grounds.len() - 1
        });
        if let Some(ground) = self.grounds.get_mut(at) {
            let whole = ground.spans.last().and_then(|last| last.joined(span));
            match (ground.spans.last_mut(), whole) {
                (Some(last), Some(whole)) => *last = whole,
                _ => ground.spans.push(span),
            }
        }
        at
    }

    fn declare(&mut self, decision: &Decision, plan: &Arc<Plan>, position: usize) {
        let known = Known {
            name: Arc::clone(&decision.name),
            plan: Arc::clone(plan),
            position,
            packs: Vec::new(),
            grounds: Vec::new(),
        };
        let name = &decision.name;
        match self.decisions.binary_search_by(|it| it.name.cmp(name)) {
            Ok(at) => {
                if let Some(it) = self.decisions.get_mut(at) {
                    *it = known;
                }
            }
            Err(at) => self.decisions.insert(at, known),
        }
    }

    /// Follows a decision through the policies.
    fn follow(&mut self, policies: &[Policy], at: usize) {
        let Some(known) = self.decisions.get_mut(at) else {
            return;
        };
        for (policy, order) in policies.iter().zip(&self.orders) {
            let found = order.iter().find_map(|at| {
                let ground = self.grounds.get(*at)?;
                (ground.decision()?.name == known.name).then_some((*at, ground))
            });
            let packs = found.map_or_else(|| [].into(), |(_, it)| Arc::clone(&it.packs));
            known.packs.push((policy.span(), packs));
            known.grounds.push(found.map(|(at, _)| at));
        }
    }

    /// The decision with a name.
    pub(crate) fn find(&self, name: &str) -> Option<(usize, &Known)> {
        let known = &self.decisions;
        let at = known.binary_search_by(|it| (*it.name).cmp(name)).ok()?;
        Some((at, known.get(at)?))
    }

    /// The names of all decisions, for a reader.
    pub(crate) fn names(&self) -> String {
        let names: Vec<&str> = self.decisions.iter().map(|it| &*it.name).collect();
        names.join(", ")
    }
}

impl Known {
    /// The decision as the latest policy declares it.
    pub(crate) fn decision(&self) -> Option<&Decision> {
        self.plan.decisions.get(self.position)
    }
}

impl Ground {
    /// The decision whose ground it is.
    pub(crate) fn decision(&self) -> Option<&Decision> {
        self.plan.decisions.get(self.position)
    }
}
