//! `longma card`: the holder's card at an instant, and the cards of dependants.
//! Facts that are partly wrong still decide the rest; the problems go to standard
//! error.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Facts, Packs, Region, TableFiles, When};
use crate::messages::{Key, Words};
use crate::read::clock;
use crate::read::given::{Ready, instant, read_facts, ready};
use crate::read::inspected::inspected;
use crate::read::packs::refused;
use crate::show::page::{self, Page, tone};
use crate::show::terminal::warn;
use clap::ValueHint;
use longma_core::{Args, Reading};
use longma_core::{Outcome, Request, Stamp};
use longma_passes::card::{Card, State};
use longma_passes::proxy::wallet;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    facts: Facts,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    dependant: Vec<PathBuf>,
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    region: Region,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    tables: TableFiles,
    #[command(flatten)]
    json: AsJson,
}

/// Decides, and draws the cards.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let at = instant(arguments.when.at.as_deref(), words)?;
    let Ready {
        catalogue,
        tables,
        mut sources,
        ..
    } = ready(&arguments.packs.path, &arguments.tables.given, words)?;
    let request = Request {
        region: arguments.region.code.as_deref(),
        references: Some(&tables),
        decisions: None,
        window: None,
    };
    let now = clock::now().unwrap_or(at);
    let mut read = |path: &Path| -> Result<Outcome, Refusal> {
        let text = read_facts(path, &mut sources, words)?;
        inspected(&catalogue, &text, request, now)
            .map(|(outcome, found)| {
                warn(&found, &sources, words);
                outcome
            })
            .map_err(|problems| refused(Exit::Facts, &sources, problems.as_slice(), words))
    };
    let holder = read(&arguments.facts.path)?;
    let others: Result<Vec<_>, Refusal> = arguments.dependant.iter().map(|p| read(p)).collect();
    let others = others?;
    let others: Vec<&Outcome> = others.iter().collect();
    let drawn = wallet(&holder, &others, at);
    if arguments.json.wanted {
        let json = serde_json::to_string(&drawn).unwrap_or_default();
        return Ok(Answer::exact(format!("{json}\n")));
    }
    let mut page = Page::new(page::columns(None));
    draw(&mut page, &drawn.own, words);
    for held in &drawn.dependants {
        page.gap();
        let until = held.until.map_or_else(|| "…".to_owned(), Stamp::words);
        let relation = words.of(&held.relation_words);
        page.line(&words.fill(
            Key::CardHeld,
            &Args::of("relation", relation).with("until", &until),
        ));
        draw(&mut page, &held.card, words);
    }
    warn(&drawn.refused, &sources, words);
    Ok(Answer::page(page.finish()))
}

fn draw(page: &mut Page, card: &Card, words: Words) {
    let face = card.face.as_ref();
    let level = face.map_or_else(String::new, |face| words.of(&face.words).to_owned());
    page.heading(&format!("{} · {}", card.holder.name, card.holder.document));
    page.parts(&[(&level, tone(&card.tone))]);
    let mut state = words.of(&card.state_words).to_owned();
    if let Some(until) = &card.refresh_before {
        let until = until.words();
        state = words.fill(
            Key::CardUntil,
            &Args::of("what", &state).with("until", &until),
        );
    }
    // Rules without a validity say no end, and the level above says all: a card that is shown
    // is not valid as a permit is.
    if card.refresh_before.is_some() || card.state != State::Valid {
        page.field(2, "", 0, &state);
    }
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
            &words.fill(Key::CardNotKnown, &Args::of("names", &names)),
        );
    }
    if let Some(changes) = &card.changes_at {
        let at = changes.words();
        page.field(
            2,
            "",
            0,
            &words.fill(Key::CardChanges, &Args::of("at", &at)),
        );
    }
}

fn line(part: &Reading, words: Words) -> String {
    let what = format!("{}: {}", words.of(&part.name), words.of(&part.words));
    match &part.until {
        None => what,
        Some(until) => {
            let until = until.words();
            words.fill(
                Key::CardUntil,
                &Args::of("what", &what).with("until", &until),
            )
        }
    }
}
