//! When each pack was in force, among those that the shown decisions rest on.

use crate::messages::{Key, Words};
use crate::show::changes::marker;
use crate::show::moment::stamp;
use crate::show::page::{Page, plain};
use crate::show::reading::Reading;
use longma_core::{Catalogue, DecisionOutcome, Elapsed, Instant};
use std::collections::BTreeSet;

/// Indent of an instant, in columns.
const TIME: usize = 2;
/// Indent of a pack, in columns.
const PACK: usize = 4;

/// Writes each change of the packs: `+` for one that begins, `-` for one that ends.
pub(crate) fn write(page: &mut Page, reading: &Reading, catalogue: &Catalogue) {
    let words = reading.words;
    page.heading(words.say(Key::HistoryHeading));
    let mut before: Vec<String> = Vec::new();
    let mut asked = Some(reading.at);
    let mut any = false;
    for (time, packs) in periods(reading) {
        any |= !packs.is_empty();
        let begins = packs.iter().filter(|id| !before.contains(id));
        let ends = before.iter().filter(|id| !packs.contains(id));
        let signed = begins.map(|id| ("+", id)).chain(ends.map(|id| ("-", id)));
        let signed: Vec<(&str, &String)> = signed.collect();
        if let (Some(at), Some(time)) = (asked, time)
            && time >= at
        {
            asked = None;
            marker(page, reading);
        }
        // The marker line already shows this instant.
        if !signed.is_empty() && time != Some(reading.at) {
            let said = match time {
                Some(time) => stamp(time, reading.outcome.offset()),
                None => words.say(Key::SpanOpenFrom).to_owned(),
            };
            page.field(TIME, "", 0, &said);
        }
        for (sign, id) in signed {
            let title = title(id, catalogue, words);
            page.field(PACK, sign, 2, &format!("{id}  {title}"));
        }
        before = packs;
    }
    if !any {
        page.field(TIME, "", 0, words.say(Key::TimelinesNoPack));
    } else if asked.is_some() {
        marker(page, reading);
    }
}

/// The packs behind the shown decisions, from each instant at which they change.
fn periods(reading: &Reading) -> Vec<(Option<Instant>, Vec<String>)> {
    let decisions = reading.outcome.decisions().values();
    let stretches = decisions.flat_map(DecisionOutcome::stretches);
    let begins: BTreeSet<Option<Instant>> = stretches.map(|it| it.span().from()).collect();
    let mut periods: Vec<(Option<Instant>, Vec<String>)> = Vec::new();
    // The first segments reach back without end; any instant in them will do.
    let first = begins.iter().flatten().next();
    let before_all = first.and_then(|first| first.plus(Elapsed::seconds(-1)));
    for from in &begins {
        let at = from.or(before_all).unwrap_or(reading.at);
        let packs = reading.packs(at);
        if periods.last().is_none_or(|(_, before)| *before != packs) {
            periods.push((*from, packs));
        }
    }
    periods
}

/// A pack's title in words; empty if no pack has that id.
pub(crate) fn title(id: &str, catalogue: &Catalogue, words: Words) -> String {
    let packs = catalogue.packs();
    let pack = packs.iter().find(|pack| pack.id == id);
    pack.map_or_else(String::new, |pack| plain(words.of(&pack.title)))
}
