//! Facts that may be partly wrong: what can be decided from them, and what is wrong.

use longma_core::{Catalogue, Instant, Outcome, Problem, Problems, Request};
use longma_records::inspect::{decide, inspect};

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
