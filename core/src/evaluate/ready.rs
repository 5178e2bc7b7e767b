//! A question that is asked of many: what does not depend on the facts is looked up once.

use super::asked::Asked;
use super::{Request, checked, decided};
use crate::body::Arena;
use crate::catalogue::Catalogue;
use crate::facts::Facts;
use crate::history::Course;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::problem::{Code, Place, Problem, Problems};
use crate::reference::References;
use crate::when::Span;
use std::sync::LazyLock;

/// What is asked about many people of one region, looked up once.
///
/// ```
/// use longma_core::body::Arena;
/// use longma_core::{Catalogue, Outcome, Problems, Request};
///
/// /// Decides many of one region, each as if alone.
/// fn all(catalogue: &Catalogue, people: &[&str]) -> Result<Vec<Outcome>, Problems> {
///     let request = Request {
///         region: Some("620102"),
///         ..Request::default()
///     };
///     let ready = catalogue.ready("person", request)?;
///     let mut arena = Arena::default();
///     let people = people.iter();
///     let decided = people.map(|facts| ready.decide(&catalogue.read_facts(facts)?, &mut arena));
///     decided.collect()
/// }
/// ```
#[derive(Debug)]
pub struct Ready<'c> {
    catalogue: &'c Catalogue,
    subject: String,
    region: String,
    references: References,
    asked: Asked<'c>,
}

impl Catalogue {
    /// Gets ready to decide about a kind of subject under the rules of the request's region.
    ///
    /// # Errors
    /// A missing or invalid region, or a decision that the rules do not have.
    pub fn ready(&self, subject: &str, request: Request<'_>) -> Result<Ready<'_>, Problems> {
        static NOTHING: LazyLock<Course> = LazyLock::new(Course::default);
        let region = checked(self.places(), request.region)?;
        let found = self.history_today(region);
        let found = found.and_then(|it| Some((it.policies(), it.course(subject)?)));
        let (policies, course): (&[Policy], _) = found.unwrap_or((&[], &NOTHING));
        let window = request.window.unwrap_or(Span::ALWAYS);
        let again = request.references.and_then(|it| self.read_again(it));
        let given = || request.references.cloned().unwrap_or_default();
        Ok(Ready {
            catalogue: self,
            subject: subject.to_owned(),
            region: region.to_owned(),
            references: again.unwrap_or_else(given),
            asked: Asked::of(policies, course, request.decisions, window)?,
        })
    }
}

impl Ready<'_> {
    /// Decides about one of them, like [`Catalogue::decide`], in the memory of those before.
    ///
    /// # Errors
    /// A manual cause for a decision or level that the rules do not have, and facts about
    /// another kind of subject.
    pub fn decide(&self, facts: &Facts, arena: &mut Arena) -> Result<Outcome, Problems> {
        if facts.subject() != self.subject {
            let problem = Problem::new(Code::FactsSubject, Place::facts("/subject"));
            let problem = problem.with("known", crate::json::quote(&self.subject));
            return Err(problem.finding(crate::json::quote(facts.subject())).into());
        }
        let again = self.catalogue.facts_again(facts)?;
        let facts = again.as_ref().unwrap_or(facts);
        decided(facts, &self.asked, &self.region, &self.references, arena)
    }
}
