//! Coverage as an HTML page over the scripts.

use super::{Coverage, FileCoverage, Kind, PackCoverage, Place, What};
use crate::html;
use crate::probes::Watched;
use crate::text::say;
use longma_core::{Args, Lang, Localized};
use longma_lang::syntax::written;
use maud::{Markup, html};

/// Exercised, and not exercised. Words and colour repeat what the signs say.
const SIGNS: [&str; 2] = ["✓", "✗"];

/// The coverage as an HTML page; script texts come from `watched`.
#[must_use]
pub fn page(coverage: &Coverage, watched: &Watched, lang: Lang) -> String {
    let told = |key: &str| {
        say(&format!("coverage.{key}"), &Args::NONE)
            .get(lang)
            .to_owned()
    };
    let title = told("title");
    let cases = tell("coverage.cases", &Args::of("n", coverage.cases), lang);
    let body = html! {
        h1 { (title) }
        p { (cases) }
        p.quiet { (told("definition")) }
        ul.legend.quiet {
            li { (SIGNS[0]) " " (told("legend.seen")) }
            li { mark.gap { (SIGNS[1]) " " (told("legend.gap")) } }
            li { (told("legend.visits")) }
        }
        div.wide { (table(coverage, lang)) }
        @for pack in &coverage.packs {
            h2 { (pack.pack) " " (pack.title.get(lang)) }
            @for below in &pack.below {
                p { strong { (SIGNS[1]) " " (below.words().get(lang)) } }
            }
            @for file in &pack.files {
                h3 id=(anchor(&file.file)) { (name(file)) }
                @if let Some(text) = text(pack, file, watched) { (source(file, text, lang)) }
            }
        }
    };
    html::page(lang, &title, &body)
}

fn tell(key: &str, args: &Args, lang: Lang) -> String {
    say(key, args).get(lang).to_owned()
}

fn anchor(file: &str) -> String {
    file.replace(['/', '.'], "-")
}

fn name(file: &FileCoverage) -> &str {
    file.file.rsplit('/').next().unwrap_or(&file.file)
}

fn text<'a>(pack: &PackCoverage, file: &FileCoverage, watched: &'a Watched) -> Option<&'a str> {
    if let Some(text) = watched.shared.get(&file.file) {
        return Some(text);
    }
    let decision = name(file).strip_suffix(".rhai")?;
    let key = (pack.pack.clone(), decision.to_owned());
    Some(written(&watched.scripts.get(&key)?.text))
}

fn table(coverage: &Coverage, lang: Lang) -> Markup {
    let cells = |counts: &super::Counts| {
        html! {
            @for kind in Kind::ALL {
                @let count = counts.of(kind);
                td.number {
                    (SIGNS[usize::from(count.covered < count.total)]) " "
                    (count.covered) " / " (count.total)
                }
            }
        }
    };
    html! {
        table.long {
            thead { tr {
                th { (say("coverage.pack", &Args::NONE).get(lang)) }
                @for kind in Kind::ALL { th.number { (kind.words().get(lang)) } }
            } }
            tbody {
                @for pack in &coverage.packs {
                    tr { th.name { (pack.pack) } (cells(&pack.counts)) }
                    @for file in &pack.files {
                        tr {
                            td { a href={ "#" (anchor(&file.file)) } { (name(file)) } }
                            (cells(&file.counts))
                        }
                    }
                }
            }
        }
    }
}

/// The script line by line, with each gap described below the line where it begins.
fn source(file: &FileCoverage, text: &str, lang: Lang) -> Markup {
    let lines = text.lines().zip(1_usize..);
    html! {
        div.source {
            @for (line, number) in lines {
                @let here: Vec<&Place> = file.places.iter()
                    .filter(|place| place.range.start.line == number).collect();
                @let gaps: Vec<Localized> = here.iter().filter_map(|place| place.gap()).collect();
                div.line data-seen=[seen(&here)] {
                    span.at { (number) }
                    span.sign { @if let Some(seen) = seen(&here) { (SIGNS[usize::from(seen == "no")]) } }
                    span.visits { @if let Some(visits) = visits(&here) { (visits) "×" } }
                    code { (marked(line, number, file)) }
                }
                @for gap in gaps { div.gap { "↳ " (gap.get(lang)) } }
            }
        }
    }
}

fn seen(here: &[&Place]) -> Option<&'static str> {
    match here {
        [] => None,
        here if here.iter().all(|place| place.visits > 0) => Some("yes"),
        _ => Some("no"),
    }
}

/// The highest visit count of the places that begin on the line.
fn visits(here: &[&Place]) -> Option<u64> {
    let reached = here
        .iter()
        .filter(|place| !matches!(place.what, What::Release | What::Caption));
    reached.map(|place| place.visits).max()
}

/// The line with its gaps marked. Columns count characters from 1, as places do.
fn marked(line: &str, number: usize, file: &FileCoverage) -> Markup {
    let missing = |column: usize| {
        file.places.iter().any(|place| {
            let (start, end) = (place.range.start, place.range.end);
            let here = (number, column);
            place.visits == 0 && (start.line, start.column) <= here && here < (end.line, end.column)
        })
    };
    let mut pieces: Vec<(bool, String)> = Vec::new();
    for (character, column) in line.chars().zip(1_usize..) {
        let missing = missing(column) && !(character.is_whitespace() && column == 1);
        match pieces.last_mut() {
            Some((last, piece)) if *last == missing => piece.push(character),
            _ => pieces.push((missing, character.to_string())),
        }
    }
    html! {
        @for (missing, piece) in pieces {
            @if missing { mark.gap { (piece) } } @else { (piece) }
        }
    }
}
