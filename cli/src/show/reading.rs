//! An outcome as a page for a reader: the answer, and more if asked for.

use crate::messages::Words;
use crate::show::page::{self, Page};
use crate::show::sources::Sources;
use crate::show::{bands, changes, history, status};
use longma_core::{Catalogue, DecisionOutcome, Instant, Outcome, Policy};
use std::collections::BTreeSet;

/// An outcome, with what is needed to present it.
pub(crate) struct Reading<'a> {
    pub(crate) outcome: &'a Outcome,
    /// The instant to look up.
    pub(crate) at: Instant,
    pub(crate) region: &'a str,
    /// The kind of subject.
    pub(crate) subject: &'a str,
    /// The decisions asked for by name; empty if all are shown.
    pub(crate) asked: &'a [&'a str],
    pub(crate) policies: &'a [Policy],
    pub(crate) sources: &'a Sources,
    pub(crate) words: Words,
}

/// What to show in addition to the answer.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Extent {
    /// Each decision over all of time.
    pub(crate) timeline: bool,
    /// When each pack was in force.
    pub(crate) history: bool,
}

impl Reading<'_> {
    /// The decisions in the order of the command line. If none are asked for, in the order
    /// of the packs that decide them at the instant, the region's own rules first.
    pub(crate) fn decisions(&self) -> Vec<(&str, &DecisionOutcome)> {
        let decisions = self.outcome.decisions().iter();
        let mut decisions: Vec<(&str, &DecisionOutcome)> = decisions
            .map(|(name, decision)| (name.as_str(), decision))
            .collect();
        let order = self.policy(self.at).map_or(&[][..], Policy::packs);
        decisions.sort_by_key(|(name, _)| {
            let asked = self.asked.iter().position(|asked| asked == name);
            let status = self.outcome.at(name, self.at);
            let packs = status.map(|status| status.packs()).unwrap_or_default();
            let own = packs.first();
            let pack = own.and_then(|own| order.iter().position(|id| id == own));
            (asked, pack.unwrap_or(order.len()))
        });
        decisions
    }

    /// Whether the command line names the decision.
    pub(crate) fn is_asked(&self, decision: &str) -> bool {
        self.asked.contains(&decision)
    }

    /// Whether rules about this kind of subject are in force at the instant.
    pub(crate) fn is_ruled(&self) -> bool {
        let policy = self.policy(self.at);
        policy.is_some_and(|policy| policy.decides(self.subject))
    }

    /// The packs behind the shown decisions at `at`: own packs first, then inherited ones.
    /// Packs of other decisions and other subjects are left out.
    pub(crate) fn packs(&self, at: Instant) -> Vec<String> {
        let names = self.outcome.decisions().keys();
        let statuses = names.filter_map(|name| self.outcome.at(name, at));
        let told: BTreeSet<&String> = statuses.flat_map(|status| status.packs()).collect();
        let order = self.policy(at).map_or(&[][..], Policy::packs);
        let packs = order.iter().filter(|id| told.contains(*id));
        packs.cloned().collect()
    }

    fn policy(&self, at: Instant) -> Option<&Policy> {
        let mut policies = self.policies.iter();
        policies.find(|policy| policy.span().contains(at))
    }
}

/// The whole page, in `width` columns or the terminal's.
pub(crate) fn tell(
    reading: &Reading,
    catalogue: &Catalogue,
    extent: Extent,
    width: Option<usize>,
) -> String {
    let mut page = Page::new(page::columns(width));
    status::write(&mut page, reading, catalogue);
    if extent.timeline && !reading.outcome.decisions().is_empty() {
        bands::write(&mut page, reading, extent.history);
        changes::write(&mut page, reading);
    }
    if extent.history {
        history::write(&mut page, reading, catalogue);
    }
    page.finish()
}
