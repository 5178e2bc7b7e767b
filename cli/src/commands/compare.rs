//! `longma compare`: who changes colour from one set of rules to another.
//!
//! Persons are read or invented in chunks ([`count`]). The desk counts, shrinks the
//! examples and writes the page.

mod count;
mod houses;
mod tell;

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Decisions, Packs, Region, TableFiles};
use crate::messages::{Key, Words};
use crate::read::given::{day_or_instant, read_tables, references};
use crate::read::packs::refused;
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use crate::show::page::{self, Page};
use crate::show::sources::Sources;
use clap::ValueHint;
use count::{count_all, lines, ranges};
use houses::{House, begins, houses, offset, side};
use longma_core::{Args, Catalogue, Offset, References};
use longma_desk::compare::{
    Comparison, Side, Surroundings, Window, generator, page as html, policies,
};
use longma_desk::generate::{Generator, firings};
use longma_desk::tables::{self, Rows, Tables};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("persons").args(["facts", "generate"]).required(true))]
pub(crate) struct Arguments {
    a: String,
    b: String,
    #[arg(id = "facts", long = "facts", value_name = "FILE", value_hint = ValueHint::FilePath)]
    facts: Option<PathBuf>,
    #[arg(long, value_name = "N")]
    generate: Option<u64>,
    #[arg(long, value_name = "S", default_value_t = 1, conflicts_with = "facts")]
    seed: u64,
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    region: Region,
    #[command(flatten)]
    decisions: Decisions,
    #[command(flatten)]
    tables: TableFiles,
    #[arg(long, value_name = "TIME", requires = "until")]
    from: Option<String>,
    #[arg(long, value_name = "TIME", requires = "from")]
    until: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 8)]
    examples: usize,
    #[command(flatten)]
    json: AsJson,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    html: Option<PathBuf>,
}

/// Compares, and reports as text, JSON and HTML.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    out::one(arguments.html.as_deref(), arguments.json.wanted, words)?;
    let (houses, meant) = houses(arguments, words)?;
    let offset = offset(&houses, &meant, arguments.region.code.as_deref());
    let window = window(arguments, offset, words)?;
    let named = references(&arguments.tables.given, words)?;
    let mut given = Tables::new();
    let mut sides = Vec::new();
    for meant in &meant {
        let Some(house) = houses.get(meant.house) else {
            continue;
        };
        let mut sources = Sources::default();
        let tables = read_tables(&house.catalogue, named.clone(), &mut sources, words)?;
        for (name, file) in &sources.tables {
            given.insert(name.clone(), Rows::read(&file.text));
        }
        sides.push(side(meant, house, arguments, tables));
    }
    let [a, b] = sides.as_mut_slice() else {
        return Ok(Answer::page(String::new()));
    };
    b.begins = begins(&houses, &meant);
    let generator = match arguments.generate {
        Some(_) => {
            let generator = invent(&houses, [a, b], given.clone(), arguments, words)?;
            for side in [&mut *a, &mut *b] {
                side.references = invented(side.catalogue, &generator, &houses, words)?;
            }
            Some(generator)
        }
        None => None,
    };
    let sides = [&*a, &*b];
    let comparison = match (&generator, &arguments.facts) {
        (Some(generator), _) => {
            let count = arguments.generate.unwrap_or(0);
            count_all(sides, window, &mut ranges(count), Some(generator), words)?
        }
        (None, Some(path)) => count_all(sides, window, &mut lines(path, words)?, None, words)?,
        (None, None) => Comparison::new(window),
    };
    let columns: BTreeMap<String, BTreeSet<String>> = given
        .iter()
        .map(|(name, rows)| (name.clone(), rows.columns()))
        .collect();
    let around = Surroundings {
        offset,
        tables: generator.as_ref().map_or(&given, Generator::tables),
        columns: generator.as_ref().map_or(&columns, Generator::columns),
    };
    let mut report = comparison.report(sides, around, arguments.examples);
    if let Some(generator) = &generator {
        report.seed = Some(arguments.seed);
        let [one, other] = comparison.fired();
        report.fired = [(sides[0], one), (sides[1], other)].map(|(side, fired)| {
            let policies = policies(side, generator.regions());
            let mut all = firings(&policies, generator.subject(), fired);
            all.retain(|it| asked(&it.rule, &arguments.decisions.names));
            all
        });
    }
    // A report that rests on nobody says nothing about the rules.
    let exit = if report.is_blind() {
        Exit::Facts
    } else {
        Exit::Done
    };
    if let Some(path) = &arguments.html
        && let Some(answer) = out::beside(path, html(&report, words.lang()), words)?
    {
        return Ok(Answer { exit, ..answer });
    }
    if arguments.json.wanted {
        let json = serde_json::to_string(&report).unwrap_or_default();
        let answer = Answer::exact(format!("{json}\n"));
        return Ok(Answer { exit, ..answer });
    }
    let mut page = Page::new(page::columns(None));
    tell::write(&mut page, &report, words);
    if let Some(path) = &arguments.html {
        page.gap();
        page.line(&words.fill(Key::PageWritten, &Args::of("path", path.display())));
    }
    let answer = Answer::page(page.finish());
    Ok(Answer { exit, ..answer })
}

/// Whether a rule (`pack/decision/function`) belongs to a decision that is asked for.
fn asked(rule: &str, decisions: &[String]) -> bool {
    let of = rule.rsplit('/').nth(1);
    decisions.is_empty()
        || decisions
            .iter()
            .any(|decision| Some(decision.as_str()) == of)
}

fn window(arguments: &Arguments, offset: Offset, words: Words) -> Result<Option<Window>, Refusal> {
    let read = |option: &str, text: &Option<String>| {
        let text = text.as_deref();
        let read = text.map(|text| day_or_instant(option, text, offset, words));
        read.transpose()
    };
    let from = read("--from", &arguments.from)?;
    match (from, read("--until", &arguments.until)?) {
        (Some(from), Some(until)) if from < until => Ok(Some(Window {
            from: from.unix(),
            until: until.unix(),
        })),
        (None, None) => Ok(None),
        _ => {
            let shown = Diagnostic::error(words.say(Key::WindowInvalid));
            let shown = shown.help(words.say(Key::WindowInvalidHelp));
            Err(Refusal::new(Exit::Usage, shown))
        }
    }
}

fn invent(
    houses: &[House],
    sides: [&Side; 2],
    given: Tables,
    arguments: &Arguments,
    words: Words,
) -> Result<Generator, Refusal> {
    let of_side = |side: &Side| {
        let same = |house: &&House| std::ptr::eq(&raw const house.catalogue, side.catalogue);
        houses.iter().find(same).map(|house| &house.bundle)
    };
    let [a, b] = sides;
    let bundles = of_side(a).zip(of_side(b));
    let made = bundles.and_then(|(one, other)| {
        generator(
            [(a, one), (b, other)],
            &arguments.decisions.names,
            given,
            arguments.region.code.as_deref(),
            arguments.seed,
        )
    });
    made.ok_or_else(|| {
        let shown = Diagnostic::error(words.say(Key::CompareNoRules));
        Refusal::new(Exit::Usage, shown.help(words.say(Key::CompareNoRulesHelp)))
    })
}

fn invented(
    catalogue: &Catalogue,
    generator: &Generator,
    houses: &[House],
    words: Words,
) -> Result<References, Refusal> {
    let read = tables::references(catalogue, generator.tables(), generator.columns());
    read.map_err(|problems| {
        let none = Sources::default();
        let sources = houses.first().map_or(&none, |house| &house.sources);
        refused(Exit::Facts, sources, problems.as_slice(), words)
    })
}
