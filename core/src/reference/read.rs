//! Reads tables from CSV.

use super::seek::Heard;
use super::stamp::Stamped;
use super::tree::Tree;
use super::{Table, Words};
use crate::columns::{Texts, Word};
use crate::facts::Decoder;
use crate::json::Json;
use crate::limits;
use crate::places::Places;
use crate::problem::{Code, Place, Problem, Problems};
use crate::schema::{Object, Schema, Type};
use crate::time::Instant;
use crate::value::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Table {
    /// Reads a CSV whose header names the schema's columns. An empty cell is an
    /// absent value; times may leave out their seconds.
    ///
    /// # Errors
    /// Every row that does not fit the schema, with its line.
    pub(crate) fn read(
        (name, number): (&str, u32),
        schema: &Schema,
        (known, places): (&Arc<Texts>, Option<&Places>),
        csv: &str,
    ) -> Result<Self, Problems> {
        if csv.len() > limits::REFERENCE_BYTES {
            return Err(too_large(name, limits::REFERENCE_BYTES).into());
        }
        let text = csv.strip_prefix('\u{feff}').unwrap_or(csv);
        let stamped = Stamped::read(name, text)?;
        let text = stamped.text;
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let columns = columns(name, schema.root(), reader.headers())?;
        let mut table = Self {
            name: name.to_owned(),
            number,
            object: Arc::clone(schema.root()),
            rows: Vec::new(),
            spans: Vec::new(),
            tree: Tree::default(),
            nodes: Vec::new(),
            places: places.filter(|_| schema.root().places > 0).cloned(),
            times: None,
            known: Arc::clone(known),
            words: Words::default(),
        };
        let mut problems = Problems::default();
        // A map as `write_words` has: a set is code of its own.
        let mut texts = BTreeMap::new();
        let mut heard = Heard::default();
        let mut lines = Lines::of(text, stamped.lines);
        let mut rows = 0;
        for record in reader.records() {
            if rows >= limits::REFERENCE_ROWS {
                problems.push(too_large(name, limits::REFERENCE_ROWS));
                break;
            }
            rows += 1;
            match record {
                Ok(record) => match table.row(&columns, &record) {
                    Ok(mut row) => {
                        share(&mut row, &mut texts);
                        if let Err(fault) = table.push(&mut heard, row) {
                            let line = lines.at(record.position());
                            let problem = Problem::new(fault.code, Place::None);
                            problems.push(at_line(problem.with_all(&fault.args), name, line));
                        }
                    }
                    Err(found) => {
                        let line = lines.at(record.position());
                        problems.extend(found.into_iter().map(|p| at_line(p, name, line)));
                    }
                },
                Err(error) => {
                    let line = lines.at(error.position());
                    problems.push(csv_problem(name, line));
                }
            }
        }
        problems.extend(stamped.cut(name, rows));
        table.write_words();
        problems.or(table)
    }

    fn row(
        &self,
        columns: &[usize],
        record: &csv::StringRecord,
    ) -> Result<Vec<Option<Value>>, Problems> {
        let mut members = BTreeMap::new();
        for (index, cell) in columns.iter().zip(record) {
            let (Some(field), false) = (self.object.fields.get(*index), cell.is_empty()) else {
                continue;
            };
            if cell.chars().any(is_hidden) {
                let column = Place::facts(format!("/{}", field.name));
                return Err(Problem::new(Code::ReferenceCell, column).into());
            }
            members.insert(field.name.to_string(), cell_json(cell, &field.kind));
        }
        let mut decoder = Decoder::default();
        let kind = Type::Object(Arc::clone(&self.object));
        match decoder.value(&Json::Object(members), &kind, "") {
            Some(Value::Record(row)) => Ok((0..self.object.fields.len())
                .map(|index| row.at(index).cloned())
                .collect()),
            _ => Err(decoder.problems),
        }
    }
}

/// Counts lines as a person reading the file does. The CSV reader's own count is one
/// short after `\r\n`, because it lets a record begin inside the line end.
struct Lines<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str, before: u64) -> Self {
        Self {
            text: text.as_bytes(),
            byte: 0,
            line: 1 + before,
        }
    }

    /// The line, from 1, of a record after all earlier ones asked for.
    fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let begins = position.map_or(0, csv::Position::byte);
        let begins = usize::try_from(begins).unwrap_or(usize::MAX);
        while let Some(byte) = self.text.get(self.byte) {
            if self.byte >= begins && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.byte += 1;
        }
        self.line
    }
}

/// Whether no cell of a table has a character: line ends, which a stray quote takes into a
/// cell together with all that stands on the next lines, and what steers a screen.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Shares equal texts between rows: a table repeats its provinces thousands of times.
fn share(row: &mut [Option<Value>], texts: &mut BTreeMap<Arc<str>, Word>) {
    for value in row.iter_mut().flatten() {
        if let Value::Text(text) = value {
            match texts.get_key_value(text) {
                Some((known, _)) => *text = Arc::clone(known),
                None => drop(texts.insert(Arc::clone(text), 0)),
            }
        }
    }
}

/// The position of the field that each column of the header fills.
fn columns(
    name: &str,
    object: &Object,
    header: Result<&csv::StringRecord, csv::Error>,
) -> Result<Vec<usize>, Problems> {
    let header = header.map_err(|_| csv_problem(name, 1))?;
    let mut problems = Problems::default();
    let wrong = |column: &str| {
        let known: Vec<&str> = object.names().collect();
        at_line(
            Problem::new(Code::ReferenceColumn, Place::None)
                .with("name", column)
                .with("known", known.join(", ")),
            name,
            1,
        )
    };
    let mut columns: Vec<usize> = Vec::with_capacity(header.len());
    for column in header {
        match object.position(column.trim()) {
            Some(index) if !columns.contains(&index) => columns.push(index),
            _ => problems.push(wrong(column)),
        }
    }
    for (index, field) in object.fields.iter().enumerate() {
        if field.required && !columns.contains(&index) {
            problems.push(wrong(&field.name));
        }
    }
    problems.or(columns)
}

fn cell_json(cell: &str, kind: &Type) -> Json {
    match kind {
        Type::Int { .. } => cell
            .parse()
            .map_or_else(|_| Json::Text(cell.into()), Json::Int),
        Type::Bool => cell
            .parse()
            .map_or_else(|_| Json::Text(cell.into()), Json::Bool),
        Type::Instant => {
            let offset = crate::time::Offset::CHINA;
            Json::Text(
                Instant::parse_to_the_minute(cell)
                    .map_or_else(|_| cell.to_owned(), |instant| instant.to_rfc3339(offset)),
            )
        }
        _ => Json::Text(cell.trim().to_owned()),
    }
}

pub(super) fn at_line(mut problem: Problem, table: &str, line: u64) -> Problem {
    let column = match &problem.place {
        Place::Facts { pointer } => pointer.trim_start_matches('/').to_owned(),
        _ => String::new(),
    };
    if !column.is_empty() {
        problem.found = Some(format!("{column} = {}", problem.found.unwrap_or_default()));
    }
    problem.place = Place::Reference {
        table: table.to_owned(),
        line,
    };
    problem
}

fn csv_problem(table: &str, line: u64) -> Problem {
    at_line(Problem::new(Code::ReferenceCsv, Place::None), table, line)
}

fn too_large(table: &str, limit: usize) -> Problem {
    at_line(
        Problem::new(Code::ReferenceSize, Place::None).with("limit", limit),
        table,
        0,
    )
}
