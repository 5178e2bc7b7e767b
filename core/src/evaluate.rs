//! Evaluation: runs the rules of every policy of a region, once for all instants.
//!
//! Rules see the facts and no clock; their causes are cut to the span over which the
//! policy is in force. A rule that fails, or whose section or table is missing, makes
//! its decision unknown over that span. The causes of other rules are kept.
//!
//! A rule runs once for all policies in which it computes the same, and policies that
//! do not meet the window that is asked for are not run at all.

mod asked;
#[cfg(feature = "extract")]
mod extract;
mod gather;
mod manual;
#[cfg(not(target_family = "wasm"))]
mod reads;
#[cfg(not(target_family = "wasm"))]
mod ready;
mod run;

#[cfg(feature = "extract")]
pub use extract::Extract;
#[cfg(not(target_family = "wasm"))]
pub use ready::Ready;

use crate::catalogue::Catalogue;
use crate::facts::Facts;
use crate::history::{Course, History};
use crate::id::{is_coded, is_region};
use crate::observe::Observer;
use crate::outcome::Outcome;
use crate::places::Places;
use crate::policy::Policy;
use crate::problem::{Code, Place, Problem, Problems};
use crate::reference::References;
use crate::when::Span;
use asked::Asked;
use run::Run;

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
    /// The region whose rules apply, such as `620102`; that of the facts if `None`.
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
        let region = region(self.places(), facts, request)?;
        let history = self.history_today(region);
        self.own(facts, request, |facts, request| {
            decided_by(facts, history, region, request, observer)
        })
    }

    /// Like [`decide`](Self::decide), with a history chosen by the caller instead of the
    /// region's own; the region is only named in the outcome. The history must be from
    /// this catalogue.
    ///
    /// # Errors
    /// A request or manual cause for a decision or level that the rules do not have.
    pub fn decide_by(
        &self,
        facts: &Facts,
        history: &History,
        request: Request<'_>,
    ) -> Result<Outcome, Problems> {
        let region = request.region.or(facts.region()).unwrap_or_default();
        self.own(facts, request, |facts, request| {
            decided_by(facts, Some(history), region, request, &mut ())
        })
    }

    /// The history of a region. A county that was renamed keeps its rules.
    fn history_today(&self, region: &str) -> Option<&History> {
        let today = self.places().and_then(|it| it.code_today(region));
        self.history(today.as_deref().unwrap_or(region))
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

fn decided_by<O: Observer>(
    facts: &Facts,
    history: Option<&History>,
    region: &str,
    request: Request<'_>,
    observer: &mut O,
) -> Result<Outcome, Problems> {
    let nothing = Course::default();
    let found = history.and_then(|history| Some((history, history.course(facts.subject())?)));
    let (policies, course): (&[Policy], _) = found.map_or((&[], &nothing), |(history, course)| {
        (history.policies(), course)
    });
    let none = References::none();
    let references = request.references.unwrap_or(&none);
    let window = request.window.unwrap_or(Span::ALWAYS);
    let asked = Asked::of(policies, course, request.decisions, window)?;
    decided(facts, &asked, region, references, observer)
}

fn decided<O: Observer>(
    facts: &Facts,
    asked: &Asked<'_>,
    region: &str,
    references: &References,
    observer: &mut O,
) -> Result<Outcome, Problems> {
    let manual = manual::causes(facts, asked.course)?;
    let mut run = Run::new(facts, references, asked.course, &manual, observer);
    run.history(asked);
    Ok(run.outcome(region, &asked.positions, asked.window))
}

fn region<'a>(
    places: Option<&Places>,
    facts: &'a Facts,
    request: Request<'a>,
) -> Result<&'a str, Problem> {
    checked(places, request.region.or_else(|| facts.region()))
}

fn checked<'a>(places: Option<&Places>, region: Option<&'a str>) -> Result<&'a str, Problem> {
    let place = Place::facts("/identity/region");
    match region {
        None => Err(Problem::new(Code::RegionMissing, place)),
        Some(region) if is_region(region) => match places {
            Some(places) if is_coded(region) && !places.has_code(region) => {
                Err(Problem::new(Code::RegionUnknown, place).with("found", region))
            }
            _ => Ok(region),
        },
        Some(region) => {
            Err(Problem::new(Code::RegionInvalid, place).with("found", crate::json::quote(region)))
        }
    }
}
