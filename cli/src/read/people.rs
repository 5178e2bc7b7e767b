//! Persons, one after another, from a stream of documents or of rows.
//!
//! A person is what is decided or refused as a whole. Of a CSV that is a group
//! of rows: where one of them cannot be read, the person is refused, since a
//! decision without that row might be too mild. For the same reason a row whose
//! owner cannot be told makes doubtful the persons on both sides of it, and a
//! list that is not sorted by its key is given up: a person's rows could stand
//! in two places.

pub(crate) mod lines;
pub(crate) mod mapping;
pub(crate) mod rows;

use crate::messages::Key;
use lines::{Lines, Mark};
use longma_core::limits::FACTS_BYTES;
use longma_core::{Place, Problem};
use mapping::{Cell, Header, Mapped, Mapping};
use rows::{Bad, Row, Rows};
use std::io::{self, BufRead};

/// One person, or lines that are none.
#[derive(Debug)]
pub(crate) struct Person {
    /// The line on which it begins, from 1.
    pub(crate) first: u64,
    /// The line on which it ends.
    pub(crate) last: u64,
    /// What stands there; none where it is longer than is accepted.
    pub(crate) text: Option<Vec<u8>>,
    /// The facts, as JSON, or what is wrong.
    pub(crate) facts: Result<String, Vec<Problem>>,
    /// Of rows: where each value is from.
    pub(crate) origin: Option<Origin>,
    /// The place behind it.
    pub(crate) end: Mark,
    /// Bytes before the place from which reading must begin anew for the next
    /// person to be read as it would have been.
    pub(crate) replay: u64,
}

/// Where in a list a person's values stand.
#[derive(Debug)]
pub(crate) struct Origin {
    rows: Vec<Row>,
    mapped: Mapped,
    delimiter: u8,
}

/// A place in a list.
pub(crate) struct Spot<'a> {
    /// The first line of the row, from 1.
    pub(crate) line: u64,
    /// The row.
    pub(crate) text: &'a str,
    /// The bytes of the cell in it.
    pub(crate) cell: std::ops::Range<usize>,
}

impl Origin {
    /// The cell that shows the problem at this position, of those that are told.
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

/// Why reading cannot go on.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The stream fails.
    Io(io::Error),
    /// It is no list that the mapping could be for, which this line shows.
    List(u64, Box<Problem>),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A stream of persons.
pub(crate) enum People<R> {
    /// One document a line.
    Documents(Lines<R>),
    /// One row, or several that follow one another.
    Groups(Box<Groups<R>>),
}

impl<R: BufRead> People<R> {
    pub(crate) fn documents(reader: R) -> Self {
        Self::Documents(Lines::new(reader))
    }

    /// Reads a list's header; also the columns that the mapping does not use.
    pub(crate) fn groups(reader: R, mapping: Mapping) -> Result<(Self, Vec<String>), Stop> {
        let mut groups = Groups::new(reader, mapping)?;
        let unused = std::mem::take(&mut groups.header.unused);
        Ok((Self::Groups(Box::new(groups)), unused))
    }

    /// The next person; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Person>, Stop> {
        match self {
            Self::Documents(lines) => Ok(document(lines)?),
            Self::Groups(groups) => groups.next(),
        }
    }

    /// Where the stream ends, once no person is left.
    pub(crate) fn at(&self) -> &Mark {
        match self {
            Self::Documents(lines) => lines.at(),
            Self::Groups(groups) => groups.rows.at(),
        }
    }

    /// Goes on to `bytes`, beginning anew at `replay`; false where no person
    /// ends there.
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
            Some(text) => String::from_utf8(text.clone())
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

/// Persons whose rows follow one another.
pub(crate) struct Groups<R> {
    rows: Rows<R>,
    mapping: Mapping,
    header: Header,
    /// What was read to see where a person's rows end.
    ahead: Option<Result<Row, Box<Bad>>>,
    /// Whether the row before was bad, and could belong to the next person.
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

    /// A row that names no owner is as good as one that cannot be read.
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
            replay: if self.mapping.key.is_empty() {
                bad.end.bytes
            } else {
                self.replay
            },
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
            replay: if key.is_empty() { end.bytes } else { start },
            end,
        };
        if let Some(rows) = rows {
            self.tell(&mut person, rows, doubtful);
        }
        self.before = Some(key);
        Ok(person)
    }

    /// Puts the facts that the rows tell into `person`.
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

    /// Refuses a list whose persons do not ascend, unless it is vouched for.
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
