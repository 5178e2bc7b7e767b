//! The book as an HTML page, for screen and paper.

use super::rules::{Citation, DecisionView, ParamView, RuleView, Told};
use super::words::{Inline, Line, Words};
use super::{Book, CaseView, Chapter, LevelView, Region};
use crate::html::{self, Level, Tone, chip, timeline};
use longma_core::{Args, Lang, Localized};
use maud::{Markup, html};
use std::fmt::Write as _;

/// The book as one HTML page in one language.
///
/// ```
/// use longma_compile::texts::{Texts, read};
/// use longma_core::Lang;
/// let text = |file: &str, text: &str| (format!("packs/62/2022-03-07/{file}"), text.to_owned());
/// let house = read(&Texts::from([
///     ("schema/area.schema.json".to_owned(), SCHEMA.to_owned()),
///     text("pack.toml", MANIFEST),
///     text("captions.toml", ""),
/// ]));
/// let book = longma_desk::book::book(&house.bundle, &[], &[]).unwrap();
/// let page = longma_desk::book::page(&book, Lang::En);
/// assert!(page.starts_with("<!DOCTYPE html>"));
/// assert!(page.contains("A plan"));
/// # const SCHEMA: &str = include_str!("../../../rules/schema/area.schema.json");
/// # const MANIFEST: &str = r#"
/// # subject = "area"
/// # version = "1"
/// # title = { zh-CN = "方案", en = "A plan" }
/// # authority = { zh-CN = "省", en = "Province" }
/// # effective.from = 2022-03-07T00:00:00+08:00
/// # "#;
/// ```
#[must_use]
pub fn page(book: &Book, lang: Lang) -> String {
    let words = Words::new(lang);
    let body = html! {
        h1 { (words.say("title")) }
        p.quiet { (words.fill("of", &Args::of("editions", words.editions(book)))) }
        (how_to_read(words))
        nav aria-label=(words.say("contents")) {
            h2 { (words.say("contents")) }
            @for region in &book.regions { (contents(region, words)) }
        }
        @for region in &book.regions { (self::region(region, words.at(region.offset))) }
    };
    html::page(lang, &words.say("title"), &body)
}

fn how_to_read(words: Words) -> Markup {
    html! {
        h2 { (words.say("how-to-read")) }
        ul {
            @for key in ["how-spans", "how-levels", "how-grades", "how-assumed", "how-cases"] {
                li { (words.say(key)) }
            }
        }
    }
}

/// An anchor id in the page. Different names get different ids.
fn anchor(kind: &str, path: &str) -> String {
    let mut out = format!("{kind}-");
    for character in path.chars() {
        match character {
            '/' => out.push('.'),
            c if c.is_alphanumeric() || c == '-' || c == '_' => out.push(c),
            // Writing to a string cannot fail.
            c => drop(write!(out, "~{:x}~", u32::from(c))),
        }
    }
    out
}

fn contents(region: &Region, words: Words) -> Markup {
    html! {
        p { a href={ "#" (anchor("region", &region.region)) } { strong { (words.region(&region.region)) } } }
        ol.plain {
            @for chapter in &region.chapters {
                li {
                    a href={ "#" (anchor("pack", &chapter.id)) } { (words.at(chapter.offset).span(chapter.span)) } " · "
                    (words.of(&chapter.title)) " " code { (chapter.id) }
                }
            }
        }
    }
}

fn region(region: &Region, words: Words) -> Markup {
    html! {
        section {
            h2 id=(anchor("region", &region.region)) { (words.region(&region.region)) }
            (timeline(&words.say("history"), &words.history(region)))
            div.wide { table {
                thead { tr { th { (words.say("when")) } th { (words.say("in-force")) } th { (words.say("against-before")) } } }
                tbody {
                    @for reign in &region.history {
                        tr {
                            td { (words.span(reign.span)) }
                            td { @if reign.parts.is_empty() { (words.say("no-pack")) } @for packs in &reign.parts { div { code { (words.packs(packs)) } } } }
                            td {
                                @match &reign.changes {
                                    Some(changes) => {
                                        (words.fill("counts", &Args::of("rules", changes.rules.len()).with("params", changes.params.len())))
                                    },
                                    None => "—",
                                }
                            }
                        }
                    }
                }
            } }
            @for chapter in &region.chapters { (self::chapter(chapter, region, words.at(chapter.offset))) }
        }
    }
}

fn chapter(chapter: &Chapter, region: &Region, words: Words) -> Markup {
    html! {
        section.chapter {
            h3 id=(anchor("pack", &chapter.id)) { (words.of(&chapter.title)) }
            dl {
                (entry(&words.say("pack"), &html! { code { (chapter.id) } " " (words.fill("version", &Args::of("version", &chapter.version))) }))
                (entry(&words.say("span"), &html! {
                    (words.span(chapter.span))
                    @if let Some(note) = &chapter.note { " — " (words.of(note)) }
                }))
                @if let Some(offset) = words.offset() { (entry(&words.say("times"), &html! { (offset) })) }
                (entry(&words.say("authority"), &html! { (words.of(&chapter.authority)) }))
                @if let Some(parent) = &chapter.inherits {
                    (entry(&words.say("inherits"), &html! {
                        code { (parent) }
                        ul.plain { @for line in &chapter.lines { li { (words.span(line.span)) ": " code { (words.packs(&line.packs)) } } } }
                    }))
                }
            }
            (changes(chapter, region, words))
            (reasons("overrides", &chapter.overrides, words))
            (reasons("drops", &chapter.drops, words))
            @for decision in &chapter.decisions { (self::decision(chapter, decision, words)) }
            (params(chapter, words))
            (sources(&chapter.sources, words))
            @if !chapter.laws.is_empty() {
                h4 { (words.say("laws")) }
                ul { @for law in &chapter.laws { li {
                    (words.of(&law.words)) " " code { (law.name) }
                    @if !law.breaches.is_empty() { ul { @for (rule, ground) in &law.breaches {
                        li { (words.say("breach")) " " code { (rule) } ": " (words.of(ground)) }
                    } } }
                } } }
            }
            @if !chapter.cases.is_empty() {
                h4 { (words.say("cases")) }
                @for case in &chapter.cases { (self::case(chapter, case, words)) }
            }
        }
    }
}

fn entry(name: &str, value: &Markup) -> Markup {
    html! { div.entry { dt { (name) } dd { (value) } } }
}

/// What changed against the rules before, and against the inherited ones.
fn changes(chapter: &Chapter, region: &Region, words: Words) -> Markup {
    let own = region
        .history
        .iter()
        .filter(|reign| reign.rules(&chapter.id));
    html! {
        @for reign in own {
            @if let Some(changes) = &reign.changes {
                h4 { (words.fill("changes-at", &Args::of("when", words.span(reign.span)).with("packs", words.parts(&reign.parts)))) }
                (lines(&words.difference(changes, false), words))
            }
        }
        @for line in &chapter.lines {
            @if let Some(changes) = &line.changes {
                h4 { (words.fill("changes-inherited", &Args::of("when", words.span(line.span)).with("packs", words.packs(line.packs.get(1..).unwrap_or_default())))) }
                (lines(&words.difference(changes, true), words))
            }
        }
    }
}

fn lines(lines: &[Line], words: Words) -> Markup {
    html! {
        @if lines.is_empty() { p.quiet { (words.say("no-changes")) } }
        ul.changes {
            @for line in lines {
                li class=[(!starts_strong(line)).then_some("under")] {
                    @for (index, part) in line.iter().enumerate() {
                        @if index > 0 { " " }
                        @match part {
                            Inline::Text(text) => (text),
                            Inline::Code(text) => code { (text) },
                            Inline::Strong(text) => strong { (text) },
                            Inline::Gone(text) => del { (text) },
                        }
                    }
                }
            }
        }
    }
}

/// Whether a line begins a change; other lines continue one.
pub(super) fn starts_strong(line: &Line) -> bool {
    matches!(line.first(), Some(Inline::Strong(_)))
}

fn reasons(key: &str, reasons: &[(String, Localized)], words: Words) -> Markup {
    html! {
        @if !reasons.is_empty() {
            h4 { (words.say(key)) }
            div.wide { table {
                thead { tr { th { (words.say("name")) } th { (words.say("why")) } } }
                tbody { @for (name, reason) in reasons { tr { td.name { code { (name) } } td { (words.of(reason)) } } } }
            } }
        }
    }
}

fn level(view: &LevelView, words: Words) -> Markup {
    chip(&Level::new(
        Tone::named(&view.tone),
        words.of(&view.caption),
    ))
}

fn decision(chapter: &Chapter, decision: &DecisionView, words: Words) -> Markup {
    html! {
        h4 { (words.of(&decision.caption)) " " code { (decision.name) } }
        dl {
            (entry(&words.say("scale"), &html! {
                @for (index, view) in decision.levels.iter().enumerate() { @if index > 0 { " < " } (level(view, words)) }
                @if decision.pack != chapter.id { " " (words.fill("declared-by", &Args::of("pack", &decision.pack))) }
            }))
            @if !decision.sections.is_empty() {
                (entry(&words.say("reads-sections"), &html! {
                    ul.plain { @for (name, told) in &decision.sections { li { code { (name) } " " (words.of(told)) } } }
                }))
            }
            @if !decision.tables.is_empty() { (entry(&words.say("reads-tables"), &codes(&decision.tables, words))) }
            @if !decision.earlier.is_empty() { (entry(&words.say("reads-decisions"), &codes(&decision.earlier, words))) }
        }
        @for rule in &decision.rules { (self::rule(chapter, decision, rule, words)) }
        @if !decision.inherited.is_empty() {
            h5 { (words.say("inherited-rules")) }
            div.wide { table.long {
                thead { tr { th { (words.say("rule")) } th { (words.say("caption")) } th { (words.say("release")) } th { (words.say("holds")) } } }
                tbody { @for rule in &decision.inherited { @for told in &rule.told { tr {
                    td { code { (rule.pack) } br; code { (rule.name) } }
                    td { (words.of(&told.caption)) }
                    td { (words.of(&told.release)) }
                    td { (words.spans(&told.spans)) }
                } } } }
            } }
        }
    }
}

fn codes(names: &[String], words: Words) -> Markup {
    html! { @for (index, name) in names.iter().enumerate() { @if index > 0 { (words.comma()) } code { (name) } } }
}

fn rule(chapter: &Chapter, decision: &DecisionView, rule: &RuleView, words: Words) -> Markup {
    let path = format!("{}/{}/{}", chapter.id, decision.name, rule.name);
    html! {
        article.rule id=(anchor("rule", &path)) {
            h5 {
                (caption(&rule.told, words)) " "
                @for view in &rule.levels { (level(view, words)) " " }
                code.quiet { (rule.name) }
            }
            dl {
                (entry(&words.say("condition"), &html! {
                    @if words.of(&rule.words).is_empty() { span.quiet { (words.say("no-words")) } }
                    (words.of(&rule.words))
                }))
                (entry(&words.say("release"), &told(&rule.told, words)))
                @if let Some(source) = &rule.source { (entry(&words.say("source"), &citation(source, words))) }
                @if !rule.params.is_empty() {
                    (entry(&words.say("numbers"), &html! {
                        @for (index, (name, values)) in rule.params.iter().enumerate() {
                            @if index > 0 { (words.sign("semicolon")) }
                            code { (name) } " = " (values.iter().map(|value| words.of(value)).collect::<Vec<_>>().join(" / "))
                        }
                    }))
                }
                @if !rule.reads.is_empty() { (entry(&words.say("reads"), &codes(&rule.reads, words))) }
                @if let Some(reason) = &rule.overrides { (entry(&words.say("override"), &html! { (words.of(reason)) })) }
                (entry(&words.say("cases"), &html! {
                    @if rule.cases.is_empty() { span.quiet { (words.say("no-cases")) } }
                    @for (index, number) in rule.cases.iter().enumerate() {
                        @if index > 0 { (words.comma()) }
                        a href={ "#" (anchor("case", &format!("{}/{number}", chapter.id))) } { (number) }
                    }
                }))
            }
            details.screen { summary { (words.say("text")) } pre { code { (rule.text) } } }
        }
    }
}

/// A rule's caption; the latest one if inherited params change it over time.
fn caption(told: &[Told], words: Words) -> String {
    let last = told.last();
    last.map(|told| words.of(&told.caption).to_owned())
        .unwrap_or_default()
}

/// What ends a rule's level; listed by span if inherited params change it over time.
fn told(told: &[Told], words: Words) -> Markup {
    html! {
        @if let [only] = told { (words.of(&only.release)) }
        @else {
            ul.plain { @for told in told { li { (words.spans(&told.spans)) ": " (words.of(&told.release)) } } }
        }
    }
}

fn citation(source: &Citation, words: Words) -> Markup {
    html! {
        (words.of(&source.title))
        @if let Some(date) = &source.date { " (" (date) ")" }
        " " span.quiet { (words.grade(&source.grade)) }
    }
}

fn sources(sources: &[Citation], words: Words) -> Markup {
    html! {
        @if !sources.is_empty() {
            h4 { (words.say("sources")) }
            div.wide { table {
                thead { tr { th { (words.say("name")) } th { (words.say("document")) } th { (words.say("date")) } th { (words.say("grade")) } } }
                tbody { @for source in sources { tr {
                    td.name { code { (source.key) } }
                    td { (words.of(&source.title)) }
                    td.name { (source.date.as_deref().unwrap_or("—")) }
                    td { (words.grade(&source.grade)) }
                } } }
            } }
        }
    }
}

fn params(chapter: &Chapter, words: Words) -> Markup {
    let (own, inherited): (Vec<&ParamView>, Vec<&ParamView>) = chapter
        .params
        .iter()
        .partition(|param| param.pack == chapter.id);
    html! {
        @for (key, params) in [("params", own), ("params-inherited", inherited)] {
            @if !params.is_empty() {
                h4 { (words.say(key)) }
                div.wide { table.long {
                    thead { tr { th { (words.say("name")) } th { (words.say("value")) } th { (words.say("unit")) } th { (words.say("source")) } } }
                    tbody { @for param in params { (self::param(chapter, param, words)) } }
                } }
            }
        }
    }
}

fn param(chapter: &Chapter, param: &ParamView, words: Words) -> Markup {
    html! {
        tr {
            td.name {
                code { (param.name) }
                @if param.pack != chapter.id { br; span.quiet { code { (param.pack) } br; (words.spans(&param.spans)) } }
            }
            td { strong { (words.of(&param.value)) } }
            td.name { (words.unit(&param.unit)) }
            td {
                @if let Some(source) = &param.source { (citation(source, words)) }
                @if param.assumed { p.assumed { (words.say("assumed")) } }
                @if let Some(note) = &param.note { p { (words.of(note)) } }
                @if let Some(reason) = &param.overrides { p { (words.fill("reason", &Args::of("reason", words.of(reason)))) } }
            }
        }
    }
}

fn case(chapter: &Chapter, case: &CaseView, words: Words) -> Markup {
    html! {
        article.case id=(anchor("case", &format!("{}/{}", chapter.id, case.number))) {
            h5 { (case.number) ". " (words.of(&case.name)) }
            @if !case.refused.is_empty() { p { (words.say("refused")) " " (codes(&case.refused, words)) } }
            @if let Some(picture) = &case.picture { (timeline("", &words.band(case, picture))) }
            @if !case.looks.is_empty() {
                div.wide { table {
                    thead { tr { th { "▼" } th { (words.say("when")) } th { (words.say("level")) } th { (words.say("why")) } } }
                    tbody { @for (look, number) in case.looks.iter().zip(1..) { tr {
                        td { (number) }
                        td.name { (words.stamp(look.at)) }
                        td { @for told in &look.levels { div {
                            (words.of(&told.decision)) " " (chip(&Level::new(Tone::named(&told.tone), words.of(&told.level))))
                        } } }
                        td { @for cause in &look.causes { div { (words.of(cause)) } } }
                    } } }
                } }
            }
            @if !case.facts.is_empty() {
                details.screen { summary { (words.say("facts")) }
                    pre { code { (case.facts) } }
                    @for (name, csv) in &case.tables { p { code { (name) } } pre { code { (csv) } } }
                }
            }
        }
    }
}
