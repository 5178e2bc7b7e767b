//! Counts persons in chunks, on two threads.
//!
//! Chunks have one size and are merged in order, so the answer does not depend on the
//! threads.

use crate::answer::{Exit, Refusal};
use crate::messages::{Key, Words};
use crate::read::bounded;
use crate::read::given::{assumption, unread};
use crate::read::packs::refused;
use crate::read::people::{People, Stop};
use crate::read::text;
use crate::show::diagnostic::Diagnostic;
use crate::show::sources::Sources;
use crate::show::terminal::remark;
use longma_core::Problem;
use longma_core::limits::FACTS_BYTES;
use longma_desk::compare::{Comparison, Side, Window};
use longma_desk::generate::Generator;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::thread;

/// Persons per chunk. It affects only the speed, except that of very many kinds of
/// difference only those met first are listed separately.
const CHUNK: usize = 256;
/// The bytes of documents after which a chunk ends too, so that long ones do not fill the
/// memory.
const CHUNK_BYTES: usize = 4 * FACTS_BYTES;
/// Chunks counted at a time, one per thread.
const WORKERS: usize = 2;

/// One chunk of persons.
pub(super) enum Chunk {
    /// Invented, by number.
    Invented(std::ops::Range<u64>),
    /// Read, each with its line number.
    Read(Vec<(u64, Result<String, Vec<Problem>>)>),
}

pub(super) fn ranges(count: u64) -> impl Iterator<Item = Result<Chunk, Refusal>> {
    let size = u64::try_from(CHUNK).unwrap_or(1);
    let starts = (0..count.div_ceil(size)).map(move |chunk| chunk * size);
    starts.map(move |start| Ok(Chunk::Invented(start..(start + size).min(count))))
}

/// Reads one document per line and skips blank lines.
pub(super) fn lines(
    path: &Path,
    words: Words,
) -> Result<impl Iterator<Item = Result<Chunk, Refusal>>, Refusal> {
    let (path, input): (_, Box<dyn Read>) = if path == Path::new("-") {
        let name = PathBuf::from(words.say(Key::Stdin));
        (name, Box::new(io::stdin()))
    } else {
        let open = bounded::open(path);
        let (file, _) = open.map_err(|error| unread(path, &error, words))?;
        (path.to_owned(), Box::new(file))
    };
    let name = path.clone();
    let tell = move |encoding: &str| remark(&[assumption(&name, encoding, words)], words);
    let input = text::stream(input, Box::new(tell));
    let input = input.map_err(|error| unread(&path, &error, words))?;
    let mut people = People::documents(BufReader::new(input));
    Ok(std::iter::from_fn(move || {
        let mut chunk = Vec::new();
        let mut bytes = 0;
        while chunk.len() < CHUNK && bytes < CHUNK_BYTES {
            match people.next() {
                Ok(Some(person)) => {
                    bytes += person.facts.as_ref().map_or(0, String::len);
                    chunk.push((person.first, person.facts));
                }
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

pub(super) fn count_all(
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
