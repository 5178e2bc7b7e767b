//! The status of each decision at the instant asked for, with reasons.
//!
//! The answer comes first: a decision's level, since and until when, and why. Then
//! comes what is not known, and last the rules that were applied.

use crate::messages::{Key, Words};
use crate::show::moment::{duration, stamp};
use crate::show::page::{HEADING, Page, QUIET, plain, tone, width};
use crate::show::reading::Reading;
use crate::show::{history, unknown};
use anstyle::Style;
use longma_core::plan::Level;
use longma_core::{
    Args, Catalogue, Cause, DecisionOutcome, Instant, Status, Stretch, UNKNOWN, Verdict,
};
use std::collections::BTreeSet;

/// Indent of a decision's fields, in columns.
const INDENT: usize = 2;
/// Indent of a reason's fields, in columns.
const REASON: usize = 4;

/// Writes the heading, every decision's status, what is not known, and the rules that
/// they rest on.
pub(crate) fn write(page: &mut Page, reading: &Reading, catalogue: &Catalogue) {
    let words = reading.words;
    let offset = reading.outcome.offset();
    let time = stamp(reading.at, offset);
    page.heading(&words.fill(
        Key::NowHeading,
        &Args::of("time", &time).with("offset", offset),
    ));
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
        let decided = !status.packs().is_empty();
        if decided {
            page.gap();
            block(page, reading, name, status);
        } else if !reading.is_asked(name) {
            undecided.push((name, decision));
        }
        // An undecided decision gets advice only if it was asked for by name.
        if decided || reading.is_asked(name) {
            open.extend(status.problems().iter().map(|index| (*index, name)));
        }
    }
    unknown::problems(page, reading, &open);
    unknown::undecided(page, reading, &undecided);
    rules(page, reading, catalogue);
}

/// Writes the packs behind the shown decisions, by id and title, own packs first.
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

/// A level in words; if it is unknown, also the least that is certain.
pub(crate) fn level(stretch: Stretch<'_>, words: Words) -> String {
    match (stretch.level(), stretch.at_least()) {
        (Some(level), _) => named(level, words),
        (None, None) => words.say(Key::Unknown).to_owned(),
        (None, Some(least)) => {
            words.fill(Key::UnknownAtLeast, &Args::of("level", named(least, words)))
        }
    }
}

/// A level in words.
pub(crate) fn named(level: &Level, words: Words) -> String {
    plain(words.of(&level.caption))
}

/// The tone of a level; an unknown level has its own.
pub(crate) fn colour(stretch: Stretch<'_>) -> &str {
    stretch.level().map_or(UNKNOWN, |level| &level.colour)
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

/// Columns for the widest of `labels` and a gap.
fn margin(labels: &[Key], words: Words) -> usize {
    let widths = labels.iter().map(|label| width(words.say(*label)));
    widths.max().unwrap_or_default() + 2
}

/// Writes one decision.
fn block(page: &mut Page, reading: &Reading, name: &str, status: Status<'_>) {
    let words = reading.words;
    page.flow(INDENT, &title(name, status.stretch(), words));
    let margin = margin(&[Key::LabelSince, Key::LabelUntil], words);
    let mut field = |label: Key, text: &str| page.field(INDENT, words.say(label), margin, text);
    field(Key::LabelSince, &since(reading, status));
    field(Key::LabelUntil, &until(reading, status));
    let mut causes = status.causes().peekable();
    if causes.peek().is_none() && status.problems().is_empty() {
        page.field(INDENT, "-", 2, words.say(Key::NothingApplies));
    }
    for cause in causes {
        reason(page, reading, status, cause);
    }
    for problem in reading.outcome.problems_of(status.stretch()) {
        page.field(INDENT, "?", 2, &plain(words.of(&problem.message())));
    }
}

/// The decision and its level, both in words and by name.
fn title(name: &str, stretch: Stretch<'_>, words: Words) -> Vec<(String, Style)> {
    let colour = colour(stretch);
    let said = level(stretch, words);
    let said = match tone_word(colour) {
        Some(key) => {
            let tone = words.say(key);
            words.fill(
                Key::LevelToned,
                &Args::of("level", &said).with("tone", tone),
            )
        }
        None => said,
    };
    vec![
        (plain(words.of(stretch.decision().caption())), HEADING),
        (format!(" {said} "), tone(colour).bold()),
        (format!("{name}: {}", plain(stretch.level_name())), QUIET),
    ]
}

fn since(reading: &Reading, status: Status<'_>) -> String {
    let words = reading.words;
    let Some(since) = status.since else {
        return words.say(Key::SinceAlways).to_owned();
    };
    let time = stamp(since, reading.outcome.offset());
    let ago = duration(reading.at.minus(since), words);
    let note = words.fill(Key::SinceAgo, &Args::of("duration", &ago));
    words.fill(
        Key::TimeWithNote,
        &Args::of("time", &time).with("note", &note),
    )
}

/// Until when the level holds, and what comes after.
fn until(reading: &Reading, status: Status<'_>) -> String {
    let words = reading.words;
    let Some((at, then)) = status.until.zip(status.next()) else {
        return words.say(Key::UntilNever).to_owned();
    };
    let time = stamp(at, reading.outcome.offset());
    let left = duration(at.minus(reading.at), words);
    let level = level(then, words);
    // After the last pack the level is unknown; say that the rules end instead.
    let key = match then.packs() {
        [] => Key::UntilRulesEnd,
        _ => Key::UntilThen,
    };
    words.fill(
        key,
        &Args::of("time", &time)
            .with("level", &level)
            .with("duration", &left),
    )
}

/// Writes a cause: the caption, what ends it, the facts, the source and the rule.
fn reason(page: &mut Page, reading: &Reading, status: Status<'_>, cause: &Cause) {
    let words = reading.words;
    let caption = plain(words.of(cause.caption()));
    page.styled_field(INDENT, "-", 2, &caption, HEADING);
    let whole = (
        Verdict::Known(cause.rank()),
        cause.span().from(),
        cause.span().until(),
    );
    if whole != (status.verdict(), status.since, status.until) {
        let span = span(reading, status.decision(), cause);
        page.field(REASON, "", 0, &span);
    }
    let evidence = status.decision().evidence(cause);
    let evidence = words.list(evidence.iter().map(|item| self::evidence(reading, item)));
    let fields = [
        (Key::ReasonRelease, words.of(cause.release())),
        (Key::ReasonFacts, &evidence),
        (Key::ReasonSource, words.of(cause.source())),
        (Key::ReasonRule, cause.rule()),
    ];
    let margin = margin(&fields.map(|(label, _)| label), words);
    for (label, text) in fields {
        if !text.is_empty() {
            page.field(REASON, words.say(label), margin, &plain(text));
        }
    }
}

/// A cause's level and span, for a cause that differs from the decision in them.
fn span(reading: &Reading, decision: &DecisionOutcome, cause: &Cause) -> String {
    let words = reading.words;
    let level = decision.levels().get(cause.rank());
    let level = level.map_or_else(String::new, |level| named(level, words));
    let end = |time: Option<Instant>, open: Key| match time {
        Some(time) => stamp(time, reading.outcome.offset()),
        None => words.say(open).to_owned(),
    };
    let from = end(cause.span().from(), Key::SpanOpenFrom);
    let until = end(cause.span().until(), Key::SpanOpenUntil);
    words.fill(
        Key::ReasonSpan,
        &Args::of("level", &level)
            .with("from", &from)
            .with("until", &until),
    )
}

/// A piece of evidence, with its file and line if they are known.
fn evidence(reading: &Reading, item: &str) -> String {
    match reading.sources.evidence(item) {
        Some((file, line)) => {
            let file = file.display();
            reading.words.fill(
                Key::EvidenceAt,
                &Args::of("pointer", item)
                    .with("file", &file)
                    .with("line", line),
            )
        }
        None => item.to_owned(),
    }
}
