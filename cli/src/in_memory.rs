//! The command's readers and its page on texts in memory, for whoever tries them out: the
//! fuzzers of `longma-tests`.

use crate::messages::Words;
use crate::read::file::SourceFile;
use crate::read::people::mapping::Mapping;
use crate::read::people::{People, Stop};
use crate::show::unreadable::found;
use longma_compile::Bundle;
use longma_core::Lang;
use longma_lang::finding::Finding;
use std::fmt::Write as _;
use std::path::PathBuf;

/// The columns of a terminal, a narrow one and a wide one.
const WIDTHS: [usize; 2] = [24, 120];

/// How a finding is shown in both languages, on a narrow and on a wide page.
#[must_use]
pub fn shown(finding: &Finding, file: Option<(&str, &str)>) -> String {
    let file = file.map(|(path, text)| SourceFile::new(PathBuf::from(path), text.to_owned()));
    let mut all = String::new();
    for words in [Lang::ZhCn, Lang::En].map(Words::new) {
        for columns in WIDTHS {
            all += &found(finding, file.as_ref(), words).render(words, columns);
        }
    }
    all
}

/// What is told of each person of a list: one document a line, or rows by a mapping. With
/// `after`, of those who come after that person, read again from where a run that was stopped
/// there resumes.
///
/// `None` if the mapping or the list as a whole is refused, or if no person ends there.
#[must_use]
pub fn persons(
    list: &[u8],
    mapping: Option<(&str, &Bundle)>,
    after: Option<&Told>,
) -> Option<Vec<Told>> {
    let mut people = match mapping {
        None => People::documents(list),
        Some((text, bundle)) => People::groups(list, read(text, bundle)?).ok()?.0,
    };
    if let Some(after) = after {
        people.go_to(after.end, after.replay).ok()??;
    }
    told(&mut people)
}

/// One person of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The first and the last line.
    pub lines: (u64, u64),
    /// The facts as JSON, or the problems.
    pub facts: Result<String, String>,
    end: u64,
    replay: u64,
}

fn read(text: &str, bundle: &Bundle) -> Option<Mapping> {
    let file = SourceFile::new(PathBuf::from("list.toml"), text.to_owned());
    let words = Words::new(Lang::En);
    match Mapping::read(&file, bundle, words) {
        Ok(mapping) => Some(mapping),
        Err(wrong) => {
            for diagnostic in wrong {
                let _ = diagnostic.render(words, WIDTHS[0]);
            }
            None
        }
    }
}

fn told(people: &mut People<&[u8]>) -> Option<Vec<Told>> {
    let mut all = Vec::new();
    loop {
        match people.next() {
            Ok(None) | Err(Stop::List(..)) => return Some(all),
            Ok(Some(person)) => {
                let mut problems = String::new();
                let wrong = person.facts.as_ref().err().into_iter().flatten();
                for (index, problem) in wrong.enumerate() {
                    let pointer = problem.place.to_string();
                    let origin = person.origin.as_ref();
                    let spot = origin.and_then(|origin| origin.spot(index, Some(&pointer)));
                    let cell = spot.map(|spot| spot.text.get(spot.cell).map(str::to_owned));
                    // Writing to a string cannot fail.
                    let _ = writeln!(problems, "{problem} {cell:?}");
                }
                all.push(Told {
                    lines: (person.first, person.last),
                    facts: person.facts.map_err(|_| problems),
                    end: person.end.bytes,
                    replay: person.replay,
                });
            }
            Err(Stop::Io(_)) => return None,
        }
    }
}
