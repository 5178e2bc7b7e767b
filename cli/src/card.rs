//! `longma card`: what a card shows at an instant, the holder's and those of
//! dependants. Facts of which a part is wrong decide the rest; what is wrong is
//! told beside.

use crate::args::Card as Arguments;
use crate::clock;
use crate::command::{Answer, Exit, Refusal, remark};
use crate::diagnostic::Sources;
use crate::given::{Ready, instant, read_facts, ready};
use crate::messages::{Key, Words};
use crate::moment::stamp_of;
use crate::packs::refused;
use crate::page::{self, Page, styled, tone};
use longma_core::{Catalogue, Instant, Outcome, Problem, Problems, Request};
use longma_front::card::{Card, Part, Parts};
use longma_front::inspect::{decide, inspect};
use longma_front::proxy::{Person, wallet};
use serde_json::{Map, Value as Json};
use std::path::Path;

/// Decides, and draws.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let at = instant(arguments.at.as_deref(), words)?;
    let Ready {
        catalogue,
        tables,
        mut sources,
        ..
    } = ready(&arguments.packs, &arguments.reference, words)?;
    let request = Request {
        region: arguments.region.as_deref(),
        references: Some(&tables),
        decisions: None,
    };
    let now = clock::now().unwrap_or(at);
    let mut read = |path: &Path| -> Result<(Map<String, Json>, Outcome), Refusal> {
        let text = read_facts(path, &mut sources, words)?;
        told(&catalogue, &text, request, now)
            .map(|(facts, outcome, found)| {
                warn(&found, &sources, words);
                (facts, outcome)
            })
            .map_err(|problems| refused(Exit::Facts, &sources, problems.as_slice(), words))
    };
    let holder = read(&arguments.facts)?;
    let others: Result<Vec<_>, Refusal> = arguments.dependant.iter().map(|p| read(p)).collect();
    let others = others?;
    let others: Vec<Person<'_>> = others.iter().map(person).collect();
    let drawn = wallet(person(&holder), &others, at, &Parts::default());
    if arguments.json {
        let json = serde_json::to_string(&drawn).unwrap_or_default();
        return Ok(Answer::exact(format!("{json}\n")));
    }
    let mut page = Page::new(page::columns(None));
    draw(&mut page, &drawn.own, words);
    for held in &drawn.dependants {
        page.gap();
        let until = held
            .until
            .as_deref()
            .map_or_else(|| "…".to_owned(), stamp_of);
        let relation = words.of(&held.relation_words);
        let args: [(&str, &dyn std::fmt::Display); 2] =
            [("relation", &relation), ("until", &until)];
        page.line(&words.fill(Key::CardHeld, &args));
        draw(&mut page, &held.card, words);
    }
    warn(&drawn.refused, &sources, words);
    Ok(Answer::page(page.finish()))
}

fn person(read: &(Map<String, Json>, Outcome)) -> Person<'_> {
    Person {
        facts: &read.0,
        outcome: &read.1,
    }
}

/// The facts, what the rules say of them, and what is wrong with them.
pub(crate) type Told = (Map<String, Json>, Outcome, Vec<Problem>);

/// Decides what can be decided, and tells the rest.
pub(crate) fn told(
    catalogue: &Catalogue,
    text: &str,
    request: Request<'_>,
    received: Instant,
) -> Result<Told, Problems> {
    let outcome = decide(catalogue, text, request, received)?;
    let mut found = inspect(catalogue, text, received);
    if let Err(problems) = catalogue.read_facts(text) {
        found.extend(problems);
    }
    let facts = serde_json::from_str(text).unwrap_or_default();
    Ok((facts, outcome, found))
}

/// Tells what is wrong and stops nothing.
pub(crate) fn warn(found: &[Problem], sources: &Sources, words: Words) {
    if !found.is_empty() {
        let shown = found
            .iter()
            .map(|problem| sources.diagnostic(problem, words).mild());
        remark(&shown.collect::<Vec<_>>(), words);
    }
}

fn draw(page: &mut Page, card: &Card, words: Words) {
    let face = card.face.as_ref();
    let level = face.map_or_else(String::new, |face| words.of(&face.words).to_owned());
    page.heading(&format!("{} · {}", card.holder.name, card.holder.document));
    page.line(&styled(&level, tone(&card.tone)));
    let mut state = words.of(&card.state_words).to_owned();
    if let Some(until) = &card.refresh_before {
        let until = stamp_of(until);
        state = words.fill(Key::CardUntil, &[("what", &state), ("until", &until)]);
    }
    page.field(2, "", 0, &state);
    for reason in face.into_iter().flat_map(|face| &face.reasons) {
        let told = format!(
            "{} {}",
            words.of(&reason.caption),
            words.of(&reason.release)
        );
        page.field(2, "·", 2, &told);
    }
    for why in face.into_iter().flat_map(|face| &face.unknown_because) {
        page.field(2, "?", 2, words.of(why));
    }
    for part in card.overlays.iter().chain(&card.badges).chain(&card.duties) {
        page.field(2, "", 0, &line(part, words));
    }
    if !card.not_known.is_empty() {
        let names = words.list(card.not_known.iter().map(|name| words.of(name)));
        page.field(
            2,
            "",
            0,
            &words.fill(Key::CardNotKnown, &[("names", &names)]),
        );
    }
    if let Some(changes) = &card.changes_at {
        let at = stamp_of(changes);
        page.field(2, "", 0, &words.fill(Key::CardChanges, &[("at", &at)]));
    }
}

fn line(part: &Part, words: Words) -> String {
    let what = format!("{}: {}", words.of(&part.name), words.of(&part.words));
    match &part.until {
        None => what,
        Some(until) => {
            let until = stamp_of(until);
            words.fill(Key::CardUntil, &[("what", &what), ("until", &until)])
        }
    }
}
