//! What holds at the instant asked for, decision by decision, with reasons.

use crate::messages::{Key, Words};
use crate::show::diagnostic::Diagnostic;
use crate::show::moment::{duration, spans, stamp, stamp_of};
use crate::show::page::{HEADING, Page, plain, styled, tone, width};
use crate::show::reading::Reading;
use crate::show::stretches::decided;
use longma_core::{
    Catalogue, CauseView, DecisionOutcome, Elapsed, Instant, Policy, Problem, Status, When,
};
use std::collections::BTreeSet;

/// What core calls a level that is not known.
pub(crate) const UNKNOWN: &str = "unknown";
/// Columns before the fields of a decision.
const INDENT: usize = 2;

/// Writes the heading, every decision's status and what is not known of them.
pub(crate) fn write(page: &mut Page, reading: &Reading, catalogue: &Catalogue) {
    let words = reading.words;
    let offset = reading.outcome.offset();
    let time = stamp(reading.at, offset);
    page.heading(&words.fill(Key::NowHeading, &[("time", &time), ("offset", &offset)]));
    let policy = reading.policies.iter();
    let policy = policy
        .clone()
        .find(|policy| policy.span().contains(reading.at));
    let packs = shown(reading, policy.map_or(&[][..], Policy::packs));
    let margin = margin(&[Key::HeaderRegion, Key::HeaderRules], words);
    page.field(0, words.say(Key::HeaderRegion), margin, reading.region);
    rules(page, &packs, catalogue, margin, words);
    if packs.is_empty() {
        no_pack(page, reading, catalogue);
        return;
    }
    let mut unknown = BTreeSet::new();
    for (name, decision) in reading.outcome.decisions() {
        if let Some(status) = reading.outcome.at(name, reading.at) {
            // What no pack decides at that time is told at the end, in a line.
            if !status.packs.is_empty() {
                page.gap();
                block(page, reading, name, decision, &status);
            }
            unknown.extend(status.problems.iter().map(|index| (*index, name.as_str())));
        }
    }
    not_known(page, reading, &unknown);
}

/// Of the packs in force, those that decide what is told here.
fn shown(reading: &Reading, packs: &[String]) -> Vec<String> {
    let decisions = reading.outcome.decisions().keys();
    let statuses = decisions.filter_map(|name| reading.outcome.at(name, reading.at));
    let told: BTreeSet<String> = statuses.flat_map(|status| status.packs).collect();
    let packs = packs.iter().filter(|id| told.contains(*id));
    packs.cloned().collect()
}

/// The packs by id and title, own first.
fn rules(page: &mut Page, packs: &[String], catalogue: &Catalogue, margin: usize, words: Words) {
    let mut label = words.say(Key::HeaderRules);
    if packs.is_empty() {
        page.field(0, label, margin, words.say(Key::HeaderRulesNone));
    }
    let known = catalogue.packs();
    for id in packs {
        let pack = known.iter().find(|pack| pack.id == *id);
        let title = pack.map_or_else(String::new, |pack| plain(words.of(&pack.title)));
        page.field(0, label, margin, &format!("{id}  {title}"));
        label = "";
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
    page.line(&title(decision, status, words));
    let labels = [
        Key::LabelSince,
        Key::LabelUntil,
        Key::LabelNext,
        Key::LabelReasons,
        Key::LabelUnknown,
    ];
    let margin = margin(&labels, words);
    let mut field = |label: Key, text: &str| page.field(INDENT, words.say(label), margin, text);
    field(Key::LabelSince, &since(reading, status));
    match &status.until {
        Some(until) => field(Key::LabelUntil, &stamp_of(until)),
        None => field(Key::LabelUntil, words.say(Key::UntilNever)),
    }
    if let Some(next) = next(reading, name, decision, status) {
        field(Key::LabelNext, &next);
    }
    for index in &status.problems {
        if let Some(problem) = reading.outcome.problems().get(*index) {
            field(Key::LabelUnknown, &plain(words.of(&problem.message)));
        }
    }
    if status.causes.is_empty() && status.problems.is_empty() {
        field(Key::LabelReasons, words.say(Key::ReasonsNone));
    }
    let mut label = words.say(Key::LabelReasons);
    for cause in &status.causes {
        let caption = plain(words.of(&cause.caption));
        page.styled_field(INDENT, label, margin, &caption, HEADING);
        label = "";
        reason(page, reading, decision, cause, INDENT + margin);
    }
}

fn title(decision: &DecisionOutcome, status: &Status, words: Words) -> String {
    let colour = colour(decision, &status.level);
    let said = level(decision, &status.level, status.at_least.as_deref(), words);
    let said = match tone_word(colour) {
        Some(key) => {
            let tone = words.say(key);
            words.fill(Key::LevelToned, &[("level", &said), ("tone", &tone)])
        }
        None => said,
    };
    let caption = plain(words.of(decision.caption()));
    let level = styled(&format!(" {said} "), tone(colour).bold());
    format!("{} {level}", styled(&caption, HEADING))
}

/// The next change of level, and in what time it comes.
fn next(
    reading: &Reading,
    name: &str,
    decision: &DecisionOutcome,
    status: &Status,
) -> Option<String> {
    let words = reading.words;
    let at = Instant::parse(&status.next.as_ref()?.at).ok()?;
    let next = reading.outcome.at(name, at)?;
    let level = level(decision, &next.level, next.at_least.as_deref(), words);
    let left = duration(at.minus(reading.at), words);
    Some(words.fill(Key::NextChange, &[("level", &level), ("duration", &left)]))
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

/// What is known of a cause, below its caption.
fn reason(
    page: &mut Page,
    reading: &Reading,
    decision: &DecisionOutcome,
    cause: &CauseView,
    indent: usize,
) {
    let words = reading.words;
    let level = level(decision, &cause.level, None, words);
    let end = |time: &Option<String>, open: Key| match time {
        Some(time) => stamp_of(time),
        None => words.say(open).to_owned(),
    };
    let from = end(&cause.from, Key::SpanOpenFrom);
    let until = end(&cause.until, Key::SpanOpenUntil);
    let args: [(&str, &dyn std::fmt::Display); 3] =
        [("level", &level), ("from", &from), ("until", &until)];
    page.field(indent, "", 0, &words.fill(Key::ReasonSpan, &args));
    let evidence = words.list(cause.evidence.iter().map(|item| evidence(reading, item)));
    let fields = [
        (Key::ReasonRelease, words.of(&cause.release)),
        (Key::ReasonSource, words.of(&cause.source)),
        (Key::ReasonRule, &cause.rule),
        (Key::ReasonFacts, &evidence),
    ];
    let margin = margin(&fields.map(|(label, _)| label), words);
    for (label, text) in fields {
        if !text.is_empty() {
            page.field(indent, words.say(label), margin, &plain(text));
        }
    }
}

/// A fact, and where in its file it stands.
fn evidence(reading: &Reading, item: &str) -> String {
    match reading.sources.evidence(item) {
        Some((file, line)) => {
            let file = file.display();
            let args: [(&str, &dyn std::fmt::Display); 3] =
                [("pointer", &item), ("file", &file), ("line", &line)];
            reading.words.fill(Key::EvidenceAt, &args)
        }
        None => item.to_owned(),
    }
}

/// Says that no pack is in force, and when one is.
fn no_pack(page: &mut Page, reading: &Reading, catalogue: &Catalogue) {
    let words = reading.words;
    let offset = reading.outcome.offset();
    let region = reading.region;
    let policies = reading.policies.iter();
    // A clinic's packs may be in force when nothing is decided of a person yet.
    let ruled = policies.filter(|policy| policy.decides(reading.subject));
    let ruled = When::of(ruled.map(Policy::span));
    let shown = if ruled.is_empty() {
        let packs = catalogue.packs();
        let regions = packs.iter().filter_map(|pack| pack.id.split_once('/'));
        let known: BTreeSet<&str> = regions.map(|(region, _)| region).collect();
        let known = words.list(known);
        let args: [(&str, &dyn std::fmt::Display); 2] = [("region", &region), ("known", &known)];
        Diagnostic::warning(&words.fill(Key::NoPackRegion, &args))
    } else {
        let time = stamp(reading.at, offset);
        let said = spans(ruled.spans(), offset, words);
        let text = words.fill(Key::NoPackNow, &[("region", &region), ("time", &time)]);
        let shown = Diagnostic::warning(&text);
        let shown = shown.note(&words.fill(Key::NoPackCovered, &[("spans", &said)]));
        match nearest(&ruled, reading.at) {
            Some(near) => {
                let near = format!("--at {}", near.to_rfc3339(offset));
                shown.help_with(words.say(Key::NoPackAt), &near)
            }
            None => shown,
        }
    };
    page.gap();
    let columns = page.columns();
    page.block(&shown.render(words, columns));
}

/// The instant of `when` that is nearest to `at`, which is not in it.
fn nearest(when: &When, at: Instant) -> Option<Instant> {
    let ends = when.spans().iter().flat_map(|span| {
        let last = span
            .until()
            .and_then(|until| until.plus(Elapsed::seconds(-1)));
        [span.from(), last]
    });
    ends.flatten()
        .min_by_key(|end| at.minus(*end).as_seconds().abs())
}

/// Shows once each problem that keeps a decision from being known, with what to do.
fn not_known(page: &mut Page, reading: &Reading, unknown: &BTreeSet<(usize, &str)>) {
    let mut told = BTreeSet::new();
    for (index, decision) in unknown {
        let Some(problem) = reading.outcome.problems().get(*index) else {
            continue;
        };
        if !told.insert(index) {
            continue;
        }
        match told.len() {
            1 => page.heading(reading.words.say(Key::ProblemsHeading)),
            _ => page.gap(),
        }
        let columns = page.columns();
        let shown = advised(reading, problem, decision).narrow(reading.words, columns);
        page.block(&shown.render(reading.words, columns));
    }
}

/// The problem, with what whoever types this command can do about it.
fn advised(reading: &Reading, problem: &Problem, decision: &str) -> Diagnostic {
    let words = reading.words;
    let shown = reading.sources.diagnostic(problem, words).mild();
    match problem.code.as_str() {
        "missing-reference" => match problem.message.en.split('`').nth(1) {
            Some(name) => {
                let flag = words.fill(Key::UseReferenceFlag, &[("name", &name)]);
                shown.help_with(words.say(Key::UseReference), &flag)
            }
            None => shown,
        },
        "no-pack" => {
            let decided = decided(reading.outcome, decision);
            let said = spans(decided.spans(), reading.outcome.offset(), words);
            let args: [(&str, &dyn std::fmt::Display); 2] =
                [("decision", &decision), ("spans", &said)];
            shown.note(&words.fill(Key::NoPackCoveredDecision, &args))
        }
        _ => shown,
    }
}
