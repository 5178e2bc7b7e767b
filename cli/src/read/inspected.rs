//! Facts as every command reads them: held against their schema, and inspected.

use crate::answer::{Exit, Refusal};
use crate::messages::Words;
use crate::read::clock;
use crate::read::packs::refused;
use crate::show::sources::Sources;
use longma_core::{Catalogue, Facts, Instant, Outcome, Problem, Problems, Request};
use longma_records::inspect::{self, decide, inspect};

/// The outcome of the facts, and what is wrong with them.
pub(crate) type Inspected = (Outcome, Vec<Problem>);

/// Decides what can be decided, and lists what is wrong.
pub(crate) fn inspected(
    catalogue: &Catalogue,
    text: &str,
    request: Request<'_>,
    received: Instant,
) -> Result<Inspected, Problems> {
    let outcome = decide(catalogue, text, request, received)?;
    let mut found = inspect(catalogue, text, received);
    if let Err(problems) = catalogue.read_facts(text) {
        found.extend(problems);
    }
    Ok((outcome, found))
}

/// Facts that must follow their schema, and what else is wrong with them; a section that
/// cannot be right counts as not known. `at` is the instant of receipt where there is no
/// clock.
pub(crate) fn sound(
    catalogue: &Catalogue,
    text: &str,
    at: Instant,
    sources: &Sources,
    words: Words,
) -> Result<(Facts, Vec<Problem>), Refusal> {
    let received = clock::now().unwrap_or(at);
    inspect::read(catalogue, text, received)
        .map_err(|problems| refused(Exit::Facts, sources, problems.as_slice(), words))
}
