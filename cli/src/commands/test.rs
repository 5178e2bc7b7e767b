//! `longma test`: runs the packs' cases against the rules.

mod coverage;

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{Only, PackFolder};
use crate::messages::{Key, Words};
use crate::read::file::Files;
use crate::read::packs::{cases, catalogue, chosen, ids, is_meant, loaded, unloaded};
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use crate::show::page::{self, Page};
use crate::show::sources::Sources;
use crate::show::terminal;
use clap::ValueHint;
use longma_compile::toml::Toml;
use longma_core::{Args, Catalogue, CauseView, Place, Problem, Stamp};
use longma_desk::case::{Case, Failure};
use longma_desk::coverage::without_case;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    only: Only,
    #[command(flatten)]
    packs: PackFolder,
    #[arg(long)]
    coverage: bool,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "coverage")]
    html: Option<PathBuf>,
    #[arg(long, requires = "coverage")]
    json: bool,
}

/// Runs the cases and reports each failure.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    out::one(arguments.html.as_deref(), arguments.json, words)?;
    let packs = loaded(&arguments.packs.path, words)?;
    let only = chosen(
        &arguments.only.names,
        &arguments.packs.path,
        ids(&packs.bundle),
        words,
    )?;
    let mut sources = Sources {
        files: packs.files,
        ..Sources::default()
    };
    let bundle = packs.bundle;
    let catalogue = catalogue(&bundle, &sources, words)?;
    let cases = cases(&arguments.packs.path, &only, &mut sources.files, words)
        .map_err(|errors| unloaded(&errors, &arguments.packs.path, words))?;
    if cases.is_empty() {
        let shown = Diagnostic::error(words.say(Key::TestNone));
        let shown = shown.help(words.say(Key::TestNoneHelp));
        return Err(Refusal::new(Exit::CaseFailed, shown));
    }
    let mut page = Page::new(page::columns(None));
    let [passed, failed] = tell(&mut page, &cases, &catalogue, &sources.files, words);
    let meant = bundle.packs.iter().filter(|pack| is_meant(&pack.id, &only));
    let caseless = without_case(meant, &cases);
    for problem in &caseless {
        page.gap();
        page.diagnostic(&sources.diagnostic(problem, words), words);
    }
    let mut sound = failed == 0 && caseless.is_empty();
    let (measured, html) = if arguments.coverage {
        let (measured, html) = coverage::measure(arguments, &bundle, (&cases, &only), words)?;
        (Some(measured), html)
    } else {
        (None, None)
    };
    if let Some(measured) = &measured {
        page.gap();
        coverage::tell(&mut page, measured, &sources.files, words);
        sound &= measured.packs.iter().all(|pack| pack.below.is_empty());
    }
    let answer = match (html, measured) {
        (Some(html), _) => {
            // The page does not show cases, so failures go to standard error.
            if !sound {
                terminal::aside(&page.finish());
            }
            html
        }
        (None, Some(coverage)) if arguments.json => {
            let document = json!({ "passed": passed, "failed": failed, "coverage": coverage });
            Answer::exact(format!("{document}\n"))
        }
        _ => Answer::page(page.finish()),
    };
    let exit = if sound { Exit::Done } else { Exit::CaseFailed };
    Ok(Answer { exit, ..answer })
}

/// Runs the cases; returns how many passed and how many failed.
fn tell(
    page: &mut Page,
    cases: &[Case],
    catalogue: &Catalogue,
    files: &Files,
    words: Words,
) -> [usize; 2] {
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for case in cases {
        let failures = case.run(catalogue);
        let [passed, failed] = counts.entry(&case.pack).or_default();
        *if failures.is_empty() { passed } else { failed } += 1;
        for failure in &failures {
            page.diagnostic(&shown(case, failure, files, words), words);
            page.gap();
        }
    }
    let mut total = [0, 0];
    for (pack, [passed, failed]) in counts {
        page.line(
            &words.fill(
                Key::TestPack,
                &Args::of("pack", pack)
                    .with("passed", passed)
                    .with("failed", failed),
            ),
        );
        total = [total[0] + passed, total[1] + failed];
    }
    let [passed, failed] = total;
    page.line(&words.fill(
        Key::TestTotal,
        &Args::of("passed", passed).with("failed", failed),
    ));
    total
}

/// A failure, shown at the line of the case that expects otherwise.
fn shown(case: &Case, failure: &Failure, files: &Files, words: Words) -> Diagnostic {
    let said = failure.fault.words();
    let label = said.label.as_ref().map(|it| words.of(it));
    let mut shown = Diagnostic::error(words.of(&said.title));
    let key: Vec<&str> = failure.key.iter().map(String::as_str).collect();
    let mut path = case.file.clone();
    if let Some(file) = files.get(&case.file) {
        path = file.path.display().to_string();
        let span = Toml::parse(&file.text)
            .ok()
            .and_then(|toml| toml.value_span(&key));
        shown = shown.showing(file, span.unwrap_or(0..0), label);
    }
    let place = format!("{} ({path}:{})", case.name, case.line);
    shown = shown.noted(Key::TestCase, &place);
    if let Some(time) = &failure.time {
        shown = shown.noted(Key::TestInstant, time);
    }
    shown = shown.noted(Key::TestCauses, &behind(failure, words).join("\n"));
    if failure.shuffled {
        shown = shown.note(words.say(Key::TestShuffled));
    }
    match &said.help {
        Some(help) => shown.help(words.of(help)),
        None => shown,
    }
}

/// The causes active at the instant, and the problems.
fn behind(failure: &Failure, words: Words) -> Vec<String> {
    let causes = failure.causes.iter().map(|cause| self::cause(cause, words));
    let problems = failure
        .problems
        .iter()
        .map(|problem| self::problem(problem, words));
    let mut lines: Vec<String> = causes.chain(problems).collect();
    if lines.is_empty() {
        lines.push(words.say(Key::TestCausesNone).to_owned());
    }
    lines
}

fn cause(cause: &CauseView, words: Words) -> String {
    let end = |time: Option<Stamp>, open: Key| match time {
        Some(time) => time.words(),
        None => words.say(open).to_owned(),
    };
    let from = end(cause.from, Key::SpanOpenFrom);
    let until = end(cause.until, Key::SpanOpenUntil);
    let evidence = cause.evidence.join(" ");
    words.fill(
        Key::TestCause,
        &Args::of("level", &cause.level)
            .with("rule", &cause.rule)
            .with("from", &from)
            .with("until", &until)
            .with("evidence", &evidence),
    )
}

fn problem(problem: &Problem, words: Words) -> String {
    let message = problem.message();
    let args = Args::of("code", problem.code).with("message", words.of(&message));
    let place = match &problem.place {
        Place::Facts { pointer } => pointer.clone(),
        Place::File { file, line, column } => format!("{file}:{line}:{column}"),
        Place::Key { file, key } => format!("{file}: {}", key.join(".")),
        Place::Reference { table, line } => format!("{table}:{line}"),
        Place::None => return words.fill(Key::TestProblem, &args),
    };
    words.fill(Key::TestProblemAt, &args.with("place", place))
}
