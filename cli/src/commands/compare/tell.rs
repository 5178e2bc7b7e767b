//! A comparison as text.

use crate::messages::Words;
use crate::show::example::{facts, stretches};
use crate::show::page::{Page, pad, plain, width};
use longma_core::{Args, Stamp};
use longma_desk::compare::{Amount, Decision, Example, First, Kind, LevelName, Report};
use longma_desk::text::say;

/// Indent of nested lines, in columns.
const INDENT: usize = 2;
/// The most rules of a side that are listed, the rarest; the JSON has all.
const LISTED: usize = 40;

/// Writes the report.
pub(crate) fn write(page: &mut Page, report: &Report, words: Words) {
    let say = |key: &str, args: &Args| words.of(&say(key, args)).to_owned();
    page.heading(&say("compare-heading", &Args::NONE));
    for (sign, name) in ["A", "B"].iter().zip(&report.sides) {
        page.field(0, sign, 4, &plain(name));
    }
    page.gap();
    page.field(0, "", 0, words.of(&report.summary()));
    if report.refused > 0 {
        page.field(
            0,
            "",
            0,
            &say("compare-refused", &Args::of("n", report.refused)),
        );
        for refused in &report.refusals {
            let message = plain(words.of(&refused.problem.message()));
            let line = say(
                "compare-refusal",
                &Args::of("number", refused.number).with("message", &message),
            );
            page.field(INDENT, "", 0, &line);
        }
    }
    for (names, key) in report
        .alone
        .iter()
        .zip(["compare-alone-a", "compare-alone-b"])
    {
        if !names.is_empty() {
            page.field(0, "", 0, &say(key, &Args::of("names", words.list(names))));
        }
    }
    for decision in &report.decisions {
        self::decision(page, decision, words);
    }
    for first in &report.first {
        self::first(page, first, words);
    }
    fired(page, report, words);
}

fn decision(page: &mut Page, decision: &Decision, words: Words) {
    let say = |key: &str, args: &Args| words.of(&say(key, args)).to_owned();
    let title = format!("{} ({})", words.of(&decision.caption), decision.name);
    page.heading(&title);
    if decision.changed.persons == 0 {
        page.field(0, "", 0, &say("compare-same", &Args::NONE));
    } else {
        let (persons, days) = (decision.changed.persons, decision.changed.days());
        page.field(
            0,
            "",
            0,
            &say(
                "compare-changed",
                &Args::of("persons", persons).with("days", &days),
            ),
        );
    }
    page.gap();
    levels(page, decision, words);
    if decision.changed.persons == 0 {
        return;
    }
    page.gap();
    matrix(page, decision, words);
    page.gap();
    page.line(&say("compare-rules", &Args::NONE));
    for rule in decision.rules.iter().take(LISTED) {
        let side = if rule.side == 0 { "A" } else { "B" };
        let amount = amount(rule.amount, words);
        page.field(INDENT, side, 3, &format!("{}: {amount}", rule.rule));
    }
    page.gap();
    page.line(&say("compare-kinds", &Args::NONE));
    for (number, kind) in (1..).zip(&decision.kinds) {
        if kind.example.is_some() {
            page.gap();
            self::kind(page, number, decision, kind, words);
        }
    }
    let shown = decision
        .kinds
        .iter()
        .filter(|kind| kind.example.is_some())
        .count();
    let rest = decision.kinds.len() - shown;
    if rest > 0 {
        page.gap();
        page.field(0, "", 0, &say("compare-more", &Args::of("n", rest)));
    }
    if decision.more.persons > 0 {
        let amount = amount(decision.more, words);
        page.field(
            0,
            "",
            0,
            &say("compare-uncounted", &Args::of("amount", &amount)),
        );
    }
}

fn amount(amount: Amount, words: Words) -> String {
    words
        .of(&say(
            "compare-amount",
            &Args::of("persons", amount.persons).with("days", amount.days()),
        ))
        .to_owned()
}

fn name(level: &LevelName, words: Words) -> String {
    plain(words.of(&level.caption))
}

fn levels(page: &mut Page, decision: &Decision, words: Words) {
    let head = |key: &str| words.of(&say(key, &Args::NONE)).to_owned();
    let mut rows = vec![vec![
        head("compare-level"),
        format!("A {}", head("compare-head-persons")),
        format!("A {}", head("compare-head-days")),
        format!("B {}", head("compare-head-persons")),
        format!("B {}", head("compare-head-days")),
    ]];
    let [a, b] = &decision.by_level;
    for ((level, one), other) in decision.levels.iter().zip(a).zip(b) {
        rows.push(vec![
            name(level, words),
            one.persons.to_string(),
            one.days(),
            other.persons.to_string(),
            other.days(),
        ]);
    }
    table(page, &rows);
}

/// Person-days, A down and B across.
fn matrix(page: &mut Page, decision: &Decision, words: Words) {
    page.line(words.of(&say("compare-matrix", &Args::NONE)));
    let mut head = vec![
        words
            .of(&say("compare-matrix-corner", &Args::NONE))
            .to_owned(),
    ];
    head.extend(decision.levels.iter().map(|level| name(level, words)));
    let mut rows = vec![head];
    for (level, cells) in decision.levels.iter().zip(&decision.matrix) {
        let mut row = vec![name(level, words)];
        row.extend(cells.iter().map(|cell| cell.days()));
        rows.push(row);
    }
    table(page, &rows);
}

/// Writes a table with its first column aligned left and the numbers right.
fn table(page: &mut Page, rows: &[Vec<String>]) {
    let count = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| width(cell))
                .max()
        })
        .map(Option::unwrap_or_default)
        .collect();
    for row in rows {
        let mut line = String::new();
        for (index, (cell, columns)) in row.iter().zip(&widths).enumerate() {
            if index == 0 {
                line.push_str(&pad(cell, *columns));
            } else {
                line.push_str(&" ".repeat(columns.saturating_sub(width(cell)) + 2));
                line.push_str(cell);
            }
        }
        page.line(&format!("{}{line}", " ".repeat(INDENT)));
    }
}

fn kind(page: &mut Page, number: usize, decision: &Decision, kind: &Kind, words: Words) {
    let caption = |name: &String| {
        let level = decision.levels.iter().find(|level| level.name == *name);
        level.map_or_else(|| name.clone(), |level| self::name(level, words))
    };
    let [a, b] = kind.levels.each_ref().map(caption);
    page.line(&format!(
        "{number}. {a} → {b}: {}",
        amount(kind.amount, words)
    ));
    for (side, sign) in ["A", "B"].iter().enumerate() {
        let grounds = decision.grounds(kind, side);
        let grounds = words.list(grounds.iter().map(|ground| words.of(ground)));
        page.field(INDENT, sign, 3, &grounds);
    }
    if let Some(found) = &kind.example {
        example(page, found, words);
    }
}

fn example(page: &mut Page, example: &Example, words: Words) {
    page.field(
        INDENT,
        "",
        0,
        words.of(&say("compare-example", &Args::NONE)),
    );
    if !example.absent.is_empty() {
        let names = words.list(&example.absent);
        let absent = say("compare-absent", &Args::of("names", &names));
        page.field(INDENT + 2, "", 0, words.of(&absent));
    }
    facts(page, &example.facts, &example.tables, words);
    for (sign, side) in ["A", "B"].iter().zip(&example.sides) {
        page.line(&format!("{}{sign}", " ".repeat(INDENT)));
        stretches(page, side, words);
    }
}

/// Who changes at a pack's first instant because of older facts.
fn first(page: &mut Page, first: &First, words: Words) {
    let say = |key: &str, args: &Args| words.of(&say(key, args)).to_owned();
    let at = first.at.map_or_else(String::new, Stamp::words);
    let title = Args::of("pack", &first.pack).with("at", at);
    page.heading(&say("compare-first", &title));
    let (key, persons) = match first.persons {
        0 => ("compare-first-none", Args::NONE),
        persons => ("compare-first-persons", Args::of("persons", persons)),
    };
    page.field(0, "", 0, &say(key, &persons));
    for change in &first.changes {
        let [a, b] = change.levels.each_ref().map(|level| name(level, words));
        let caption = plain(words.of(&change.caption));
        let persons = say("compare-first-change", &Args::of("persons", change.persons));
        page.gap();
        page.line(&format!("{caption}: {a} → {b}: {persons}"));
        if let Some(found) = &change.example {
            example(page, found, words);
        }
    }
}

/// How often each rule fired, and to which rules the search was blind.
fn fired(page: &mut Page, report: &Report, words: Words) {
    if report.seed.is_none() || report.is_blind() {
        return;
    }
    page.heading(words.of(&say("compare-fired", &Args::NONE)));
    for (sign, rules) in ["A", "B"].iter().zip(&report.fired) {
        for rule in rules.iter().take(LISTED) {
            let often = report.firing(rule);
            let line = format!("{}: {}", rule.rule, words.of(&often));
            page.field(INDENT, sign, 3, &line);
        }
    }
}
