//! The comparison as an HTML page: bars, a heat map, the rules responsible, and for
//! each kind of difference the smallest person with both timelines.

use super::{Amount, Decision, Example, Explained, First, Kind, LevelName, Report, StretchView};
use crate::html::{
    self, Band, Level, Matrix, Piece, Row, Share, Tone, Window, chip, matrix, stacked_bar, timeline,
};
use crate::text::say;
use longma_core::{Args, Lang, Offset, Stamp};
use maud::{Markup, html};

/// Seconds in a day.
const DAY: u64 = 86_400;
/// The names of the two sides on the page.
const SIGNS: [&str; 2] = ["A", "B"];

/// The whole page.
#[must_use]
pub fn page(report: &Report, lang: Lang) -> String {
    let words = Words(lang);
    let title = words.say("compare-heading", &Args::NONE);
    let body = html! {
        h1 { (title) }
        (head(report, words))
        @for decision in &report.decisions {
            (self::decision(decision, words))
        }
        @for first in &report.first { (self::first(first, words)) }
        @if report.seed.is_some() && !report.is_blind() { (fired(report, words)) }
    };
    html::page(lang, &title, &body)
}

#[derive(Clone, Copy)]
struct Words(Lang);

impl Words {
    fn say(self, key: &str, args: &Args) -> String {
        say(key, args).get(self.0).to_owned()
    }

    fn level(self, level: &LevelName) -> Level {
        Level::new(Tone::named(&level.colour), level.caption.get(self.0))
    }
}

fn head(report: &Report, words: Words) -> Markup {
    let summary = report.summary().get(words.0).to_owned();
    let alone = report
        .alone
        .iter()
        .zip(["compare-alone-a", "compare-alone-b"]);
    html! {
        ul {
            @for (side, name) in SIGNS.iter().zip(&report.sides) {
                li { (words.say("compare-side", &Args::of("side", side).with("name", name))) }
            }
        }
        p { (summary) }
        @if report.refused > 0 {
            p { (words.say("compare-refused", &Args::of("n", report.refused))) }
            ul {
                @for refused in &report.refusals {
                    @let message = refused.problem.message().get(words.0).to_owned();
                    li { (words.say("compare-refusal", &Args::of("number", refused.number).with("message", message))) }
                }
            }
        }
        @for (names, key) in alone.filter(|(names, _)| !names.is_empty()) {
            p { (words.say(key, &Args::of("names", names.join(", ")))) }
        }
    }
}

fn decision(decision: &Decision, words: Words) -> Markup {
    let changed = decision.changed;
    html! {
        h2 { (decision.caption.get(words.0)) " " code { (decision.name) } }
        @if changed.persons == 0 {
            p { (words.say("compare-same", &Args::NONE)) }
        } @else {
            p { (words.say("compare-changed", &Args::of("persons", changed.persons).with("days", changed.days()))) }
        }
        @for (side, amounts) in SIGNS.iter().zip(&decision.by_level) {
            (bar(side, decision, amounts, words))
        }
        (levels(decision, words))
        @if changed.persons > 0 {
            (heat(decision, words))
            (rules(decision, words))
            h3 { (words.say("compare-kinds", &Args::NONE)) }
            @for (number, kind) in (1..).zip(&decision.kinds) {
                (self::kind(number, decision, kind, words))
            }
            @if decision.more.persons > 0 {
                p { (words.say("compare-uncounted", &Args::of("amount", amount(decision.more, words)))) }
            }
        }
    }
}

/// Person-days rounded to whole days, for charts; the tables show tenths.
fn whole(amount: Amount) -> u64 {
    amount.seconds.saturating_add(DAY / 2) / DAY
}

fn bar(side: &str, decision: &Decision, amounts: &[Amount], words: Words) -> Markup {
    let shares: Vec<Share> = decision
        .levels
        .iter()
        .zip(amounts)
        .map(|(level, amount)| Share {
            level: words.level(level),
            amount: whole(*amount),
        })
        .collect();
    let caption = format!(
        "{side}: {}",
        words.say("compare-persons-chart", &Args::NONE)
    );
    stacked_bar(&caption, &shares)
}

fn levels(decision: &Decision, words: Words) -> Markup {
    let [a, b] = &decision.by_level;
    let heads = ["compare-head-persons", "compare-head-days"];
    html! {
        div.wide { table {
            thead { tr {
                th scope="col" { (words.say("compare-level", &Args::NONE)) }
                @for side in SIGNS {
                    @for key in heads { th.number scope="col" { (side) " " (words.say(key, &Args::NONE)) } }
                }
            } }
            tbody {
                @for ((level, one), other) in decision.levels.iter().zip(a).zip(b) {
                    tr {
                        th scope="row" { (chip(&words.level(level))) }
                        @for amount in [one, other] {
                            td.number { (amount.persons) }
                            td.number { (amount.days()) }
                        }
                    }
                }
            }
        } }
    }
}

fn heat(decision: &Decision, words: Words) -> Markup {
    let heads: Vec<Level> = decision
        .levels
        .iter()
        .map(|level| words.level(level))
        .collect();
    let cells = decision.matrix.iter();
    let cells = cells.map(|row| row.iter().map(|amount| whole(*amount)).collect());
    let counts = Matrix {
        rows: heads.clone(),
        columns: heads,
        cells: cells.collect(),
        corner: words.say("compare-matrix-corner", &Args::NONE),
    };
    matrix(&words.say("compare-matrix", &Args::NONE), &counts)
}

fn rules(decision: &Decision, words: Words) -> Markup {
    html! {
        h3 { (words.say("compare-rules", &Args::NONE)) }
        div.wide { table.stack {
            tbody {
                @for rule in &decision.rules {
                    tr {
                        th scope="row" { (SIGNS.get(rule.side).unwrap_or(&"")) }
                        td { code { (rule.rule) } }
                        td.number { (amount(rule.amount, words)) }
                    }
                }
            }
        } }
    }
}

fn amount(amount: Amount, words: Words) -> String {
    words.say(
        "compare-amount",
        &Args::of("persons", amount.persons).with("days", amount.days()),
    )
}

fn kind(number: usize, decision: &Decision, kind: &Kind, words: Words) -> Markup {
    let level = |name: &String| {
        let level = decision.levels.iter().find(|level| level.name == *name);
        level.map_or_else(
            || Level::new(Tone::Unknown, name.as_str()),
            |l| words.level(l),
        )
    };
    let [a, b] = &kind.levels;
    html! {
        section.case {
            h4 { (number) ". " (chip(&level(a))) " → " (chip(&level(b))) " " (amount(kind.amount, words)) }
            ul {
                @for (side, sign) in SIGNS.iter().enumerate() {
                    li {
                        (sign) ": "
                        @for (index, ground) in decision.grounds(kind, side).iter().enumerate() {
                            @if index > 0 { ", " }
                            code { (ground.get(words.0)) }
                        }
                    }
                }
            }
            @if let Some(found) = &kind.example { (example(found, words)) }
        }
    }
}

fn example(example: &Example, words: Words) -> Markup {
    let sections = example.facts.as_object().into_iter().flatten();
    let records: Vec<String> = sections
        .flat_map(|(name, value)| {
            let items = value.as_array().into_iter().flatten();
            items.map(move |record| format!("{name}: {record}"))
        })
        .collect();
    let rows = example.tables.iter().flat_map(|(table, rows)| {
        let written = rows
            .iter()
            .filter_map(|row| serde_json::to_string(row).ok());
        written.map(move |row| format!("{table}: {row}"))
    });
    let spans: Vec<String> = example
        .differs
        .iter()
        .map(|[from, until]| span(*from, *until))
        .collect();
    html! {
        p { (words.say("compare-example", &Args::NONE)) }
        pre {
            @for line in records.iter().cloned().chain(rows) { (line) "\n" }
            @if !example.absent.is_empty() {
                (words.say("compare-absent", &Args::of("names", example.absent.join(", ")))) "\n"
            }
            (words.say("compare-rest-empty", &Args::NONE))
        }
        p.quiet { (words.say("compare-differs", &Args::of("spans", spans.join(", ")))) }
        (timeline("", &band(example, words)))
        @for (side, explained) in SIGNS.iter().zip(&example.sides) {
            details {
                summary { (side) }
                (told(explained, words))
            }
        }
    }
}

/// Who changes at a pack's first instant because of older facts.
fn first(first: &First, words: Words) -> Markup {
    let at = first.at.map_or_else(String::new, Stamp::words);
    let title = Args::of("pack", &first.pack).with("at", at);
    let persons = Args::of("persons", first.persons);
    html! {
        h2 { (words.say("compare-first", &title)) }
        @if first.persons == 0 {
            p { (words.say("compare-first-none", &Args::NONE)) }
        } @else {
            p { (words.say("compare-first-persons", &persons)) }
        }
        @for change in &first.changes {
            @let [a, b] = &change.levels;
            section.case {
                h4 {
                    (change.caption.get(words.0)) ": "
                    (chip(&words.level(a))) " → " (chip(&words.level(b))) " "
                    (words.say("compare-first-change", &Args::of("persons", change.persons)))
                }
                @if let Some(found) = &change.example { (example(found, words)) }
            }
        }
    }
}

/// Both sides' timelines, over a window around every change and difference.
fn band(example: &Example, words: Words) -> Band {
    let second = |time: Option<Stamp>| time.map(|time| time.instant.unix());
    let row = |(side, explained): (&&str, &Explained)| Row {
        name: (*side).to_owned(),
        pieces: explained
            .timeline
            .iter()
            .map(|stretch| Piece {
                from: second(stretch.from),
                until: second(stretch.until),
                level: Level::new(Tone::named(&stretch.colour), stretch.caption.get(words.0)),
            })
            .collect(),
    };
    let changes = example.sides.iter().flat_map(|side| &side.timeline);
    let ends = example.differs.iter().flatten();
    let instants = changes
        .filter_map(|stretch| second(stretch.from))
        .chain(ends.filter_map(|time| second(*time)));
    Band {
        window: Window::around(instants),
        rows: SIGNS.iter().zip(&example.sides).map(row).collect(),
        marks: Vec::new(),
        offset: Offset::CHINA,
    }
}

fn span(from: Option<Stamp>, until: Option<Stamp>) -> String {
    let open = |time: Option<Stamp>| time.map_or_else(|| "…".to_owned(), Stamp::words);
    format!("{} – {}", open(from), open(until))
}

fn told(explained: &Explained, words: Words) -> Markup {
    let level = |stretch: &StretchView| {
        Level::new(Tone::named(&stretch.colour), stretch.caption.get(words.0))
    };
    html! {
        ul {
            @for stretch in &explained.timeline {
                li {
                    (chip(&level(stretch))) " " (span(stretch.from, stretch.until))
                    ul {
                        @for cause in &stretch.causes {
                            li {
                                (cause.caption.get(words.0)) " " code { (cause.rule) } " "
                                span.quiet { (cause.source.get(words.0)) " " (cause.evidence.join(" ")) }
                            }
                        }
                        @for problem in &stretch.problems { li { (problem.get(words.0)) } }
                    }
                }
            }
        }
    }
}

/// How often each rule fired, and to which rules the search was blind.
fn fired(report: &Report, words: Words) -> Markup {
    html! {
        h2 { (words.say("compare-fired", &Args::NONE)) }
        div.wide { table.stack {
            tbody {
                @for (side, rules) in SIGNS.iter().zip(&report.fired) {
                    @for rule in rules {
                        tr {
                            th scope="row" { (side) }
                            td { code { (rule.rule) } }
                            td.number { (report.firing(rule).get(words.0)) }
                        }
                    }
                }
            }
        } }
    }
}
