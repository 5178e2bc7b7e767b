//! A dated table of every change in a level or in what is behind it.

use crate::messages::Key;
use crate::show::moment::stamp;
use crate::show::page::{HEADING, Page, QUIET, pad, plain, styled, tone, width, wrap};
use crate::show::reading::Reading;
use crate::show::status::{colour, level};
use anstyle::Style;
use longma_core::{Instant, Stretch};
use std::collections::{BTreeMap, BTreeSet};

/// Width of `2022-07-10 09:00:00` and the sign before it, in columns.
const TIME: usize = 2 + 19;
/// Columns between two cells of the table.
const GAP: usize = 2;
/// Reasons with less room than this, in columns, go on a line below.
const NARROW: usize = 24;
/// Extra indent of a reason's second line.
const HANGING: usize = 2;

/// Indent of a decision in a narrow page.
const WHAT: usize = 4;
/// Indent of its reasons in a narrow page.
const WHY: usize = 6;

/// One line of the table.
struct Change {
    what: String,
    becomes: String,
    style: Style,
    /// The causes and problems that begin or end.
    why: Vec<String>,
}

/// Writes the table.
pub(crate) fn write(page: &mut Page, reading: &Reading) {
    let words = reading.words;
    let offset = reading.outcome.offset();
    let changes = changes(reading);
    let all = || changes.values().flatten();
    let what = all().map(|change| width(&change.what));
    let what = what
        .chain([width(words.say(Key::ChangesWhat))])
        .max()
        .unwrap_or_default();
    let becomes = all().map(|change| width(&change.becomes));
    let becomes = becomes
        .chain([width(words.say(Key::ChangesBecomes))])
        .max()
        .unwrap_or_default();
    let table = Table { what, becomes };

    page.heading(words.say(Key::ChangesHeading));
    table.header(page, reading);
    let mut asked = Some(reading.at);
    for (time, lines) in &changes {
        if let (Some(at), Some(time)) = (asked, time)
            && *time >= at
        {
            asked = None;
            marker(page, reading);
            if *time == at {
                table.lines(page, "", lines);
                continue;
            }
        }
        let said = match time {
            Some(time) => stamp(*time, offset),
            None => words.say(Key::SpanOpenFrom).to_owned(),
        };
        table.lines(page, &said, lines);
    }
    if asked.is_some() {
        marker(page, reading);
    }
}

/// The changes by instant; those at the beginning of time come first.
fn changes(reading: &Reading) -> BTreeMap<Option<Instant>, Vec<Change>> {
    let mut found: BTreeMap<Option<Instant>, Vec<Change>> = BTreeMap::new();
    for (_, decision) in reading.decisions() {
        let mut before: Option<Stretch<'_>> = None;
        for stretch in decision.stretches() {
            if let Some(change) = change(reading, before, stretch) {
                let from = stretch.span().from();
                found.entry(from).or_default().push(change);
            }
            before = Some(stretch);
        }
    }
    found
}

/// What changes in a decision from one stretch to the next; `None` if only the packs
/// do.
fn change(reading: &Reading, before: Option<Stretch<'_>>, now: Stretch<'_>) -> Option<Change> {
    let words = reading.words;
    let behind = behind(reading, now);
    let behind_before = before
        .map(|before| self::behind(reading, before))
        .unwrap_or_default();
    let begins = behind
        .difference(&behind_before)
        .map(|text| format!("+ {text}"));
    let ends = behind_before
        .difference(&behind)
        .map(|text| format!("- {text}"));
    let why: Vec<String> = begins.chain(ends).collect();
    let ruled = !now.packs().is_empty();
    let same_level = before.is_some_and(|before| {
        before.verdict() == now.verdict() && ruled != before.packs().is_empty()
    });
    if same_level && why.is_empty() {
        return None;
    }
    Some(Change {
        what: plain(words.of(now.decision().caption())),
        becomes: if ruled {
            level(now, words)
        } else {
            words.say(Key::ChangesNoRules).to_owned()
        },
        style: if same_level {
            Style::new()
        } else {
            tone(colour(now))
        },
        why,
    })
}

/// What is behind a level: captions of causes, and what is not known.
fn behind(reading: &Reading, stretch: Stretch<'_>) -> BTreeSet<String> {
    let words = reading.words;
    let causes = stretch.causes();
    let causes = causes.map(|cause| plain(words.of(cause.caption())));
    // The column of levels already says that no rules are in force.
    let problems = reading.outcome.problems_of(stretch);
    let problems = problems
        .filter(|problem| problem.code != longma_core::Code::NoPack)
        .map(|problem| plain(words.of(&problem.message())));
    causes.chain(problems).collect()
}

/// The widths of the table's columns.
struct Table {
    what: usize,
    becomes: usize,
}

impl Table {
    fn header(&self, page: &mut Page, reading: &Reading) {
        let words = reading.words;
        if is_narrow(page) {
            let why = words.say(Key::ChangesWhy);
            page.styled_field(WHY, "", 0, why, QUIET);
            return;
        }
        let when = format!("  {}", words.say(Key::ChangesWhen));
        let head = format!(
            "{}{}",
            pad(&when, TIME + GAP),
            pad(words.say(Key::ChangesWhat), self.what + GAP)
        );
        let names = Change {
            what: String::new(),
            becomes: words.say(Key::ChangesBecomes).to_owned(),
            style: QUIET,
            why: vec![words.say(Key::ChangesWhy).to_owned()],
        };
        self.change(page, &styled(&head, QUIET), &names);
    }

    /// Writes the changes of one instant, with the time on the first line only.
    fn lines(&self, page: &mut Page, time: &str, changes: &[Change]) {
        if is_narrow(page) {
            list(page, time, changes);
            return;
        }
        let mut time = format!("  {time}");
        for change in changes {
            let time = pad(&std::mem::take(&mut time), TIME + GAP);
            let what = pad(&change.what, self.what + GAP);
            self.change(page, &format!("{time}{what}"), change);
        }
    }

    fn change(&self, page: &mut Page, head: &str, change: &Change) {
        let becomes = self.becomes + GAP;
        let start = TIME + GAP + self.what + GAP + becomes;
        let blanks = " ".repeat(becomes.saturating_sub(width(&change.becomes)));
        let level = styled(&change.becomes, change.style);
        let mut head = head.to_owned();
        if TIME + GAP + self.what + GAP + width(&change.becomes) > page.columns() {
            page.laid(&head);
            head = " ".repeat(TIME + GAP);
        }
        let mut line = format!("{head}{level}{blanks}");
        let mut indent = start;
        if start + HANGING + NARROW > page.columns() && !change.why.is_empty() {
            page.laid(&line);
            indent = TIME + GAP;
            line = " ".repeat(indent);
        }
        let room = page.columns().saturating_sub(indent + HANGING).max(NARROW);
        for why in &change.why {
            let mut hanging = 0;
            for text in wrap(why, room) {
                page.laid(&format!("{line}{}{text}", " ".repeat(hanging)));
                line = " ".repeat(indent);
                hanging = HANGING;
            }
        }
        if change.why.is_empty() {
            page.laid(&line);
        }
    }
}

/// Whether there is no room for reasons next to the time.
fn is_narrow(page: &Page) -> bool {
    TIME + GAP + HANGING + NARROW > page.columns()
}

/// Writes the changes of one instant on lines below it.
fn list(page: &mut Page, time: &str, changes: &[Change]) {
    if !time.is_empty() {
        page.line(&format!("  {time}"));
    }
    for change in changes {
        let margin = width(&change.what) + GAP;
        page.styled_field(WHAT, &change.what, margin, &change.becomes, change.style);
        for why in &change.why {
            let (sign, text) = why.split_once(' ').unwrap_or(("", why));
            page.field(WHY, sign, HANGING, text);
        }
    }
}

/// Writes the line of the instant asked for.
pub(crate) fn marker(page: &mut Page, reading: &Reading) {
    let time = stamp(reading.at, reading.outcome.offset());
    let text = reading.words.say(Key::ChangesAsked);
    let line = format!("{time}{}{text}", " ".repeat(GAP));
    page.styled_field(0, ">", 2, &line, HEADING);
}
