//! An outcome as a page for a reader.

use crate::messages::Words;
use crate::show::page::{self, Page};
use crate::show::sources::Sources;
use crate::show::{bands, changes, status};
use longma_core::{Catalogue, Instant, Outcome, Policy};

/// An answer together with what is needed to tell it.
pub(crate) struct Reading<'a> {
    pub(crate) outcome: &'a Outcome,
    /// The instant that is looked up.
    pub(crate) at: Instant,
    pub(crate) region: &'a str,
    /// The kind of subject.
    pub(crate) subject: &'a str,
    pub(crate) policies: &'a [Policy],
    pub(crate) sources: &'a Sources,
    pub(crate) words: Words,
}

/// The whole page, in `width` columns or the terminal's.
pub(crate) fn tell(reading: &Reading, catalogue: &Catalogue, width: Option<usize>) -> String {
    let mut page = Page::new(page::columns(width));
    status::write(&mut page, reading, catalogue);
    if !reading.outcome.decisions().is_empty() {
        bands::write(&mut page, reading);
        changes::write(&mut page, reading);
    }
    page.finish()
}
