//! `longma compare`: who changes colour from one set of rules to another.
//!
//! Persons are read or invented here, in chunks that two threads count apart;
//! chunks are of one size and joined in order, so the answer does not depend on
//! the threads. Counting, making small and the page are the desk's.

mod tell;

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Decisions, Packs, Region, TableFiles};
use crate::messages::{Key, Words};
use crate::read::given::{day_or_instant, read_tables, references, unread};
use crate::read::packs::{catalogue, loaded, refused};
use crate::read::people::{People, Stop};
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use crate::show::page::{self, Page};
use crate::show::sources::Sources;
use clap::{Args, ValueHint};
use longma_compile::{Bundle, PackSource};
use longma_core::schema::Object;
use longma_core::{Catalogue, Offset, Policy, Problem, References, Schema};
use longma_desk::compare::{Comparison, Side, Surroundings, Window, page as html};
use longma_desk::generate::{Changed, Generator, PERSON, Scope, changed, rules_without};
use longma_desk::tables::{self, Rows, Tables};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

#[derive(Debug, Args)]
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

/// Persons that are counted together. It decides nothing but the speed, except
/// that of very many kinds of difference those met first are told apart.
const CHUNK: usize = 256;
/// Chunks that are counted at a time.
const WORKERS: usize = 2;

/// Packs that were loaded, with what they were read from.
struct House {
    bundle: Bundle,
    catalogue: Catalogue,
    sources: Sources,
}

/// Which rules are meant by one of the two names.
struct Meant {
    name: String,
    /// Position among the houses.
    house: usize,
    /// Whether one pack is meant, and not all of them.
    pack: bool,
}

/// Compares, and tells it as text, JSON and HTML.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    out::one(arguments.html.as_deref(), arguments.json.wanted, words)?;
    let (houses, meant) = houses(arguments, words)?;
    let window = window(arguments, offset(&houses, &meant), words)?;
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
    let generator = match arguments.generate {
        Some(_) => {
            let generator = generator(&houses, [a, b], given.clone(), arguments, words)?;
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
    let root = root(&houses, &arguments.a);
    let columns: BTreeMap<String, BTreeSet<String>> = given
        .iter()
        .map(|(name, rows)| (name.clone(), rows.columns()))
        .collect();
    let around = Surroundings {
        root: &root,
        tables: generator.as_ref().map_or(&given, Generator::tables),
        columns: generator.as_ref().map_or(&columns, Generator::columns),
    };
    let mut report = comparison.report(sides, around, arguments.examples);
    if let Some(generator) = &generator {
        report.seed = Some(arguments.seed);
        let [one, other] = comparison.fired();
        report.silent = [(sides[0], one), (sides[1], other)].map(|(side, fired)| {
            let policies = policies(side, generator.regions());
            let silent = rules_without(&policies, generator.subject(), fired).into_iter();
            silent
                .filter(|rule| asked(rule, &arguments.decisions.names))
                .collect()
        });
    }
    if let Some(path) = &arguments.html
        && let Some(answer) = out::beside(path, html(&report, words.lang()), words)?
    {
        return Ok(answer);
    }
    if arguments.json.wanted {
        let json = serde_json::to_string(&report).unwrap_or_default();
        return Ok(Answer::exact(format!("{json}\n")));
    }
    let mut page = Page::new(page::columns(None));
    tell::write(&mut page, &report, words);
    if let Some(path) = &arguments.html {
        page.gap();
        page.line(&words.fill(Key::PageWritten, &[("path", &path.display())]));
    }
    Ok(Answer::page(page.finish()))
}

/// Whether a rule, as `pack/decision/function`, is of a decision that is asked for.
fn asked(rule: &str, decisions: &[String]) -> bool {
    let of = rule.rsplit('/').nth(1);
    decisions.is_empty()
        || decisions
            .iter()
            .any(|decision| Some(decision.as_str()) == of)
}

/// The offset at which days begin: that of the first rules.
fn offset(houses: &[House], meant: &[Meant]) -> Offset {
    let found = meant.first().and_then(|meant| {
        let packs = &houses.get(meant.house)?.bundle.packs;
        let named = packs
            .iter()
            .find(|pack| meant.pack && pack.id == meant.name);
        let pack = named.or(packs.first())?;
        Offset::parse(pack.manifest.offset.as_deref()?)
    });
    found.unwrap_or(Offset::CHINA)
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

/// Loads what the two names mean: a pack's id, a folder of packs, or a bundle.
fn houses(arguments: &Arguments, words: Words) -> Result<(Vec<House>, Vec<Meant>), Refusal> {
    let mut paths: Vec<PathBuf> = Vec::new();
    let mut meant = Vec::new();
    for name in [&arguments.a, &arguments.b] {
        let inside = Path::new(name)
            .strip_prefix(&arguments.packs.path)
            .unwrap_or(Path::new(name));
        let id = inside.to_string_lossy().trim_end_matches('/').to_owned();
        let pack =
            !Path::new(name).exists() || arguments.packs.path.join(&id).join("pack.toml").is_file();
        let (name, path) = if pack {
            (id, arguments.packs.path.clone())
        } else {
            (name.clone(), PathBuf::from(name))
        };
        let known = paths.iter().position(|known| *known == path);
        let house = known.unwrap_or_else(|| {
            paths.push(path);
            paths.len() - 1
        });
        meant.push(Meant { name, house, pack });
    }
    let mut houses = Vec::new();
    for path in &paths {
        let packs = loaded(path, words)?;
        let sources = Sources {
            files: packs.files,
            ..Sources::default()
        };
        houses.push(House {
            catalogue: catalogue(packs.bundle.clone(), &sources, words)?,
            bundle: packs.bundle,
            sources,
        });
    }
    for meant in meant.iter().filter(|meant| meant.pack) {
        let Some(house) = houses.get(meant.house) else {
            continue;
        };
        let ids: Vec<&str> = house
            .bundle
            .packs
            .iter()
            .map(|pack| pack.id.as_str())
            .collect();
        if !ids.contains(&meant.name.as_str()) {
            let shown = Diagnostic::error(&words.fill(Key::PackUnknown, &[("name", &meant.name)]));
            let known = words.list(ids);
            let shown = shown.help(&words.fill(Key::PackUnknownHelp, &[("known", &known)]));
            return Err(Refusal::new(Exit::Usage, shown));
        }
    }
    Ok((houses, meant))
}

fn side<'a>(
    meant: &Meant,
    house: &'a House,
    arguments: &Arguments,
    references: References,
) -> Side<'a> {
    let policies = house.catalogue.policies_of(&meant.name);
    Side {
        name: meant.name.clone(),
        catalogue: &house.catalogue,
        policies: policies.filter(|_| meant.pack),
        region: arguments.region.code.clone().filter(|_| !meant.pack),
        references,
        decisions: (!arguments.decisions.names.is_empty())
            .then(|| arguments.decisions.names.clone()),
    }
}

/// The policies that decide for persons of `regions` on one side.
fn policies(side: &Side, regions: &[String]) -> Vec<Policy> {
    match &side.policies {
        Some(policies) => policies.clone(),
        None => regions
            .iter()
            .flat_map(|region| side.catalogue.policies(region).iter().cloned())
            .collect(),
    }
}

fn generator(
    houses: &[House],
    sides: [&Side; 2],
    given: Tables,
    arguments: &Arguments,
    words: Words,
) -> Result<Generator, Refusal> {
    let region = arguments.region.code.as_deref();
    let mut packs: BTreeMap<String, &PackSource> = BTreeMap::new();
    let mut of_sides: Vec<Vec<&PackSource>> = Vec::new();
    for (side, house) in sides.into_iter().filter_map(|side| {
        let of_side = |house: &&House| std::ptr::eq(&raw const house.catalogue, side.catalogue);
        houses.iter().find(of_side).map(|house| (side, house))
    }) {
        let regions: Vec<String> = region.map(str::to_owned).into_iter().collect();
        let chosen = policies(side, &regions);
        let ids: BTreeSet<&String> = chosen.iter().flat_map(Policy::packs).collect();
        let all = side.policies.is_none() && region.is_none();
        let meant = |pack: &&PackSource| all || ids.contains(&pack.id);
        let of_side: Vec<&PackSource> = house.bundle.packs.iter().filter(meant).collect();
        for pack in &of_side {
            packs.insert(format!("{}\u{0}{}", pack.id, packs.len()), pack);
        }
        of_sides.push(of_side);
    }
    // One pack is held to be in force at all times; folders decide each in its own.
    let changed = match of_sides.as_slice() {
        [one, other] if sides.iter().all(|side| side.policies.is_none()) => changed(one, other),
        _ => Changed::default(),
    };
    let bundle = houses.first().map(|house| &house.bundle);
    let made = bundle.and_then(|bundle| {
        let subject = subject(bundle, &arguments.a);
        let packs = packs.into_values();
        let packs = packs.filter(|pack| pack.manifest.subject == subject);
        let packs: Vec<&PackSource> = packs.collect();
        packs.first()?;
        let scope = Scope {
            schema: bundle.schemas.get(subject)?,
            references: &bundle.references,
            packs,
            given,
            region,
            gaps: true,
            changed,
        };
        Generator::new(&scope, arguments.seed)
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

/// The kind of subject that is compared: that of the pack `a`; of a folder persons.
fn subject<'a>(bundle: &'a Bundle, a: &str) -> &'a str {
    let pack = bundle.packs.iter().find(|pack| pack.id == a);
    pack.map_or(PERSON, |pack| &pack.manifest.subject)
}

/// The schema of the persons.
fn root(houses: &[House], a: &str) -> Arc<Object> {
    let bundle = houses.first().map(|house| &house.bundle);
    let text = bundle.and_then(|bundle| bundle.schemas.get(subject(bundle, a)));
    let schema = text.and_then(|text| Schema::read_partly(text, PERSON).0);
    schema.map_or_else(Arc::default, |schema| Arc::clone(schema.root()))
}

/// Persons that are counted together.
enum Chunk {
    /// Invented ones, by number.
    Invented(std::ops::Range<u64>),
    /// Ones that were read, each with its line.
    Read(Vec<(u64, Result<String, Vec<Problem>>)>),
}

fn ranges(count: u64) -> impl Iterator<Item = Result<Chunk, Refusal>> {
    let size = u64::try_from(CHUNK).unwrap_or(1);
    let starts = (0..count.div_ceil(size)).map(move |chunk| chunk * size);
    starts.map(move |start| Ok(Chunk::Invented(start..(start + size).min(count))))
}

/// One document a line; empty lines are none.
fn lines(
    path: &Path,
    words: Words,
) -> Result<impl Iterator<Item = Result<Chunk, Refusal>>, Refusal> {
    let input: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        let file = File::open(path).map_err(|error| unread(path, &error, words))?;
        Box::new(BufReader::new(file))
    };
    let path = path.to_owned();
    let mut people = People::documents(input);
    Ok(std::iter::from_fn(move || {
        let mut chunk = Vec::new();
        while chunk.len() < CHUNK {
            match people.next() {
                Ok(Some(person)) => chunk.push((person.first, person.facts)),
                Ok(None) => break,
                Err(Stop::Io(error)) => return Some(Err(unread(&path, &error, words))),
                Err(Stop::List(_, problem)) => {
                    let none = Sources::default();
                    return Some(Err(refused(Exit::Facts, &none, [&*problem], words)));
                }
            }
        }
        (!chunk.is_empty()).then_some(Ok(Chunk::Read(chunk)))
    }))
}

fn count_all(
    sides: [&Side; 2],
    window: Option<Window>,
    chunks: &mut impl Iterator<Item = Result<Chunk, Refusal>>,
    generator: Option<&Generator>,
    words: Words,
) -> Result<Comparison, Refusal> {
    let mut whole = Comparison::new(window);
    loop {
        let batch: Vec<Chunk> = chunks.by_ref().take(WORKERS).collect::<Result<_, _>>()?;
        if batch.is_empty() {
            return Ok(whole);
        }
        let parts: Option<Vec<Comparison>> = thread::scope(|scope| {
            let workers: Vec<_> = batch
                .into_iter()
                .map(|chunk| scope.spawn(move || part(sides, window, chunk, generator)))
                .collect();
            workers
                .into_iter()
                .map(|worker| worker.join().ok())
                .collect()
        });
        let Some(parts) = parts else {
            let shown = Diagnostic::error(words.say(Key::CompareFailed));
            return Err(Refusal::new(Exit::Facts, shown));
        };
        for part in parts {
            whole.merge(part);
        }
    }
}

fn part(
    sides: [&Side; 2],
    window: Option<Window>,
    chunk: Chunk,
    generator: Option<&Generator>,
) -> Comparison {
    let mut comparison = Comparison::new(window);
    match chunk {
        Chunk::Read(persons) => {
            for (number, facts) in persons {
                match facts {
                    Ok(facts) => comparison.add(sides, number, &facts),
                    Err(problems) => comparison.refuse(number, problems.first()),
                }
            }
        }
        Chunk::Invented(range) => {
            for (number, generator) in range.filter_map(|n| generator.map(|g| (n, g))) {
                comparison.add(sides, number + 1, &generator.person(number).to_string());
            }
        }
    }
    comparison
}
