//! Persons, one after another, from a stream of documents or of rows.
//!
//! A person is decided or refused as a whole. In a CSV that is a group of rows: if one
//! of them cannot be read, the person is refused, since a decision without that row
//! might be too mild. For the same reason, a row whose owner is unknown makes the
//! persons before and after it doubtful, and reading stops if a list is not sorted by
//! its key (unless its mapping says `grouped`): a person's rows could be in two places.

pub(crate) mod lines;
pub(crate) mod mapping;
pub(crate) mod rows;

use crate::messages::Key;
use crate::read::text::decode_part;
use lines::{Lines, Mark};
use longma_core::limits::FACTS_BYTES;
use longma_core::{Place, Problem};
use mapping::{Cell, Header, Mapped, Mapping};
use rows::{Bad, Row, Rows};
use std::io::{self, BufRead};

/// One person, or lines that do not make one.
#[derive(Debug)]
pub(crate) struct Person {
    /// The first line, from 1.
    pub(crate) first: u64,
    /// The last line.
    pub(crate) last: u64,
    /// The text of the lines; `None` if it is too long.
    pub(crate) text: Option<Vec<u8>>,
    /// The facts as JSON, or what is wrong.
    pub(crate) facts: Result<String, Vec<Problem>>,
    /// For rows: where each value comes from.
    pub(crate) origin: Option<Origin>,
    /// The position after it.
    pub(crate) end: Mark,
    /// The offset to read again from so that the next person is read as it would have been,
    /// in bytes.
    pub(crate) replay: u64,
}

/// Where a person's values are in a list.
#[derive(Debug)]
pub(crate) struct Origin {
    rows: Vec<Row>,
    mapped: Mapped,
    delimiter: u8,
}

/// A cell of a list, with its row.
pub(crate) struct Spot<'a> {
    /// The first line of the row, from 1.
    pub(crate) line: u64,
    /// The text of the row.
    pub(crate) text: &'a str,
    /// The bytes of the cell in `text`.
    pub(crate) cell: std::ops::Range<usize>,
}

impl Origin {
    /// The cell that shows the problem with this index. One that the mapping did not report
    /// is found by its pointer into the facts.
    pub(crate) fn spot(&self, index: usize, pointer: Option<&str>) -> Option<Spot<'_>> {
        let own = self.mapped.problems.get(index);
        let cell: Option<Cell> = match own {
            Some((_, cell)) => *cell,
            None => self
                .mapped
                .cell(pointer.filter(|pointer| !pointer.is_empty())?),
        };
        let (row, column) = cell?;
        let row = self.rows.get(row)?;
        Some(Spot {
            line: row.first,
            text: &row.text,
            cell: rows::ranges(&row.text, self.delimiter)
                .into_iter()
                .nth(column)?,
        })
    }
}

/// Why reading stops.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The stream failed.
    Io(io::Error),
    /// The mapping does not work for this list; noticed at this line.
    List(u64, Box<Problem>),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A stream of persons.
pub(crate) enum People<R> {
    /// One document per line.
    Documents(Lines<R>),
    /// One row, or several consecutive ones.
    Groups(Box<Groups<R>>),
}

impl<R: BufRead> People<R> {
    pub(crate) fn documents(reader: R) -> Self {
        Self::Documents(Lines::new(reader))
    }

    /// Reads a list's header; also returns the columns that the mapping does not use.
    pub(crate) fn groups(reader: R, mapping: Mapping) -> Result<(Self, Vec<String>), Stop> {
        let mut groups = Groups::new(reader, mapping)?;
        let unused = std::mem::take(&mut groups.header.unused);
        Ok((Self::Groups(Box::new(groups)), unused))
    }

    /// The next person; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Person>, Stop> {
        match self {
            Self::Documents(lines) => Ok(document(lines)?),
            Self::Groups(groups) => groups.next(),
        }
    }

    /// The end of the stream, once no person is left.
    pub(crate) fn at(&self) -> &Mark {
        match self {
            Self::Documents(lines) => lines.at(),
            Self::Groups(groups) => groups.rows.at(),
        }
    }

    /// Skips to `bytes`, reading again from `replay`; `None` if no person ends there.
    pub(crate) fn go_to(&mut self, bytes: u64, replay: u64) -> Result<Option<Mark>, Stop> {
        match self {
            Self::Documents(lines) => {
                lines.skip_to(bytes)?;
                Ok(Some(lines.at().clone()).filter(|at| at.bytes == bytes))
            }
            Self::Groups(groups) => {
                groups.rows.skip_to(replay)?;
                while let Some(person) = groups.next()? {
                    if person.end.bytes >= bytes {
                        return Ok(Some(person.end).filter(|end| end.bytes == bytes));
                    }
                }
                Ok(None)
            }
        }
    }
}

fn document(lines: &mut Lines<impl BufRead>) -> io::Result<Option<Person>> {
    while let Some(line) = lines.next()? {
        if line.is_blank() {
            continue;
        }
        let bytes = line.bytes();
        let facts = match &line.text {
            None => Err(vec![Problem::facts_too_long(bytes)]),
            Some(text) => decode_part(text.clone())
                .map_err(|_| vec![Problem::new(Key::EncodingRow, Place::None)]),
        };
        return Ok(Some(Person {
            first: line.number,
            last: line.number,
            text: line.text,
            facts,
            origin: None,
            replay: line.end.bytes,
            end: line.end,
        }));
    }
    Ok(None)
}

/// Persons made of consecutive rows.
pub(crate) struct Groups<R> {
    rows: Rows<R>,
    mapping: Mapping,
    header: Header,
    /// The row read ahead to see where a person's rows end.
    ahead: Option<Result<Row, Box<Bad>>>,
    /// Whether the previous row was bad and could belong to the next person.
    doubtful: bool,
    /// The last person's key.
    before: Option<Vec<String>>,
    /// Where the last person's rows begin.
    replay: u64,
}

impl<R: BufRead> Groups<R> {
    fn new(reader: R, mapping: Mapping) -> Result<Self, Stop> {
        let mut rows = Rows::new(Lines::new(reader), mapping.delimiter);
        let header = match rows.next()? {
            None => Err((1, Problem::new(Key::CsvEmpty, Place::None))),
            Some(Err(bad)) => Err((bad.line, bad.problem)),
            Some(Ok(row)) => mapping.header(&row).map_err(|problem| (row.first, problem)),
        };
        Ok(Self {
            rows,
            header: header.map_err(|(line, problem)| Stop::List(line, Box::new(problem)))?,
            mapping,
            ahead: None,
            doubtful: false,
            before: None,
            replay: 0,
        })
    }

    fn next(&mut self) -> Result<Option<Person>, Stop> {
        match self.read()? {
            None => Ok(None),
            Some(Err(bad)) => {
                self.doubtful = !self.mapping.key.is_empty();
                Ok(Some(self.bad(*bad)))
            }
            Some(Ok(row)) => self.group(row).map(Some),
        }
    }

    fn read(&mut self) -> io::Result<Option<Result<Row, Box<Bad>>>> {
        let read = match self.ahead.take() {
            Some(read) => Some(read),
            None => self.rows.next()?,
        };
        Ok(read.map(|read| read.and_then(|row| self.owned(row))))
    }

    /// Treats a row that names no owner like one that cannot be read.
    fn owned(&self, row: Row) -> Result<Row, Box<Bad>> {
        let key = self.header.key_of(&row);
        if key.is_empty() || key.iter().any(|cell| !cell.is_empty()) {
            return Ok(row);
        }
        let names = self.mapping.key.join(", ");
        Err(Box::new(Bad {
            line: row.first,
            text: Some(row.text.into_bytes()),
            problem: Problem::new(Key::CsvOwner, Place::None).with("names", &names),
            end: row.end,
        }))
    }

    fn bad(&self, bad: Bad) -> Person {
        Person {
            first: bad.line,
            last: bad.line,
            text: bad.text,
            facts: Err(vec![bad.problem]),
            origin: None,
            replay: self.replay,
            end: bad.end,
        }
    }

    /// The person whose rows begin with `first`.
    fn group(&mut self, first: Row) -> Result<Person, Stop> {
        let key = self.header.key_of(&first);
        self.order(&key, &first)?;
        self.replay = first.start;
        let mut doubtful = std::mem::take(&mut self.doubtful);
        let (line, start) = (first.first, first.start);
        let (mut last, mut end) = (first.last, first.end.clone());
        let mut rows = Some(vec![first]);
        while !key.is_empty() {
            match self.read()? {
                Some(Ok(row)) if self.header.key_of(&row) == key => {
                    (last, end) = (row.last, row.end.clone());
                    let fits = end.bytes - start <= FACTS_BYTES as u64;
                    match &mut rows {
                        Some(rows) if fits => rows.push(row),
                        _ => rows = None,
                    }
                }
                other => {
                    doubtful |= matches!(other, Some(Err(_)));
                    self.ahead = other;
                    break;
                }
            }
        }
        let bytes = end.bytes - start;
        let mut person = Person {
            first: line,
            last,
            text: None,
            facts: Err(vec![Problem::facts_too_long(bytes)]),
            origin: None,
            replay: start,
            end,
        };
        if let Some(rows) = rows {
            self.tell(&mut person, rows, doubtful);
        }
        self.before = Some(key);
        Ok(person)
    }

    /// Fills in `person` from its rows.
    fn tell(&self, person: &mut Person, rows: Vec<Row>, doubtful: bool) {
        let mapped = self.mapping.facts(&self.header, &rows);
        let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        person.text = Some(texts.join("\n").into_bytes());
        let own = mapped.problems.iter().map(|(problem, _)| problem.clone());
        let mut problems: Vec<Problem> = own.collect();
        if doubtful {
            problems.push(Problem::new(Key::CsvBeside, Place::None));
        }
        person.facts = if problems.is_empty() {
            Ok(serde_json::Value::Object(mapped.facts.clone()).to_string())
        } else {
            Err(problems)
        };
        person.origin = Some(Origin {
            rows,
            mapped,
            delimiter: self.mapping.delimiter,
        });
    }

    /// Refuses a list that is not sorted by key, unless the mapping says `grouped`.
    fn order(&self, key: &Vec<String>, row: &Row) -> Result<(), Stop> {
        match &self.before {
            Some(before) if !self.mapping.grouped && key < before => {
                let [names, key, before] =
                    [&self.mapping.key, key, before].map(|parts| parts.join(", "));
                let problem = Problem::new(Key::CsvOrder, Place::None)
                    .with("names", &names)
                    .with("key", &key)
                    .with("before", &before);
                Err(Stop::List(row.first, Box::new(problem)))
            }
            _ => Ok(()),
        }
    }
}
