//! `longma convert`: documents or rows into columns, and columns into documents.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::Packs;
use crate::messages::{Key, Words};
use crate::read::bounded;
use crate::read::file::SourceFile;
use crate::read::given::{assumption, read_text, ready, unread};
use crate::read::packs::refused;
use crate::read::people::mapping::Mapping;
use crate::read::people::{People, Stop};
use crate::read::text;
use crate::show::diagnostic::Diagnostic;
use crate::show::sources::Sources;
use crate::show::terminal::remark;
use crate::show::trouble::trouble;
use clap::ValueHint;
use longma_compile::Bundle;
use longma_core::limits::TEXT_FILE_BYTES;
use longma_core::{Args, Catalogue, Problem};
use longma_population::convert::{Columns, documents};
use longma_population::files::Trouble;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

/// The most documents whose problems are told one by one.
const TOLD: usize = 5;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(value_name = "FROM", value_hint = ValueHint::FilePath)]
    from: PathBuf,
    #[arg(value_name = "TO", value_hint = ValueHint::FilePath)]
    to: PathBuf,
    #[command(flatten)]
    packs: Packs,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    mapping: Option<PathBuf>,
    #[arg(long, value_name = "NAME", default_value = "person")]
    subject: String,
}

/// Converts one file.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let is_parquet = |path: &Path| path.extension().is_some_and(|it| it == "parquet");
    let packs = ready(&arguments.packs.path, &[], words)?;
    let catalogue = &packs.catalogue;
    let Some(shape) = catalogue.shape(&arguments.subject) else {
        let found = catalogue
            .read_facts(r#"{"subject": ""}"#)
            .err()
            .unwrap_or_default();
        return Err(refused(
            Exit::Usage,
            &Sources::default(),
            found.as_slice(),
            words,
        ));
    };
    match (is_parquet(&arguments.from), is_parquet(&arguments.to)) {
        (true, false) => {
            let stop = |it: &Trouble| Refusal::new(Exit::Files, trouble(it, words));
            let to = &arguments.to;
            let file = File::create(to).map_err(|error| unread(to, &error, words))?;
            let mut file = BufWriter::new(file);
            let count = documents(shape, &arguments.from, &mut file).map_err(|it| stop(&it))?;
            file.flush().map_err(|error| unread(to, &error, words))?;
            let told = words.fill(Key::ConvertWritten, &Args::of("n", count));
            Ok(Answer::page(format!("{told}\n")))
        }
        (false, true) => into_columns(arguments, &packs.bundle, catalogue, words),
        _ => {
            let shown = Diagnostic::error(words.say(Key::ConvertInto));
            Err(Refusal::new(Exit::Usage, shown))
        }
    }
}

fn into_columns(
    arguments: &Arguments,
    bundle: &Bundle,
    catalogue: &Catalogue,
    words: Words,
) -> Result<Answer, Refusal> {
    let stop = |it: &Trouble| Refusal::new(Exit::Files, trouble(it, words));
    let from = &arguments.from;
    let mut people = people(arguments, bundle, words)?;
    let Some(schema) = catalogue.schema(&arguments.subject) else {
        return Ok(Answer::exact(String::new()));
    };
    let mut columns = Columns::create(schema, &arguments.to).map_err(|it| stop(&it))?;
    let (mut count, mut left, mut lost) = (0_u64, 0_usize, 0_usize);
    loop {
        let person = match people.next() {
            Ok(Some(person)) => person,
            Ok(None) => break,
            Err(Stop::Io(error)) => return Err(unread(from, &error, words)),
            Err(Stop::List(_, problem)) => {
                return Err(refused(
                    Exit::Facts,
                    &Sources::default(),
                    [&*problem],
                    words,
                ));
            }
        };
        let writer = columns.writer().map_err(|it| stop(&it))?;
        let pushed = match person.facts {
            Ok(facts) => writer.push(catalogue, &facts).map_err(Vec::from_iter),
            Err(problems) => Err(problems),
        };
        match pushed {
            Ok(problems) => {
                count += 1;
                left += problems.as_slice().len();
                tell(problems.as_slice(), person.first, left, arguments, words);
            }
            Err(problems) => {
                lost += 1;
                tell(&problems, person.first, lost, arguments, words);
            }
        }
    }
    columns.finish().map_err(|it| stop(&it))?;
    let mut told = words.fill(Key::ConvertWritten, &Args::of("n", count));
    for (key, n) in [(Key::ConvertLeftOut, left), (Key::ConvertLost, lost)] {
        if n > 0 {
            told = format!("{told}\n{}", words.fill(key, &Args::of("n", n)));
        }
    }
    let exit = if left + lost == 0 {
        Exit::Done
    } else {
        Exit::Facts
    };
    let answer = Answer::page(format!("{told}\n"));
    Ok(Answer { exit, ..answer })
}

/// Tells what is wrong with a document, unless enough were told.
fn tell(found: &[Problem], line: u64, before: usize, arguments: &Arguments, words: Words) {
    if before > TOLD {
        return;
    }
    let place = format!("{}:{line}", arguments.from.display());
    let shown = found.iter().map(|problem| {
        let shown = Sources::default().diagnostic(problem, words);
        shown.mild().at(Path::new(&place))
    });
    let shown: Vec<Diagnostic> = shown.collect();
    remark(&shown, words);
}

type Reader = BufReader<Box<dyn Read>>;

fn people(arguments: &Arguments, bundle: &Bundle, words: Words) -> Result<People<Reader>, Refusal> {
    let from = &arguments.from;
    let (file, _) = bounded::open(from).map_err(|error| unread(from, &error, words))?;
    let name = from.clone();
    let tell = move |encoding: &str| remark(&[assumption(&name, encoding, words)], words);
    let stream = text::stream(Box::new(file), Box::new(tell));
    let stream = stream.map_err(|error| unread(from, &error, words))?;
    let reader: Reader = BufReader::new(Box::new(stream));
    let Some(path) = &arguments.mapping else {
        return Ok(People::documents(reader));
    };
    let text = read_text(path, TEXT_FILE_BYTES, words)?;
    let file = SourceFile::new(path.clone(), text);
    let mapping = Mapping::read(&file, bundle, words);
    let mapping = mapping.map_err(|diagnostics| Refusal {
        exit: Exit::Facts,
        diagnostics,
    })?;
    match People::groups(reader, mapping) {
        Ok((people, _)) => Ok(people),
        Err(Stop::Io(error)) => Err(unread(from, &error, words)),
        Err(Stop::List(_, problem)) => Err(refused(
            Exit::Facts,
            &Sources::default(),
            [&*problem],
            words,
        )),
    }
}
