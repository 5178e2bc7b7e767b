//! What would bring a level, in words.

use crate::answer::{Exit, Refusal};
use crate::messages::{Key, Words};
use crate::show::diagnostic::Diagnostic;
use crate::show::page::{Page, plain};
use longma_core::{Args, Outcome};
use longma_desk::bring::Brought;
use std::collections::BTreeSet;

/// The refusal of a level that no decision has.
pub(super) fn unknown(outcome: &Outcome, level: &str, words: Words) -> Refusal {
    let decisions = outcome.decisions().values();
    let known: BTreeSet<&str> = decisions
        .flat_map(longma_core::DecisionOutcome::levels)
        .map(|it| &*it.name)
        .collect();
    let shown = Diagnostic::error(&words.fill(Key::BringUnknown, &Args::of("name", level)));
    let known = words.list(known);
    let help = words.fill(Key::BringUnknownHelp, &Args::of("known", &known));
    Refusal::new(Exit::Usage, shown.help(&help))
}

/// For each decision when it has the level, and the records that bring it.
pub(super) fn page(
    brought: &[Brought],
    outcome: &Outcome,
    level: &str,
    columns: usize,
    words: Words,
) -> String {
    let mut page = Page::new(columns);
    if brought.is_empty() {
        page.line(words.say(Key::BringHolds));
    }
    for found in brought {
        let decision = outcome.decisions().get(&found.decision);
        let (caption, level) = match decision.map(|it| (it.caption(), it.level(level))) {
            Some((caption, Some(level))) => (words.of(caption), words.of(&level.caption)),
            _ => continue,
        };
        let args = Args::of("decision", caption).with("level", level);
        page.heading(&words.fill(Key::BringHeading, &args));
        let without = match found.from {
            Some(from) => words.fill(Key::BringByItself, &Args::of("from", from.words())),
            None => words.say(Key::BringNever).to_owned(),
        };
        page.field(2, "", 0, &without);
        for record in &found.records {
            let args = Args::of("section", &record.section)
                .with("from", record.from.words())
                .with("record", plain(&record.record.to_string()));
            page.field(2, "·", 2, &words.fill(Key::BringRecord, &args));
        }
        if found.records.is_empty() {
            page.field(2, "", 0, words.say(Key::BringNothing));
        }
    }
    page.finish()
}
