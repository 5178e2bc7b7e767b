//! The main loop: decides one person after another and notes progress in the journal.

use super::journal::{Entry, Journal, Reached, Sink, Tally};
use crate::answer::Refusal;
use crate::read::people::lines::hex;
use crate::read::people::{People, Person, Stop};
use longma_core::Problem;
use serde::Serialize;
use std::io::{self, BufRead};
use std::path::PathBuf;

/// A person's line of results, and the level of each decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) line: String,
    pub(crate) levels: Vec<(String, String)>,
}

/// The result for one person.
#[derive(Debug)]
pub(crate) enum Verdict {
    Decided(Decided),
    /// The person's facts are wrong.
    Refused(Vec<Problem>),
    /// The command is wrong, so every other person would fail too.
    Hopeless(Box<Refusal>),
}

/// What to report during the run.
pub(crate) enum Told<'a> {
    /// The person was refused.
    Refused(&'a Person, &'a [Problem]),
    /// The bytes read so far, and the counts.
    Done(u64, &'a Tally),
}

/// Where a run begins: at the start, or after an entry of its journal.
#[derive(Debug)]
pub(crate) struct Begin {
    pub(crate) entry: Entry,
    pub(crate) journal: Journal,
}

/// Why a run ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    Read(Stop),
    Write(PathBuf, io::Error),
    /// The reader has closed the pipe.
    Closed,
    /// The input is not the one the run began with; noticed at this line.
    Changed(u64),
    Refused(Box<Refusal>),
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        Self::Read(stop)
    }
}

/// A stream of persons, and the outputs for their results.
pub(crate) struct Work<'a, R> {
    pub(crate) people: People<R>,
    pub(crate) out: &'a mut Sink,
    pub(crate) rejects: Option<&'a mut Sink>,
    /// `None` if the run cannot be resumed.
    pub(crate) journal: Option<Begin>,
    /// Bytes of input between entries of the journal.
    pub(crate) stride: u64,
}

/// A refused person, as written to the rejects file.
#[derive(Serialize)]
struct Reject<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<u64>,
    text: Option<&'a str>,
    /// The bytes in hex, if they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    hex: Option<String>,
    problems: &'a [Problem],
}

impl<R: BufRead> Work<'_, R> {
    /// Decides everyone, or everyone who is left.
    pub(crate) fn run(
        mut self,
        judge: &mut dyn FnMut(&Person) -> Verdict,
        tell: &mut dyn FnMut(&Told),
    ) -> Result<Tally, Failure> {
        let (mut entry, mut journal) = match self.journal.take() {
            Some(Begin { entry, journal }) => (entry, Some(journal)),
            None => (Entry::default(), None),
        };
        self.catch_up(&entry)?;
        while let Some(person) = self.people.next()? {
            if entry.finished || (entry.input.bytes > 0 && !entry.whole) {
                return Err(Failure::Changed(person.first));
            }
            self.person(&person, &mut entry.tally, judge, tell)?;
            tell(&Told::Done(person.end.bytes, &entry.tally));
            if let Some(journal) = &mut journal
                && person.end.bytes - entry.input.bytes >= self.stride
            {
                entry.input = Reached::from(&person.end);
                entry.whole = person.end.whole;
                entry.replay = person.replay;
                self.note(&mut entry, journal)?;
            }
        }
        if entry.finished {
            return Ok(entry.tally);
        }
        entry.input = Reached::from(self.people.at());
        entry.whole = self.people.at().whole;
        entry.replay = entry.input.bytes;
        entry.finished = true;
        match &mut journal {
            Some(journal) => self.note(&mut entry, journal)?,
            None => self.reach(&mut entry)?,
        }
        Ok(entry.tally)
    }

    /// Skips to an entry's position, and checks that the input is the same up to there.
    fn catch_up(&mut self, entry: &Entry) -> Result<(), Failure> {
        if entry.input.bytes == 0 {
            return Ok(());
        }
        let found = if entry.finished {
            while self.people.next()?.is_some() {}
            Some(self.people.at().clone())
        } else {
            self.people.go_to(entry.input.bytes, entry.replay)?
        };
        match found {
            Some(mark) if Reached::from(&mark) == entry.input => Ok(()),
            _ => Err(Failure::Changed(self.people.at().lines)),
        }
    }

    fn person(
        &mut self,
        person: &Person,
        tally: &mut Tally,
        judge: &mut dyn FnMut(&Person) -> Verdict,
        tell: &mut dyn FnMut(&Told),
    ) -> Result<(), Failure> {
        match judge(person) {
            Verdict::Decided(decided) => {
                tally.decided += 1;
                for (decision, level) in decided.levels {
                    let levels = tally.levels.entry(decision).or_default();
                    *levels.entry(level).or_default() += 1;
                }
                add(self.out, &decided.line)
            }
            Verdict::Refused(problems) => {
                tally.refused += 1;
                tell(&Told::Refused(person, &problems));
                match &mut self.rejects {
                    Some(rejects) => add(rejects, &reject(person, &problems)),
                    None => Ok(()),
                }
            }
            Verdict::Hopeless(refusal) => Err(Failure::Refused(refusal)),
        }
    }

    fn note(&mut self, entry: &mut Entry, journal: &mut Journal) -> Result<(), Failure> {
        self.reach(entry)?;
        let path = super::journal::path_of(&self.out.path);
        journal
            .add(entry)
            .map_err(|error| Failure::Write(path, error))
    }

    fn reach(&mut self, entry: &mut Entry) -> Result<(), Failure> {
        entry.out = reach(self.out)?;
        entry.rejects = match &mut self.rejects {
            Some(rejects) => Some(reach(rejects)?),
            None => None,
        };
        Ok(())
    }
}

fn reject(person: &Person, problems: &[Problem]) -> String {
    let text = person.text.as_deref();
    let read = text.map(str::from_utf8);
    let hex = match read {
        Some(Err(_)) => text.map(hex),
        _ => None,
    };
    let reject = Reject {
        line: person.first,
        through: (person.last > person.first).then_some(person.last),
        text: read.and_then(Result::ok),
        hex,
        problems,
    };
    // Serializing strings, numbers and lists cannot fail.
    serde_json::to_string(&reject).unwrap_or_default()
}

fn add(sink: &mut Sink, line: &str) -> Result<(), Failure> {
    let written = sink.add(line);
    written.map_err(|error| failure(sink, error))
}

fn reach(sink: &mut Sink) -> Result<Reached, Failure> {
    let reached = sink.reach();
    reached.map_err(|error| failure(sink, error))
}

fn failure(sink: &Sink, error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe if !sink.is_file() => Failure::Closed,
        _ => Failure::Write(sink.path.clone(), error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )]
    use super::super::journal::{Making, Search, path_of, search};
    use super::*;
    use crate::messages::Words;
    use crate::read::file::SourceFile;
    use crate::read::load::load;
    use crate::read::people::mapping::Mapping;
    use longma_compile::Bundle;
    use longma_core::Lang;
    use std::fs;
    use std::path::Path;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Nine persons, some of them refused, on lines of every kind.
    const DOCUMENTS: &str =
        "\u{feff}one\r\n\r\ntwo\nbad three\n   \nfour\nbad\nbad\nfive\nsix\nseven";

    /// Persons with one row and with several, and bad rows within and between them.
    const LIST: &str =
        "id,name,at\n1,a,\n2,b,\n2,b,\"\n2,b,\n3,c\n4,d,\n5,e,\n5,f,\n6,\"g\ng\",\n7,h,";
    const MAPPING: &str = "subject = \"person\"\nkey = [\"id\"]\n\
        [[column]]\nname = \"id\"\nto = \"identity.document.number\"\n\
        [[column]]\nname = \"name\"\nto = \"identity.name\"\n";

    type Persons = fn(&'static str) -> People<&'static [u8]>;

    fn documents(input: &'static str) -> People<&'static [u8]> {
        People::documents(input.as_bytes())
    }

    fn mapped(input: &'static str, mapping: &str) -> People<&'static [u8]> {
        static SCHEMAS: OnceLock<Bundle> = OnceLock::new();
        let bundle = SCHEMAS.get_or_init(|| {
            let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/packs");
            load(&packs).unwrap().bundle
        });
        let file = SourceFile::new(PathBuf::from("list.toml"), mapping.to_owned());
        let mapping = Mapping::read(&file, bundle, Words::new(Lang::En)).unwrap();
        People::groups(input.as_bytes(), mapping).ok().unwrap().0
    }

    /// A person's rows stand together.
    fn list(input: &'static str) -> People<&'static [u8]> {
        mapped(input, MAPPING)
    }

    /// Each row is a person.
    fn rows(input: &'static str) -> People<&'static [u8]> {
        mapped(input, &MAPPING.replace("key = [\"id\"]\n", ""))
    }

    /// One test's own folder and input.
    struct Run {
        folder: PathBuf,
        persons: Persons,
        input: &'static str,
    }

    #[derive(Debug, PartialEq, Eq)]
    struct Left {
        out: Vec<u8>,
        rejects: Vec<u8>,
        journal: Vec<u8>,
    }

    impl Run {
        fn new(name: &str, persons: Persons, input: &'static str) -> Self {
            // Tests run in parallel.
            static RUNS: AtomicUsize = AtomicUsize::new(0);
            let run = RUNS.fetch_add(1, Ordering::Relaxed);
            let name = format!("longma-batch-{}-{run}-{name}", std::process::id());
            // Thousands of syncs take minutes on a real disk.
            let memory = PathBuf::from("/dev/shm");
            let folder = Some(memory).filter(|folder| folder.is_dir());
            let folder = folder.unwrap_or_else(std::env::temp_dir).join(name);
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).unwrap();
            Self {
                folder,
                persons,
                input,
            }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.join(name)
        }

        /// Starts or resumes a run, and stops it after `patience` persons. Returns how
        /// many were looked at, and how the run ended.
        fn run(&self, patience: usize) -> (usize, Result<Tally, Failure>) {
            let path = path_of(&self.path("out"));
            let mut out = Sink::open(&self.path("out")).unwrap();
            let mut rejects = Sink::open(&self.path("rejects")).unwrap();
            let (entry, journal) = match search(&path).unwrap() {
                Search::Found(found) => found.go_on(&mut out, Some(&mut rejects)).unwrap(),
                _ => {
                    let journal = Journal::begin(&path, &Making::new()).unwrap();
                    out.cut(0).unwrap();
                    rejects.cut(0).unwrap();
                    (Entry::default(), journal)
                }
            };
            let work = Work {
                people: (self.persons)(self.input),
                out: &mut out,
                rejects: Some(&mut rejects),
                journal: Some(Begin { entry, journal }),
                stride: 1,
            };
            let mut seen = 0;
            let done = work.run(
                &mut |person| {
                    if seen == patience {
                        return Verdict::Hopeless(Box::new(Refusal {
                            exit: crate::answer::Exit::Done,
                            diagnostics: Vec::new(),
                        }));
                    }
                    seen += 1;
                    verdict(person)
                },
                &mut |_| {},
            );
            (seen, done)
        }

        fn left(&self) -> Left {
            let read = |name: &str| fs::read(self.path(name)).unwrap();
            Left {
                out: read("out"),
                rejects: read("rejects"),
                journal: read("out.resume"),
            }
        }

        fn put(&self, left: &Left) {
            fs::write(self.path("out"), &left.out).unwrap();
            fs::write(self.path("rejects"), &left.rejects).unwrap();
            fs::write(self.path("out.resume"), &left.journal).unwrap();
        }
    }

    impl Drop for Run {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }

    fn verdict(person: &Person) -> Verdict {
        match &person.facts {
            Ok(text) if !text.contains("bad") => Verdict::Decided(Decided {
                line: format!("{} {text}", person.first),
                levels: vec![("code".to_owned(), "green".to_owned())],
            }),
            _ => Verdict::Refused(Vec::new()),
        }
    }

    fn both(check: impl Fn(&Run)) {
        check(&Run::new("documents", documents, DOCUMENTS));
        check(&Run::new("list", list, LIST));
        check(&Run::new("rows", rows, LIST));
    }

    #[test]
    fn everyone_is_decided_or_refused_once() {
        let run = Run::new("once", documents, DOCUMENTS);
        let tally = run.run(usize::MAX).1.unwrap();
        assert_eq!((tally.decided, tally.refused), (6, 3));
        assert_eq!(tally.levels["code"]["green"], 6);
        let out = String::from_utf8(run.left().out).unwrap();
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(
            lines,
            ["1 one", "3 two", "6 four", "9 five", "10 six", "11 seven"].as_slice()
        );
    }

    #[test]
    fn a_row_that_cannot_be_read_costs_the_persons_beside_it_too() {
        let run = Run::new("beside", list, LIST);
        run.run(usize::MAX).1.unwrap();
        let left = run.left();
        let first = |bytes: Vec<u8>, end: char| -> Vec<String> {
            let text = String::from_utf8(bytes).unwrap();
            let lines = text.lines();
            lines
                .map(|line| line.split(end).next().unwrap().to_owned())
                .collect()
        };
        // 2 is split by an open quote, 3 is short of a cell, 4 follows it, 5 contradicts itself.
        assert_eq!(first(left.out, ' '), ["2", "10", "12"]);
        assert_eq!(
            first(left.rejects, ','),
            [
                "{\"line\":3",
                "{\"line\":4",
                "{\"line\":5",
                "{\"line\":6",
                "{\"line\":7",
                "{\"line\":8"
            ]
        );
    }

    #[test]
    fn a_run_cut_off_at_any_person_goes_on_to_the_same_bytes() {
        both(|run| {
            let (all, done) = run.run(usize::MAX);
            let tally = done.unwrap();
            let whole = run.left();
            for patience in 0..all {
                fs::remove_file(run.path("out.resume")).unwrap();
                let (_, cut) = run.run(patience);
                assert!(matches!(cut, Err(Failure::Refused(_))));
                let (rest, done) = run.run(usize::MAX);
                assert_eq!(rest, all - patience, "no one is decided twice");
                assert_eq!(done.unwrap(), tally);
                assert_eq!(run.left(), whole);
            }
        });
    }

    #[test]
    fn a_run_cut_off_at_any_byte_of_any_file_goes_on_to_the_same_bytes() {
        both(|run| {
            let (all, done) = run.run(usize::MAX);
            let tally = done.unwrap();
            let whole = run.left();
            let opening = whole
                .journal
                .iter()
                .position(|byte| *byte == b'\n')
                .unwrap()
                + 1;
            let upto = |bytes: &[u8], end: usize| bytes[..end.min(bytes.len())].to_vec();
            let all_bytes = usize::MAX;
            let lengths = [&whole.out, &whole.rejects, &whole.journal].map(Vec::len);
            let outs = (0..lengths[0]).map(|end| (end, all_bytes, all_bytes));
            let rejects = (0..lengths[1]).map(|end| (all_bytes, end, all_bytes));
            let journals = (opening..lengths[2]).step_by(7);
            let journals = journals.flat_map(|end| [(all_bytes, all_bytes, end), (end, end, end)]);
            let cuts = outs.chain(rejects).chain(journals);
            for (out, rejects, journal) in cuts {
                run.put(&Left {
                    out: upto(&whole.out, out),
                    rejects: upto(&whole.rejects, rejects),
                    journal: upto(&whole.journal, journal.max(opening)),
                });
                let (seen, done) = run.run(usize::MAX);
                assert!(seen <= all);
                assert_eq!(done.unwrap(), tally);
                assert_eq!(run.left(), whole, "cut at {out}, {rejects}, {journal}");
            }
        });
    }

    #[test]
    fn a_finished_run_is_gone_on_with_without_any_work() {
        both(|run| {
            let tally = run.run(usize::MAX).1.unwrap();
            let whole = run.left();
            let (seen, done) = run.run(usize::MAX);
            assert_eq!((seen, done.unwrap()), (0, tally));
            assert_eq!(run.left(), whole);
        });
    }

    #[test]
    fn what_was_changed_in_the_results_is_made_again() {
        both(|run| {
            run.run(usize::MAX).1.unwrap();
            let whole = run.left();
            let mut out = whole.out.clone();
            let middle = out.len() / 2;
            out[middle] ^= 1;
            fs::write(run.path("out"), out).unwrap();
            run.run(usize::MAX).1.unwrap();
            assert_eq!(run.left(), whole);
        });
    }

    #[test]
    fn an_input_that_has_changed_is_refused() {
        let check = |persons: Persons, input: &'static str, patience, other: &'static str| {
            let mut run = Run::new("changed", persons, input);
            let _ = run.run(patience);
            let before = run.left();
            run.input = other;
            let (seen, done) = run.run(usize::MAX);
            assert!(matches!(done, Err(Failure::Changed(_))), "{other:?}");
            assert_eq!(seen, 0);
            assert_eq!(run.left().out, before.out);
        };
        check(documents, "one\ntwo\nthree\n", 2, "one\ntow\nthree\n");
        check(documents, "one\ntwo\nthree\n", 2, "one\n");
        check(documents, "one\ntwo\n", 9, "one\ntwo\nthree\n");
        check(documents, "one\ntwo\n", 9, "one\n");
        check(documents, "one\ntwo", 9, "one\ntwo\nthree");
        check(
            list,
            "id,name\n1,a\n2,b\n3,c\n",
            2,
            "id,name\n1,x\n2,b\n3,c\n",
        );
        check(list, "id,name\n1,a\n2,b\n", 9, "id,name\n1,a\n2,b\n2,c\n");
        check(
            list,
            "id,name\n1,a\n2,b\n3,c\n",
            2,
            "id,name\n1,a\n2,b\n2,c\n3,c\n",
        );
    }
}
