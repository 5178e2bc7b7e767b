//! What holds at the instant asked for, decision by decision, with reasons.
//!
//! The answer comes first: a decision's level, since and until when, and why. What
//! is not known follows, and last the rules that were applied.

use crate::messages::{Key, Words};
use crate::show::moment::{duration, stamp, stamp_of};
use crate::show::page::{HEADING, Page, QUIET, plain, tone, width};
use crate::show::reading::Reading;
use crate::show::{history, unknown};
use anstyle::Style;
use longma_core::{Catalogue, CauseView, DecisionOutcome, Instant, Status};
use std::collections::BTreeSet;
use std::fmt::Display;

/// What core calls a level that is not known.
pub(crate) const UNKNOWN: &str = "unknown";
/// Columns before the fields of a decision.
const INDENT: usize = 2;
/// Columns before the fields of a reason.
const REASON: usize = 4;

/// Writes the heading, every decision's status, what is not known of them, and the
/// rules they rest on.
pub(crate) fn write(page: &mut Page, reading: &Reading, catalogue: &Catalogue) {
    let words = reading.words;
    let offset = reading.outcome.offset();
    let time = stamp(reading.at, offset);
    page.heading(&words.fill(Key::NowHeading, &[("time", &time), ("offset", &offset)]));
    let label = words.say(Key::HeaderRegion);
    page.field(0, label, width(label) + 2, reading.region);
    if !reading.is_ruled() {
        unknown::no_pack(page, reading, catalogue);
        return;
    }
    let mut open = BTreeSet::new();
    let mut undecided = Vec::new();
    for (name, decision) in reading.decisions() {
        let Some(status) = reading.outcome.at(name, reading.at) else {
            continue;
        };
        let decided = !status.packs.is_empty();
        if decided {
            page.gap();
            block(page, reading, name, decision, &status);
        } else if !reading.is_asked(name) {
            undecided.push((name, decision));
        }
        // An undecided decision gets advice only if it was asked for by name.
        if decided || reading.is_asked(name) {
            open.extend(status.problems.iter().map(|index| (*index, name)));
        }
    }
    unknown::problems(page, reading, &open);
    unknown::undecided(page, reading, &undecided);
    rules(page, reading, catalogue);
}

/// The packs that decide what is told, by id and title, own first.
fn rules(page: &mut Page, reading: &Reading, catalogue: &Catalogue) {
    let packs = reading.packs(reading.at);
    if packs.is_empty() {
        return;
    }
    page.heading(reading.words.say(Key::RulesHeading));
    for id in packs {
        let title = history::title(&id, catalogue, reading.words);
        page.field(INDENT, "", 0, &format!("{id}  {title}"));
    }
}

/// A level in words, and where it is unknown what is certain.
pub(crate) fn level(
    decision: &DecisionOutcome,
    level: &str,
    at_least: Option<&str>,
    words: Words,
) -> String {
    let named = |level: &str| match decision.level(level) {
        Some((caption, _)) => plain(words.of(caption)),
        None => plain(level),
    };
    match (level, at_least) {
        (UNKNOWN, None) => words.say(Key::Unknown).to_owned(),
        (UNKNOWN, Some(least)) => words.fill(Key::UnknownAtLeast, &[("level", &named(least))]),
        (level, _) => named(level),
    }
}

/// The tone of a level; that of `unknown` is its own.
pub(crate) fn colour<'a>(decision: &'a DecisionOutcome, level: &str) -> &'a str {
    decision.level(level).map_or(UNKNOWN, |(_, colour)| colour)
}

fn tone_word(colour: &str) -> Option<Key> {
    match colour {
        "green" => Some(Key::ToneGreen),
        "yellow" => Some(Key::ToneYellow),
        "red" => Some(Key::ToneRed),
        "gold" => Some(Key::ToneGold),
        "grey" => Some(Key::ToneGrey),
        "blue" => Some(Key::ToneBlue),
        _ => None,
    }
}

/// Columns that the widest of `labels` needs.
fn margin(labels: &[Key], words: Words) -> usize {
    let widths = labels.iter().map(|label| width(words.say(*label)));
    widths.max().unwrap_or_default() + 2
}

/// One decision.
fn block(
    page: &mut Page,
    reading: &Reading,
    name: &str,
    decision: &DecisionOutcome,
    status: &Status,
) {
    let words = reading.words;
    page.flow(INDENT, &title(name, decision, status, words));
    let margin = margin(&[Key::LabelSince, Key::LabelUntil], words);
    let mut field = |label: Key, text: &str| page.field(INDENT, words.say(label), margin, text);
    field(Key::LabelSince, &since(reading, status));
    field(Key::LabelUntil, &until(reading, name, decision, status));
    if status.causes.is_empty() && status.problems.is_empty() {
        page.field(INDENT, "-", 2, words.say(Key::NothingApplies));
    }
    for cause in &status.causes {
        reason(page, reading, decision, status, cause);
    }
    for index in &status.problems {
        if let Some(problem) = reading.outcome.problems().get(*index) {
            let message = plain(words.of(&problem.message));
            page.field(INDENT, "?", 2, &message);
        }
    }
}

/// The decision and its level, both in words and by name.
fn title(
    name: &str,
    decision: &DecisionOutcome,
    status: &Status,
    words: Words,
) -> Vec<(String, Style)> {
    let colour = colour(decision, &status.level);
    let said = level(decision, &status.level, status.at_least.as_deref(), words);
    let said = match tone_word(colour) {
        Some(key) => {
            let tone = words.say(key);
            words.fill(Key::LevelToned, &[("level", &said), ("tone", &tone)])
        }
        None => said,
    };
    vec![
        (plain(words.of(decision.caption())), HEADING),
        (format!(" {said} "), tone(colour).bold()),
        (format!("{name}: {}", plain(&status.level)), QUIET),
    ]
}

fn since(reading: &Reading, status: &Status) -> String {
    let words = reading.words;
    let Some(since) = &status.since else {
        return words.say(Key::SinceAlways).to_owned();
    };
    let time = stamp_of(since);
    match Instant::parse(since) {
        Ok(since) => {
            let ago = duration(reading.at.minus(since), words);
            let note = words.fill(Key::SinceAgo, &[("duration", &ago)]);
            words.fill(Key::TimeWithNote, &[("time", &time), ("note", &note)])
        }
        Err(_) => time,
    }
}

/// Until when the level holds, and what comes then.
fn until(reading: &Reading, name: &str, decision: &DecisionOutcome, status: &Status) -> String {
    let words = reading.words;
    let next = status.next.as_ref();
    let at = next.and_then(|next| Instant::parse(&next.at).ok());
    let then = at.and_then(|at| Some((at, reading.outcome.at(name, at)?)));
    let Some((at, then)) = then else {
        let until = status.until.as_deref();
        return until.map_or_else(|| words.say(Key::UntilNever).to_owned(), stamp_of);
    };
    let time = stamp(at, reading.outcome.offset());
    let left = duration(at.minus(reading.at), words);
    let level = level(decision, &then.level, then.at_least.as_deref(), words);
    let args: [(&str, &dyn Display); 3] = [("time", &time), ("level", &level), ("duration", &left)];
    // After the last pack the level is unknown; say that the rules end instead.
    let key = match then.packs.as_slice() {
        [] => Key::UntilRulesEnd,
        _ => Key::UntilThen,
    };
    words.fill(key, &args)
}

/// Why: the caption, what ends it, which facts, and by which rule.
fn reason(
    page: &mut Page,
    reading: &Reading,
    decision: &DecisionOutcome,
    status: &Status,
    cause: &CauseView,
) {
    let words = reading.words;
    let caption = plain(words.of(&cause.caption));
    page.styled_field(INDENT, "-", 2, &caption, HEADING);
    if cause.level != status.level || cause.from != status.since || cause.until != status.until {
        let span = span(decision, cause, words);
        page.field(REASON, "", 0, &span);
    }
    let evidence = words.list(cause.evidence.iter().map(|item| evidence(reading, item)));
    let fields = [
        (Key::ReasonRelease, words.of(&cause.release)),
        (Key::ReasonFacts, &evidence),
        (Key::ReasonSource, words.of(&cause.source)),
        (Key::ReasonRule, &cause.rule),
    ];
    let margin = margin(&fields.map(|(label, _)| label), words);
    for (label, text) in fields {
        if !text.is_empty() {
            page.field(REASON, words.say(label), margin, &plain(text));
        }
    }
}

/// A cause's level and span, where they are not those of the decision.
fn span(decision: &DecisionOutcome, cause: &CauseView, words: Words) -> String {
    let level = level(decision, &cause.level, None, words);
    let end = |time: &Option<String>, open: Key| match time {
        Some(time) => stamp_of(time),
        None => words.say(open).to_owned(),
    };
    let from = end(&cause.from, Key::SpanOpenFrom);
    let until = end(&cause.until, Key::SpanOpenUntil);
    let args: [(&str, &dyn Display); 3] = [("level", &level), ("from", &from), ("until", &until)];
    words.fill(Key::ReasonSpan, &args)
}

/// A fact, and where in its file it stands.
fn evidence(reading: &Reading, item: &str) -> String {
    match reading.sources.evidence(item) {
        Some((file, line)) => {
            let file = file.display();
            let args: [(&str, &dyn Display); 3] =
                [("pointer", &item), ("file", &file), ("line", &line)];
            reading.words.fill(Key::EvidenceAt, &args)
        }
        None => item.to_owned(),
    }
}
