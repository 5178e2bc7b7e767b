//! How the columns of a list become facts.
//!
//! A mapping is a TOML file. It says where in the facts each column's cells belong,
//! which values hold for everyone without being in the list, and which sections are
//! known to be empty unless a row says otherwise. It is checked against its subject's
//! schema when it is read ([`written`]), so that a wrong place is reported before the
//! first row. The core checks the cells: one that does not fit is passed on unchanged.

mod written;

use super::rows::Row;
use crate::messages::Key;
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use longma_core::{Place, Problem};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// The field that names the kind of subject.
const SUBJECT: &str = "subject";

/// A mapping that fits its subject's schema.
#[derive(Debug, Clone)]
pub(crate) struct Mapping {
    subject: String,
    /// The columns that identify a person; empty if each row is a person.
    pub(crate) key: Vec<String>,
    /// Whether a person's rows are promised to be consecutive, in a list that is not sorted.
    pub(crate) grouped: bool,
    pub(crate) delimiter: u8,
    offset: String,
    blank: Vec<String>,
    empty: Vec<String>,
    columns: Vec<Column>,
    constants: Vec<(Target, Json)>,
}

#[derive(Debug, Clone)]
struct Column {
    name: String,
    target: Target,
    reading: Reading,
    values: BTreeMap<String, Json>,
}

/// How a cell becomes a value.
#[derive(Debug, Clone)]
enum Reading {
    Text,
    /// The number of a document: its spellings are one.
    Number,
    /// The name of the subject, whose spellings are one.
    Name,
    Int,
    Bool,
    /// In one of these formats; if there are none, written as in the facts.
    Instant(Vec<String>),
    Date(Vec<String>),
}

/// A place in the facts: a field, or a field of a list item that a row adds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Target {
    /// The list, and the number of the row's item for it.
    item: Option<(String, usize)>,
    /// Field names, from the top or from the item.
    path: Vec<String>,
}

/// A cell: the index of its row among the person's rows, and that of its column.
pub(crate) type Cell = (usize, usize);

/// A person's rows as facts, and the cell that each value comes from.
#[derive(Debug, Default)]
pub(crate) struct Mapped {
    pub(crate) facts: Map<String, Json>,
    /// By JSON pointer.
    pub(crate) cells: BTreeMap<String, Cell>,
    /// What is wrong, with the cell that shows it.
    pub(crate) problems: Vec<(Problem, Option<Cell>)>,
}

/// The positions of a mapping's columns in a list.
#[derive(Debug)]
pub(crate) struct Header {
    /// For each column of the mapping.
    columns: Vec<usize>,
    /// For each column of the key, and how its cells are compared.
    key: Vec<(usize, Reading)>,
    /// Columns that the mapping does not use.
    pub(crate) unused: Vec<String>,
}

impl Header {
    /// The key cells of a row, which say whose it is.
    pub(crate) fn key_of(&self, row: &Row) -> Vec<String> {
        let cells = self.key.iter().filter_map(|(at, reading)| {
            let cell = row.cells.get(*at)?;
            Some(reading.compared(cell))
        });
        cells.collect()
    }
}

impl Mapping {
    /// Finds the columns in the first row of a list.
    pub(crate) fn header(&self, row: &Row) -> Result<Header, Problem> {
        let find = |name: &String| {
            let mut places = row.cells.iter().enumerate();
            let mut found = places.by_ref().filter(|(_, cell)| *cell == name);
            match (found.next(), found.next()) {
                (Some((at, _)), None) => Ok(at),
                (None, _) => {
                    let known = row.cells.join(", ");
                    Err(Problem::new(Key::CsvColumn, Place::None)
                        .with("name", name)
                        .with("known", &known))
                }
                _ => Err(Problem::new(Key::CsvColumnTwice, Place::None).with("name", name)),
            }
        };
        let columns = self.columns.iter().map(|column| find(&column.name));
        let columns = columns.collect::<Result<Vec<usize>, Problem>>()?;
        let key = self.key.iter().map(|name| {
            let column = self.columns.iter().find(|column| column.name == *name);
            let reading = column.map_or(Reading::Text, |column| column.reading.clone());
            Ok((find(name)?, reading))
        });
        let key = key.collect::<Result<Vec<_>, Problem>>()?;
        let keys = key.iter().map(|(at, _)| at);
        let used: BTreeSet<usize> = columns.iter().chain(keys).copied().collect();
        let cells = row.cells.iter().enumerate();
        let unused = cells.filter(|(at, _)| !used.contains(at));
        Ok(Header {
            unused: unused.map(|(_, name)| name.clone()).collect(),
            columns,
            key,
        })
    }

    /// Turns a person's rows into facts.
    pub(crate) fn facts(&self, header: &Header, rows: &[Row]) -> Mapped {
        let mut out = Mapped::default();
        let subject = Json::from(self.subject.clone());
        out.facts.insert(SUBJECT.to_owned(), subject);
        for (at, row) in rows.iter().enumerate() {
            self.row(&mut out, header, (at, row));
        }
        for (target, value) in &self.constants {
            if target.item.is_none() {
                out.put(&target.path, value.clone(), None, &Reading::Text);
            }
        }
        for section in &self.empty {
            let section = out.facts.entry(section.clone());
            section.or_insert_with(|| Json::Array(Vec::new()));
        }
        out
    }

    fn row(&self, out: &mut Mapped, header: &Header, (at, row): (usize, &Row)) {
        let mut items: BTreeMap<&(String, usize), Mapped> = BTreeMap::new();
        for (column, place) in self.columns.iter().zip(&header.columns) {
            let cell = row.cells.get(*place).map_or("", String::as_str);
            if cell.is_empty() || self.blank.iter().any(|blank| blank == cell) {
                continue;
            }
            let from = Some((at, *place));
            match column.value(cell, &self.offset) {
                Ok(value) => match &column.target.item {
                    None => out.put(&column.target.path, value, from, &column.reading),
                    Some(item) => {
                        let item = items.entry(item).or_default();
                        item.put(&column.target.path, value, from, &column.reading);
                    }
                },
                Err(problem) => out.problems.push((problem, from)),
            }
        }
        for ((list, slot), mut item) in items {
            for (target, value) in &self.constants {
                if target
                    .item
                    .as_ref()
                    .is_some_and(|of| of.0 == *list && of.1 == *slot)
                {
                    item.put(&target.path, value.clone(), None, &Reading::Text);
                }
            }
            out.add(list, item);
        }
    }
}

impl Reading {
    /// The form in which a cell is compared.
    fn compared(&self, cell: &str) -> String {
        match self {
            Self::Number => longma_core::number::fold(cell),
            Self::Name => longma_identity::name(cell),
            _ => cell.to_owned(),
        }
    }

    /// Whether two values say the same.
    fn is_same(&self, one: &Json, other: &Json) -> bool {
        match (one.as_str(), other.as_str()) {
            (Some(one), Some(other)) => self.compared(one) == self.compared(other),
            _ => one == other,
        }
    }
}

impl Column {
    fn value(&self, cell: &str, offset: &str) -> Result<Json, Problem> {
        if let Some(value) = self.values.get(cell) {
            return Ok(value.clone());
        }
        if !self.values.is_empty() {
            let known: Vec<&str> = self.values.keys().map(String::as_str).collect();
            return Err(Problem::new(Key::CsvValue, Place::None)
                .with("found", cell)
                .with("name", &self.name)
                .with("known", known.join(", ")));
        }
        let text = || Json::from(cell);
        Ok(match &self.reading {
            Reading::Text | Reading::Number | Reading::Name => text(),
            Reading::Int => cell.parse::<i64>().map_or_else(|_| text(), Json::from),
            Reading::Bool => match cell {
                "true" => Json::Bool(true),
                "false" => Json::Bool(false),
                _ => text(),
            },
            Reading::Instant(formats) if formats.is_empty() => text(),
            Reading::Date(formats) if formats.is_empty() => text(),
            Reading::Instant(formats) => Json::from(
                formats
                    .iter()
                    .find_map(|format| instant(cell, format, offset))
                    .ok_or_else(|| self.unread(cell, formats))?,
            ),
            Reading::Date(formats) => Json::from(
                formats
                    .iter()
                    .find_map(|format| NaiveDate::parse_from_str(cell, format).ok())
                    .map(|date| date.format("%Y-%m-%d").to_string())
                    .ok_or_else(|| self.unread(cell, formats))?,
            ),
        })
    }

    fn unread(&self, cell: &str, formats: &[String]) -> Problem {
        let formats = formats.join(", ");
        Problem::new(Key::CsvTime, Place::None)
            .with("found", cell)
            .with("name", &self.name)
            .with("formats", &formats)
    }
}

/// An instant as the facts have it. `offset` applies if the format has none.
fn instant(cell: &str, format: &str, offset: &str) -> Option<String> {
    if let Ok(time) = DateTime::parse_from_str(cell, format) {
        return Some(time.format("%Y-%m-%dT%H:%M:%S%.f%:z").to_string());
    }
    let time = NaiveDateTime::parse_from_str(cell, format).ok()?;
    Some(format!("{}{offset}", time.format("%Y-%m-%dT%H:%M:%S%.f")))
}

impl Mapped {
    /// Puts a value; one that is already there must say the same.
    fn put(&mut self, path: &[String], value: Json, from: Option<Cell>, reading: &Reading) {
        let pointer: String = path.iter().map(|step| step_of(step)).collect();
        let Some((last, above)) = path.split_last() else {
            return;
        };
        let mut here = &mut self.facts;
        for step in above {
            let next = here.entry(step.clone());
            match next.or_insert_with(|| Json::Object(Map::new())) {
                Json::Object(inner) => here = inner,
                // The mapping was checked against the schema: no value is where a record belongs.
                _ => return,
            }
        }
        match here.get(last) {
            Some(known) if !reading.is_same(known, &value) => {
                let problem = Problem::new(Key::CsvDiffers, Place::None)
                    .with("pointer", &pointer)
                    .with("first", known)
                    .with("second", &value);
                self.problems.push((problem, from));
            }
            Some(_) => {}
            None => {
                here.insert(last.clone(), value);
                self.cells.extend(from.map(|cell| (pointer, cell)));
            }
        }
    }

    /// Adds an item to a list, unless the list already has it: a CSV that was joined
    /// from several tables repeats itself.
    fn add(&mut self, list: &str, item: Self) {
        self.problems.extend(item.problems);
        let items = self.facts.entry(list.to_owned());
        let Json::Array(items) = items.or_insert_with(|| Json::Array(Vec::new())) else {
            return;
        };
        let value = Json::Object(item.facts);
        if items.contains(&value) {
            return;
        }
        let at = format!("{}/{}", step_of(list), items.len());
        let cells = item.cells.into_iter();
        self.cells
            .extend(cells.map(|(pointer, cell)| (format!("{at}{pointer}"), cell)));
        items.push(value);
    }

    /// The cell that shows the value at `pointer` or inside it; for a missing value, the
    /// first cell of the record it is missing from.
    pub(crate) fn cell(&self, pointer: &str) -> Option<Cell> {
        let inside = self.cells.iter().find(|(known, _)| {
            let rest = known.strip_prefix(pointer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        match inside {
            Some((_, cell)) => Some(*cell),
            None => match pointer.rsplit_once('/')?.0 {
                "" => None,
                record => self.cell(record),
            },
        }
    }
}

fn step_of(step: &str) -> String {
    format!("/{}", step.replace('~', "~0").replace('/', "~1"))
}
