//! How the columns of a list become facts.
//!
//! A mapping is a TOML file. It says of each column where in the facts its cells
//! belong, what never stands in the list but holds for everyone in it, and which
//! sections are known to be empty where no row says otherwise. It is held
//! against the schema of its subject when it is read, so that a wrong place is
//! told before the first row. What cells must be is core's to say: a cell that
//! does not fit is passed on as it stands.

use super::problem;
use super::rows::Row;
use crate::diagnostic::{Diagnostic, load_error};
use crate::load::{SourceFile, shape};
use crate::messages::{Key, Words};
use crate::toml::Toml;
use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use longma_core::{Bundle, Problem, nearest};
use longma_desk::schema::{Record, Shape};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// The section that names what facts are about.
const SUBJECT: &str = "subject";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    subject: String,
    #[serde(default)]
    key: Vec<String>,
    #[serde(default)]
    grouped: bool,
    delimiter: Option<String>,
    offset: Option<String>,
    #[serde(default)]
    instants: Vec<String>,
    #[serde(default)]
    dates: Vec<String>,
    #[serde(default)]
    blank: Vec<String>,
    #[serde(default)]
    empty: Vec<String>,
    #[serde(default)]
    column: Vec<WrittenColumn>,
    #[serde(default)]
    constant: Vec<WrittenConstant>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenColumn {
    name: String,
    to: String,
    #[serde(default)]
    formats: Vec<String>,
    #[serde(default)]
    values: BTreeMap<String, Json>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenConstant {
    to: String,
    value: Json,
}

/// A mapping that fits its subject's schema.
#[derive(Debug, Clone)]
pub(crate) struct Mapping {
    subject: String,
    /// The columns whose cells tell persons apart; none where each row is one.
    pub(crate) key: Vec<String>,
    /// Whether rows of one person are only vouched to follow one another.
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
    Int,
    Bool,
    /// In one of these formats; as the facts have it where there is none.
    Instant(Vec<String>),
    Date(Vec<String>),
}

/// A place in the facts: a field, or a field of an item that a row brings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Target {
    /// The list, and which of the row's items for it.
    item: Option<(String, usize)>,
    /// Names from the top, or from the item.
    path: Vec<String>,
}

/// A cell: the position of its row among the person's, and of its column.
pub(crate) type Cell = (usize, usize);

/// A person's rows as facts, and the cell that each value is from.
#[derive(Debug, Default)]
pub(crate) struct Mapped {
    pub(crate) facts: Map<String, Json>,
    /// By JSON pointer.
    pub(crate) cells: BTreeMap<String, Cell>,
    /// What is wrong, with the cell that shows it.
    pub(crate) problems: Vec<(Problem, Option<Cell>)>,
}

/// Where the columns of a mapping stand in a list.
#[derive(Debug)]
pub(crate) struct Header {
    /// For each column of the mapping.
    columns: Vec<usize>,
    /// For each column of the key.
    key: Vec<usize>,
    /// Columns that the mapping does not use.
    pub(crate) unused: Vec<String>,
}

impl Header {
    /// The cells of a row that say whose it is.
    pub(crate) fn key_of(&self, row: &Row) -> Vec<String> {
        let cells = self.key.iter().filter_map(|at| row.cells.get(*at));
        cells.cloned().collect()
    }
}

impl Mapping {
    /// Reads a mapping and holds it against the schemas of `bundle`.
    pub(crate) fn read(
        file: &SourceFile,
        bundle: &Bundle,
        words: Words,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (written, errors) = shape::<Written>(file);
        let (Some(written), []) = (written, errors.as_slice()) else {
            let errors = errors.iter();
            return Err(errors.map(|error| load_error(error, words)).collect());
        };
        let mut reader = Reader {
            file,
            toml: Toml::parse(&file.text).ok(),
            words,
            found: Vec::new(),
            taken: BTreeSet::new(),
        };
        let mapping = reader.mapping(written, bundle);
        match mapping {
            Some(mapping) if reader.found.is_empty() => Ok(mapping),
            _ => Err(reader.found),
        }
    }

    /// Finds the columns in the first row of a list.
    pub(crate) fn header(&self, row: &Row) -> Result<Header, Problem> {
        let find = |name: &String| {
            let mut places = row.cells.iter().enumerate();
            let mut found = places.by_ref().filter(|(_, cell)| *cell == name);
            match (found.next(), found.next()) {
                (Some((at, _)), None) => Ok(at),
                (None, _) => {
                    let known = row.cells.join(", ");
                    let args: [(&str, &dyn Display); 2] = [("name", name), ("known", &known)];
                    Err(problem(Key::CsvColumn, Key::CsvColumnHelp, &args))
                }
                _ => Err(problem(
                    Key::CsvColumnTwice,
                    Key::CsvColumnTwiceHelp,
                    &[("name", name)],
                )),
            }
        };
        let columns = self.columns.iter().map(|column| find(&column.name));
        let columns = columns.collect::<Result<Vec<usize>, Problem>>()?;
        let key = self.key.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let used: BTreeSet<usize> = columns.iter().chain(&key).copied().collect();
        let cells = row.cells.iter().enumerate();
        let unused = cells.filter(|(at, _)| !used.contains(at));
        Ok(Header {
            unused: unused.map(|(_, name)| name.clone()).collect(),
            columns,
            key,
        })
    }

    /// A person's rows as facts.
    pub(crate) fn facts(&self, header: &Header, rows: &[Row]) -> Mapped {
        let mut out = Mapped::default();
        let subject = Json::from(self.subject.clone());
        out.facts.insert(SUBJECT.to_owned(), subject);
        for (at, row) in rows.iter().enumerate() {
            self.row(&mut out, header, (at, row));
        }
        for (target, value) in &self.constants {
            if target.item.is_none() {
                out.put(&target.path, value.clone(), None);
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
                    None => out.put(&column.target.path, value, from),
                    Some(item) => {
                        let item = items.entry(item).or_default();
                        item.put(&column.target.path, value, from);
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
                    item.put(&target.path, value.clone(), None);
                }
            }
            out.add(list, item);
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
            let args: [(&str, &dyn Display); 3] = [
                ("found", &cell),
                ("name", &self.name),
                ("known", &known.join(", ")),
            ];
            return Err(problem(Key::CsvValue, Key::CsvValueHelp, &args));
        }
        let text = || Json::from(cell);
        Ok(match &self.reading {
            Reading::Text => text(),
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
        let args: [(&str, &dyn Display); 3] = [
            ("found", &cell),
            ("name", &self.name),
            ("formats", &formats),
        ];
        problem(Key::CsvTime, Key::CsvTimeHelp, &args)
    }
}

/// A time of day as the facts have it; a format without an offset is at `offset`.
fn instant(cell: &str, format: &str, offset: &str) -> Option<String> {
    if let Ok(time) = DateTime::parse_from_str(cell, format) {
        return Some(time.format("%Y-%m-%dT%H:%M:%S%.f%:z").to_string());
    }
    let time = NaiveDateTime::parse_from_str(cell, format).ok()?;
    Some(format!("{}{offset}", time.format("%Y-%m-%dT%H:%M:%S%.f")))
}

impl Mapped {
    /// Puts a value; what already stands there must be the same.
    fn put(&mut self, path: &[String], value: Json, from: Option<Cell>) {
        let pointer: String = path.iter().map(|step| step_of(step)).collect();
        let Some((last, above)) = path.split_last() else {
            return;
        };
        let mut here = &mut self.facts;
        for step in above {
            let next = here.entry(step.clone());
            match next.or_insert_with(|| Json::Object(Map::new())) {
                Json::Object(inner) => here = inner,
                // The mapping was held against the schema: no value stands where a record does.
                _ => return,
            }
        }
        match here.get(last) {
            Some(known) if *known != value => {
                let args: [(&str, &dyn Display); 3] =
                    [("pointer", &pointer), ("first", known), ("second", &value)];
                let problem = problem(Key::CsvDiffers, Key::CsvDiffersHelp, &args);
                self.problems.push((problem, from));
            }
            Some(_) => {}
            None => {
                here.insert(last.clone(), value);
                self.cells.extend(from.map(|cell| (pointer, cell)));
            }
        }
    }

    /// Adds an item to a list, unless the list has that very item: a list that
    /// was joined from several repeats what it says.
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

    /// The cell that shows what is at `pointer` or in it; of what is missing, the
    /// first cell of the record that lacks it.
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

/// Reads a mapping, keeping everything that is wrong with it.
struct Reader<'a> {
    file: &'a SourceFile,
    toml: Option<Toml>,
    words: Words,
    found: Vec<Diagnostic>,
    taken: BTreeSet<Target>,
}

impl Reader<'_> {
    fn mapping(&mut self, written: Written, bundle: &Bundle) -> Option<Mapping> {
        let schema = bundle.schemas.get(&written.subject);
        let Some(root) = schema.and_then(|schema| Record::read(schema)) else {
            let known = self.words.list(bundle.schemas.keys());
            let args: [(&str, &dyn Display); 2] = [("name", &written.subject), ("known", &known)];
            self.refuse(
                &["subject"],
                Key::MappingSubject,
                Key::MappingSubjectHelp,
                &args,
            );
            return None;
        };
        let delimiter = self.delimiter(written.delimiter.as_deref());
        let offset = self.offset(written.offset.as_deref());
        for (name, formats) in [("instants", &written.instants), ("dates", &written.dates)] {
            self.formats(&[name], formats);
        }
        self.sections(&written.empty, &root);
        let mut columns = Vec::new();
        for (at, column) in written.column.iter().enumerate() {
            let at = at.to_string();
            if let Some((target, shape)) = self.target(&["column", &at, "to"], &column.to, &root) {
                self.formats(&["column", &at, "formats"], &column.formats);
                for (cell, value) in &column.values {
                    self.value(&["column", &at, "values", cell], value, shape);
                }
                columns.push(Column {
                    name: column.name.clone(),
                    target,
                    reading: reading(shape, column, &written),
                    values: column.values.clone(),
                });
            }
        }
        let mut constants = Vec::new();
        for (at, constant) in written.constant.into_iter().enumerate() {
            let at = at.to_string();
            if let Some((target, shape)) =
                self.target(&["constant", &at, "to"], &constant.to, &root)
            {
                self.value(&["constant", &at, "value"], &constant.value, shape);
                constants.push((target, constant.value));
            }
        }
        Some(Mapping {
            subject: written.subject,
            key: written.key,
            grouped: written.grouped,
            delimiter,
            offset,
            blank: written.blank,
            empty: written.empty,
            columns,
            constants,
        })
    }

    fn refuse(&mut self, path: &[&str], key: Key, help: Key, args: &[(&str, &dyn Display)]) {
        let shown = Diagnostic::error(&self.words.fill(key, args)).coded(key.name());
        let span = self.toml.as_ref().and_then(|toml| toml.value_span(path));
        let shown = match span {
            Some(span) => shown.showing(self.file, span, None),
            None => shown.at(&self.file.path),
        };
        self.found.push(shown.help(&self.words.fill(help, args)));
    }

    fn delimiter(&mut self, written: Option<&str>) -> u8 {
        match written.map(str::as_bytes) {
            None => b',',
            Some([byte]) if byte.is_ascii() && !b"\"\r\n".contains(byte) => *byte,
            Some(_) => {
                self.refuse(
                    &["delimiter"],
                    Key::MappingDelimiter,
                    Key::MappingDelimiterHelp,
                    &[],
                );
                b','
            }
        }
    }

    fn offset(&mut self, written: Option<&str>) -> String {
        let offset = written.unwrap_or("+08:00");
        if DateTime::parse_from_rfc3339(&format!("2022-01-01T00:00:00{offset}")).is_err() {
            self.refuse(
                &["offset"],
                Key::MappingOffset,
                Key::MappingOffsetHelp,
                &[("found", &offset)],
            );
        }
        offset.to_owned()
    }

    fn formats(&mut self, path: &[&str], formats: &[String]) {
        for (at, format) in formats.iter().enumerate() {
            if StrftimeItems::new(format).any(|item| item == Item::Error) {
                let at = at.to_string();
                let path: Vec<&str> = path.iter().copied().chain([at.as_str()]).collect();
                self.refuse(
                    &path,
                    Key::MappingFormat,
                    Key::MappingFormatHelp,
                    &[("found", format)],
                );
            }
        }
    }

    fn sections(&mut self, empty: &[String], root: &Record) {
        for (at, name) in empty.iter().enumerate() {
            if !matches!(root.shape(name), Some(Shape::List { .. })) {
                let lists = root.fields.iter();
                let lists = lists.filter(|(_, field)| matches!(field.shape, Shape::List { .. }));
                let known = self.words.list(lists.map(|(name, _)| name));
                let args: [(&str, &dyn Display); 2] = [("name", name), ("known", &known)];
                let path = ["empty", &at.to_string()];
                self.refuse(&path, Key::MappingEmpty, Key::MappingEmptyHelp, &args);
            }
        }
    }

    /// The place that `to` names, and what stands there.
    fn target<'s>(
        &mut self,
        path: &[&str],
        to: &str,
        root: &'s Record,
    ) -> Option<(Target, &'s Shape)> {
        let found = follow(to, root);
        let (target, shape) = match found {
            Ok(found) => found,
            Err((step, known)) => {
                let near = nearest(&step, known.iter().map(String::as_str));
                let near = near.map_or_else(|| self.words.list(&known), str::to_owned);
                let args: [(&str, &dyn Display); 3] =
                    [("to", &to), ("step", &step), ("near", &near)];
                let (key, help) = if known.is_empty() {
                    (Key::MappingInside, Key::MappingInsideHelp)
                } else {
                    (Key::MappingPlace, Key::MappingPlaceHelp)
                };
                self.refuse(path, key, help, &args);
                return None;
            }
        };
        if !self.taken.insert(target.clone()) || target.path == [SUBJECT] {
            let args: [(&str, &dyn Display); 1] = [("to", &to)];
            self.refuse(path, Key::MappingTwice, Key::MappingTwiceHelp, &args);
            return None;
        }
        Some((target, shape))
    }

    /// A value that stands in the mapping must fit its place.
    fn value(&mut self, path: &[&str], value: &Json, shape: &Shape) {
        let known = match shape {
            Shape::Enum(names) => {
                let is_one = |text| names.iter().any(|name| name == text);
                if value.as_str().is_some_and(is_one) {
                    return;
                }
                self.words.list(names)
            }
            Shape::Int { .. } if value.is_i64() => return,
            Shape::Bool if value.is_boolean() => return,
            Shape::Int { .. } => self.words.say(Key::KindWholeNumber).to_owned(),
            Shape::Bool => self.words.say(Key::KindTruth).to_owned(),
            _ if value.is_string() => return,
            _ => self.words.say(Key::KindText).to_owned(),
        };
        let args: [(&str, &dyn Display); 2] = [("found", value), ("known", &known)];
        self.refuse(path, Key::MappingValue, Key::MappingValueHelp, &args);
    }
}

fn reading(shape: &Shape, column: &WrittenColumn, written: &Written) -> Reading {
    let formats = |common: &Vec<String>| {
        let own = &column.formats;
        if own.is_empty() { common } else { own }.clone()
    };
    match shape {
        Shape::Int { .. } => Reading::Int,
        Shape::Bool => Reading::Bool,
        Shape::Instant => Reading::Instant(formats(&written.instants)),
        Shape::Date => Reading::Date(formats(&written.dates)),
        _ => Reading::Text,
    }
}

/// Follows `to` (`identity.name`, `tests[].result`, `tests[1].result`) through
/// the schema to one value. Else the step that leads nowhere, with those that
/// would; with none where it stops before or goes beyond a value.
fn follow<'s>(to: &str, root: &'s Record) -> Result<(Target, &'s Shape), (String, Vec<String>)> {
    let mut item = None;
    let mut path = Vec::new();
    let mut here = root;
    let mut steps = to.split('.').peekable();
    while let Some(step) = steps.next() {
        let (name, slot) = match step.split_once('[') {
            Some((name, slot)) => (name, slot.strip_suffix(']')),
            None => (step, None),
        };
        let lost = |known| Err((step.to_owned(), known));
        let Some(shape) = here.shape(name) else {
            return lost(here.fields.keys().cloned().collect());
        };
        let at_top = path.is_empty() && item.is_none();
        let inner = match (shape, slot) {
            (Shape::List { item: of, .. }, Some(slot)) if at_top => {
                let slot = if slot.is_empty() { Ok(0) } else { slot.parse() };
                let (Ok(slot), Shape::Record(inner)) = (slot, &**of) else {
                    return lost(vec![format!("{name}[]")]);
                };
                item = Some((name.to_owned(), slot));
                inner
            }
            (Shape::List { .. }, None) if at_top => return lost(vec![format!("{name}[]")]),
            (_, Some(_)) => return lost(vec![name.to_owned()]),
            (shape, None) => {
                path.push(name.to_owned());
                match (shape, steps.peek()) {
                    (Shape::Record(inner), Some(_)) => inner,
                    (Shape::Record(_) | Shape::List { .. }, None) | (_, Some(_)) => {
                        return lost(Vec::new());
                    }
                    (shape, None) => return Ok((Target { item, path }, shape)),
                }
            }
        };
        here = inner;
    }
    Err((to.to_owned(), here.fields.keys().cloned().collect()))
}
