//! `longma test --coverage`: reports what the cases exercise.

use super::Arguments;
use crate::answer::{Answer, Refusal};
use crate::messages::{Code, Key, Words};
use crate::read::file::Files;
use crate::read::packs::{ids, is_meant};
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use crate::show::page::{HEADING, Page, QUIET, pad, width};
use longma_compile::Bundle;
use longma_compile::toml::Toml;
use longma_core::{Args, Localized, PackId, Problems};
use longma_desk::case::Case;
use longma_desk::coverage::{self, Counts, Coverage, Kind, PackCoverage, Place};
use longma_desk::probes::Watched;
use longma_lang::syntax::Lines;

/// Width of a count in the table, in columns.
const COUNT: usize = 11;

/// Measures, and writes the HTML page if one is asked for. If the page goes to standard
/// output, it is the answer.
pub(crate) fn measure(
    arguments: &Arguments,
    bundle: &Bundle,
    (cases, names): (&[Case], &[String]),
    words: Words,
) -> Result<(Coverage, Option<Answer>), Refusal> {
    // Packs that are meant and have no case are measured too.
    let meant = ids(bundle).filter(|id| is_meant(id, names));
    let only: Vec<String> = meant.map(str::to_owned).collect();
    // Loading the packs for their cases has already reported what is wrong with them.
    let watched = Watched::load(bundle).map_err(|problems| unwatched(&problems, words))?;
    let measured = coverage::measure(bundle, &watched, cases, &only);
    let answer = match &arguments.html {
        Some(path) => {
            let page = coverage::page(&measured, &watched, words.lang());
            out::beside(path, page, words)?
        }
        None => None,
    };
    Ok((measured, answer))
}

fn unwatched(problems: &Problems, words: Words) -> Refusal {
    let shown = problems.as_slice().iter();
    let shown = shown.map(|problem| Diagnostic::error(words.of(&problem.message())));
    Refusal {
        exit: crate::answer::Exit::Packs,
        diagnostics: shown.collect(),
    }
}

/// Writes what no case exercises, the table, and what is below the pack's minimum.
pub(crate) fn tell(page: &mut Page, coverage: &Coverage, files: &Files, words: Words) {
    for pack in &coverage.packs {
        for (place, gaps) in gathered(pack) {
            page.diagnostic(&gap(place, &gaps, files, words), words);
            page.gap();
        }
    }
    table(page, coverage, words);
    for pack in &coverage.packs {
        for below in &pack.below {
            let title = words.of(&below.words()).to_owned();
            let mut shown = Diagnostic::error(&format!("{}: {title}", pack.pack));
            if let Some(file) = files.get(&PackId::read(&*pack.pack).file("pack.toml")) {
                let toml = Toml::parse(&file.text).ok();
                let span = toml.and_then(|toml| toml.value_span(&["coverage", below.kind.key()]));
                shown = shown.showing(file, span.unwrap_or(0..0), None);
            }
            let shown = shown.help(words.say(Key::CoverageBelowHelp));
            page.gap();
            page.diagnostic(&shown, words);
        }
    }
}

/// The gaps, one entry per range of the source.
fn gathered(pack: &PackCoverage) -> Vec<(&Place, Vec<Localized>)> {
    let mut gathered: Vec<(&Place, Vec<Localized>)> = Vec::new();
    for (place, gap) in pack.gaps() {
        match gathered.last_mut() {
            Some((last, gaps)) if last.range == place.range => gaps.push(gap),
            _ => gathered.push((place, vec![gap])),
        }
    }
    gathered
}

fn gap(place: &Place, gaps: &[Localized], files: &Files, words: Words) -> Diagnostic {
    let mut gaps = gaps.iter().map(|gap| words.of(gap));
    let mut shown = Diagnostic::warning(gaps.next().unwrap_or_default()).coded(Code::Coverage);
    if let Some(file) = files.get(&place.range.file) {
        let lines = Lines::new(&file.text);
        let span = lines.byte(place.range.start)..lines.byte(place.range.end);
        shown = shown.showing(file, span, None);
    }
    for gap in gaps {
        shown = shown.note(gap);
    }
    shown
}

fn table(page: &mut Page, coverage: &Coverage, words: Words) {
    page.heading(words.say(Key::CoverageHeading));
    let names = coverage.packs.iter().flat_map(|pack| {
        let files = pack.files.iter().map(|file| width(name(&file.file)) + 2);
        files.chain([width(&pack.pack)])
    });
    let margin = names.max().unwrap_or_default() + 2;
    let fits = margin + COUNT * Kind::ALL.len() <= page.columns();
    if fits {
        let kinds = Kind::ALL.map(|kind| {
            let kind = kind.words();
            pad(words.of(&kind), COUNT)
        });
        let line = format!("{}{}", " ".repeat(margin), kinds.concat());
        page.parts(&[(&line, QUIET)]);
    }
    for pack in &coverage.packs {
        row(
            page,
            &pack.pack,
            &pack.counts,
            fits.then_some(margin),
            words,
        );
        for file in &pack.files {
            let name = format!("  {}", name(&file.file));
            row(page, &name, &file.counts, fits.then_some(margin), words);
        }
    }
    page.line(&words.fill(Key::CoverageCases, &Args::of("n", coverage.cases)));
}

fn name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

/// Writes one row of the table, or in a narrow page one line per kind.
fn row(page: &mut Page, name: &str, counts: &Counts, margin: Option<usize>, words: Words) {
    let said = |kind: Kind| {
        let count = counts.of(kind);
        let sign = if count.covered < count.total {
            "!"
        } else {
            " "
        };
        format!("{}/{} {sign}", count.covered, count.total)
    };
    match margin {
        Some(margin) => {
            let cells = Kind::ALL.map(|kind| pad(&said(kind), COUNT));
            page.line(&format!("{}{}", pad(name, margin), cells.concat()));
        }
        None => {
            page.parts(&[(name, HEADING)]);
            let widths = Kind::ALL.map(|kind| width(words.of(&kind.words())));
            let margin = widths.into_iter().max().unwrap_or_default() + 2;
            for kind in Kind::ALL {
                page.field(4, words.of(&kind.words()), margin, &said(kind));
            }
        }
    }
}
