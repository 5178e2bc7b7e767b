//! Reference data: published tables, such as the list of risk areas, that rules
//! compare facts with.
//!
//! A table's schema names its key columns, coarse to fine (`x-key`), and the two
//! columns of a row's span (`x-span`). A row that leaves out its finest keys covers
//! everything below. Places are compared folded, ignoring blanks, full-width forms
//! and case, because published names differ in these. A table with one bad row is
//! refused whole: a dropped row could turn somebody green.

mod places;

use crate::columns::{ABSENT, Texts, Word};
use crate::facts::Decoder;
use crate::host::Fault;
use crate::json::Json;
use crate::limits;
use crate::order::{map_of, sort_by};
use crate::problem::{Code, Place, Problem, Problems};
use crate::schema::{Object, Schema, Type};
use crate::time::Instant;
use crate::value::{Evidence, Got, Record, Value};
use crate::when::{Span, When};
use places::Places;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The tables given for an evaluation, by name.
#[derive(Debug, Clone, Default)]
pub struct References(BTreeMap<String, Arc<Table>>);

impl References {
    /// No tables. Rules that read one leave their decision unknown.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds `table` under its name, replacing any earlier one.
    pub fn insert(&mut self, table: Table) {
        self.0.insert(table.name.clone(), Arc::new(table));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Table>> {
        self.0.get(name)
    }

    /// The tables as a catalogue with these names and texts reads them; `None` if they
    /// are so already.
    pub(crate) fn again(&self, names: &[&str], texts: &Arc<Texts>) -> Option<Self> {
        let number = |table: &Table| {
            let at = names.iter().position(|name| *name == table.name);
            at.map_or(table.number, |at| {
                Evidence::TABLES | u32::try_from(at).unwrap_or(0)
            })
        };
        let is_own = |table: &Arc<Table>| table.is_of(texts) && table.number == number(table);
        if self.0.values().all(is_own) {
            return None;
        }
        let tables = self.0.iter().map(|(name, table)| {
            let own = if is_own(table) {
                Arc::clone(table)
            } else {
                Arc::new(table.again(number(table), texts))
            };
            (name.clone(), own)
        });
        Some(Self(map_of(tables)))
    }

    /// The first and the last instant in the tables' spans; `None` if there is none.
    pub(crate) fn times(&self) -> Option<(i64, i64)> {
        let times = self.0.values().filter_map(|table| table.times);
        times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

/// One reference table, indexed by place.
///
/// ```
/// # use longma_core::{Catalogue, Contents, Problems, References, Schema};
/// let schema = r#"{"type": "object", "additionalProperties": false,
///     "required": ["province", "from"],
///     "x-key": ["province", "city"], "x-span": ["from", "until"],
///     "properties": {
///         "province": {"type": "string"}, "city": {"type": "string"},
///         "from": {"type": "string", "format": "date-time"},
///         "until": {"type": "string", "format": "date-time"}}}"#;
/// let catalogue = Catalogue::new(Contents {
///     tables: [("areas".to_owned(), Schema::read(schema, "areas.schema.json")?)].into(),
///     ..Contents::default()
/// });
/// // Without a city the row covers the whole province.
/// let csv = "province,city,from,until\n甘肃,,2022-07-08T00:00+08:00,\n";
/// let table = catalogue.read_reference("areas", csv)?;
/// assert_eq!((table.name(), table.len()), ("areas", 1));
/// let mut references = References::none();
/// references.insert(table);
///
/// let problems = catalogue.read_reference("areas", "province,from\n甘肃,soon\n").unwrap_err();
/// assert_eq!(problems.as_slice()[0].place.to_string(), "areas, line 2");
/// # Ok::<(), Problems>(())
/// ```
#[derive(Debug)]
pub struct Table {
    name: String,
    /// The number of its rows as evidence.
    number: u32,
    object: Arc<Object>,
    rows: Vec<Vec<Option<Value>>>,
    /// The span of each row.
    spans: Vec<Option<Span>>,
    places: Places,
    /// The first and the last instant in it.
    times: Option<(i64, i64)>,
    /// The texts that `words` are numbered by.
    known: Arc<Texts>,
    words: Words,
}

/// The rows of a table as words, for compiled rules.
#[derive(Debug, Default)]
struct Words {
    /// The cells of all rows, row by row, then those of all groups.
    cells: Vec<Word>,
    /// The table's own texts.
    texts: Vec<Arc<str>>,
}

/// Rows that say the same but for their place and their span.
#[derive(Debug)]
struct Group {
    /// What they say, without key and span.
    row: Vec<Option<Value>>,
    /// Where these cells begin.
    cells: usize,
    when: When,
}

impl Group {
    /// Its spans, cut to one.
    fn within(&self, stay: Span) -> impl Iterator<Item = Span> {
        let spans = self.when.spans().iter();
        spans.filter_map(move |span| span.meet(stay))
    }
}

/// A row, or a group of rows, that was found for a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    /// Where its cells begin.
    pub(crate) cells: usize,
    /// Its span, cut to that of the record.
    pub(crate) span: Span,
    /// The row's number; a group has none.
    pub(crate) row: Option<usize>,
}

/// The bit of a text's word that says that the text is a table's own.
pub(crate) const OWN: Word = 1 << 31;
/// Bits of such a word for the position of the text; the rest is the table's number.
const POSITION: u32 = 24;

impl Table {
    /// Reads a CSV whose header names the schema's columns. An empty cell is an
    /// absent value; times may leave out their seconds.
    ///
    /// # Errors
    /// Every row that does not fit the schema, with its line.
    pub(crate) fn read(
        (name, number): (&str, u32),
        schema: &Schema,
        known: &Arc<Texts>,
        csv: &str,
    ) -> Result<Self, Problems> {
        if csv.len() > limits::REFERENCE_BYTES {
            return Err(too_large(name, limits::REFERENCE_BYTES).into());
        }
        let text = csv.strip_prefix('\u{feff}').unwrap_or(csv);
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let columns = columns(name, schema.root(), reader.headers())?;
        let mut table = Self {
            name: name.to_owned(),
            number,
            object: Arc::clone(schema.root()),
            rows: Vec::new(),
            spans: Vec::new(),
            places: Places::new(),
            times: None,
            known: Arc::clone(known),
            words: Words::default(),
        };
        let mut problems = Problems::default();
        let mut texts = BTreeSet::new();
        let mut lines = Lines::of(text);
        for record in reader.records() {
            if table.rows.len() >= limits::REFERENCE_ROWS {
                problems.push(too_large(name, limits::REFERENCE_ROWS));
                break;
            }
            match record {
                Ok(record) => match table.row(&columns, &record) {
                    Ok(mut row) => {
                        share(&mut row, &mut texts);
                        table.push(row);
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
        table.write_words();
        problems.or(table)
    }

    /// Writes all rows as words, and gathers what is below each place.
    fn write_words(&mut self) {
        let known = Arc::clone(&self.known);
        let mut words = Words::default();
        let mut own: BTreeMap<Arc<str>, Word> = BTreeMap::new();
        for row in &self.rows {
            self.write_row(&mut words, &mut own, &known, row);
        }
        let mut groups: BTreeMap<usize, BTreeMap<Vec<Option<Value>>, Vec<Span>>> = BTreeMap::new();
        for (row, span) in self.rows.iter().zip(&self.spans) {
            let Some(span) = span else { continue };
            let kind = self.kind(row);
            for place in self.places.way(self.place(row)) {
                let group = groups.entry(place).or_default();
                match group.get_mut(&kind) {
                    Some(spans) => spans.push(*span),
                    None => drop(group.insert(kind.clone(), vec![*span])),
                }
            }
        }
        for (place, kinds) in groups {
            let mut found = Vec::with_capacity(kinds.len());
            for (kind, spans) in kinds {
                let cells = words.cells.len();
                self.write_row(&mut words, &mut own, &known, &kind);
                found.push(Group {
                    row: kind,
                    cells,
                    when: When::of(spans),
                });
            }
            if let Some(place) = self.places.get_mut(place) {
                place.groups = found;
            }
        }
        self.words = words;
    }

    fn write_row(
        &self,
        words: &mut Words,
        own: &mut BTreeMap<Arc<str>, Word>,
        known: &Texts,
        row: &[Option<Value>],
    ) {
        for value in row {
            let word = match value {
                None | Some(Value::List(_) | Value::Record(_)) => ABSENT,
                Some(Value::Bool(truth)) => Word::from(*truth),
                Some(Value::Int(number)) => *number,
                Some(Value::Instant(instant)) => instant.unix(),
                Some(Value::Date(date)) => date.number(),
                Some(Value::Elapsed(elapsed)) => elapsed.as_seconds(),
                Some(Value::Days(days)) => days.count(),
                Some(Value::Temperature(temperature)) => temperature.in_tenths(),
                Some(Value::Text(text)) => known.word(text).unwrap_or_else(|| {
                    *own.entry(Arc::clone(text)).or_insert_with(|| {
                        words.texts.push(Arc::clone(text));
                        let position = Word::try_from(words.texts.len() - 1).unwrap_or(0);
                        let number = Word::from(self.number & !Evidence::TABLES);
                        OWN | number << POSITION | position
                    })
                }),
            };
            words.cells.push(word);
        }
    }

    /// Whether its words are those of a catalogue with these texts.
    fn is_of(&self, texts: &Arc<Texts>) -> bool {
        Arc::ptr_eq(&self.known, texts) || self.known == *texts
    }

    /// The same table with the words of another catalogue.
    fn again(&self, number: u32, texts: &Arc<Texts>) -> Self {
        let mut table = Self {
            name: self.name.clone(),
            number,
            object: Arc::clone(&self.object),
            rows: self.rows.clone(),
            spans: self.spans.clone(),
            places: self.places.clone(),
            times: self.times,
            known: Arc::clone(texts),
            words: Words::default(),
        };
        table.write_words();
        table
    }

    /// The number of the table, and the position among its own texts, of a text's word.
    pub(crate) fn own_text(word: Word) -> (usize, usize) {
        let part = |bits: Word| usize::try_from(bits).unwrap_or(0);
        let word = word & !OWN;
        (part(word >> POSITION), part(word & ((1 << POSITION) - 1)))
    }

    /// One of the table's own texts.
    pub(crate) fn text(&self, position: usize) -> Option<&Arc<str>> {
        self.words.texts.get(position)
    }

    /// The number of its rows as evidence.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// The object that its rows follow.
    pub(crate) fn object(&self) -> &Arc<Object> {
        &self.object
    }

    /// The cells of a row or group that was found.
    pub(crate) fn cells(&self, start: usize) -> &[Word] {
        let width = self.object.fields.len();
        self.words.cells.get(start..start + width).unwrap_or(&[])
    }

    /// The positions of the fields that hold a row's span.
    pub(crate) fn span_fields(&self) -> Option<(usize, usize)> {
        let (from, until) = self.object.span.as_ref()?;
        Some((self.object.position(from)?, self.object.position(until)?))
    }

    /// The names of the key's columns, coarse to fine.
    pub(crate) fn key_names(&self) -> impl Iterator<Item = &str> {
        self.object.key_names()
    }

    /// The rows whose place covers the one with these key texts, cut to a span, in the
    /// order of what they say.
    pub(crate) fn covering<'n>(
        &self,
        stay: Span,
        place: impl Iterator<Item = &'n str>,
    ) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let way = self.places.way(place);
        for number in way
            .filter_map(|at| self.places.get(at))
            .flat_map(|it| &it.rows)
        {
            let span = self.spans.get(*number).copied().flatten();
            if let Some(span) = span.and_then(|span| span.meet(stay)) {
                found.push(Found {
                    cells: number * self.object.fields.len(),
                    span,
                    row: Some(*number),
                });
            }
        }
        if found.len() > 1 {
            let cut = |found: &Found| {
                let row = found.row.and_then(|number| self.rows.get(number));
                let mut row = row.cloned().unwrap_or_default();
                self.set_span(&mut row, Some(found.span));
                row
            };
            let mut keyed: Vec<_> = found.iter().map(|found| (cut(found), *found)).collect();
            sort_by(&mut keyed, |(a, _), (b, _)| a.cmp(b));
            found = keyed.into_iter().map(|(_, found)| found).collect();
        }
        found
    }

    /// The groups of rows of every place that agrees with these names, `depth` of them,
    /// cut to a span, and the number of rows in them.
    pub(crate) fn surrounding<'n>(
        &self,
        stay: Span,
        place: impl Iterator<Item = &'n str>,
        depth: usize,
    ) -> (Vec<Found>, usize) {
        let (groups, below) = self.groups(place, depth);
        let found = groups.iter().flat_map(|group| {
            group.within(stay).map(|span| Found {
                cells: group.cells,
                span,
                row: None,
            })
        });
        (found.collect(), below)
    }

    /// The groups of rows of every place that agrees with these names, `depth` of them,
    /// and the number of rows in them.
    fn groups<'n>(&self, place: impl Iterator<Item = &'n str>, depth: usize) -> (&[Group], usize) {
        let mut way = self
            .places
            .way(place.take(depth))
            .skip(depth.saturating_sub(1));
        let place = way.next().and_then(|at| self.places.get(at));
        place.map_or((&[], 0), |place| (&place.groups, place.below))
    }

    /// The table's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the table has no rows: it is known that nothing is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
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

    fn push(&mut self, row: Vec<Option<Value>>) {
        for value in row.iter().flatten() {
            let at = match value {
                Value::Instant(instant) => instant.unix(),
                Value::Date(date) => date.number().saturating_mul(86_400),
                _ => continue,
            };
            let (first, last) = self.times.unwrap_or((at, at));
            self.times = Some((first.min(at), last.max(at)));
        }
        let key = self.object.key.iter();
        let place = key.map_while(|index| text_at(&row, *index));
        self.places.add(place, self.rows.len());
        self.spans.push(self.row_span(&row));
        self.rows.push(row);
    }

    /// The names of a row's place, coarse to fine.
    fn place<'r>(&self, row: &'r [Option<Value>]) -> impl Iterator<Item = &'r str> {
        let key = self.object.key.iter();
        key.map_while(|index| text_at(row, *index))
    }

    /// The rows whose place covers that of `record`, each with its span cut to the
    /// record's and both as evidence. Rows with no time in common are left out.
    ///
    /// # Errors
    /// If the record has no span or one of the key's columns is missing in it.
    pub fn during(&self, record: &Record) -> Result<Vec<Record>, Fault> {
        let stay = span_of(record)?;
        let parts = self.parts(record, self.object.key.len())?;
        let found = self.covering(stay, parts.into_iter()).into_iter();
        let cut = found.filter_map(|found| {
            let number = found.row?;
            let mut evidence = record.evidence().to_vec();
            evidence.push(Evidence {
                table: self.number,
                row: u32::try_from(number).unwrap_or(u32::MAX),
            });
            Some(self.with_span(self.rows.get(number)?.clone(), found.span, evidence))
        });
        Ok(cut.collect())
    }

    /// The rows of every place that agrees with `record` down to the key column
    /// `column`, cut to the record's span. The spans of rows that otherwise say the same
    /// are joined. Also the number of rows of these places, which is the cost.
    ///
    /// # Errors
    /// If `column` is not part of the key, the record has no span, or one of the key's
    /// columns down to `column` is missing in it.
    pub fn around(&self, record: &Record, column: &str) -> Result<(Vec<Record>, usize), Fault> {
        let mut names = self.key_names();
        let depth = names.position(|name| name == column);
        let depth = depth.ok_or_else(|| Fault::new(Code::RuleColumn).with("name", column))?;
        let parts = self.parts(record, depth + 1)?;
        let stay = span_of(record)?;
        let (groups, below) = self.groups(parts.into_iter(), depth + 1);
        let cut = groups.iter().flat_map(|group| {
            group.within(stay).map(|span| {
                let evidence = record.evidence().to_vec();
                self.with_span(group.row.clone(), span, evidence)
            })
        });
        Ok((cut.collect(), below))
    }

    /// A record's place, coarsest part first, `depth` parts long.
    fn parts<'r>(&self, record: &'r Record, depth: usize) -> Result<Vec<&'r str>, Fault> {
        let part = |name: &str| match record.text(name) {
            Some(part) => Ok(&**part),
            None => Err(Fault::new(Code::RuleColumn).with("name", name)),
        };
        self.key_names().take(depth).map(part).collect()
    }

    /// A row's values without its key and span.
    fn kind(&self, row: &[Option<Value>]) -> Vec<Option<Value>> {
        let mut kind = row.to_vec();
        for index in &self.object.key {
            if let Some(value) = kind.get_mut(*index) {
                *value = None;
            }
        }
        self.set_span(&mut kind, None);
        kind
    }

    fn row_span(&self, row: &[Option<Value>]) -> Option<Span> {
        let (from, until) = self.object.span.as_ref()?;
        let instant = |name: &str| match row.get(self.object.position(name)?)? {
            Some(Value::Instant(instant)) => Some(*instant),
            _ => None,
        };
        Span::new(instant(from), instant(until))
    }

    fn with_span(&self, mut row: Vec<Option<Value>>, span: Span, by: Vec<Evidence>) -> Record {
        self.set_span(&mut row, Some(span));
        Record::new(Arc::clone(&self.object), row, by)
    }

    fn set_span(&self, row: &mut [Option<Value>], span: Option<Span>) {
        let Some((from, until)) = &self.object.span else {
            return;
        };
        let ends = [
            (from, span.and_then(Span::from)),
            (until, span.and_then(Span::until)),
        ];
        for (name, instant) in ends {
            let slot = self
                .object
                .position(name)
                .and_then(|index| row.get_mut(index));
            if let Some(slot) = slot {
                *slot = instant.map(Value::Instant);
            }
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
    fn of(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            byte: 0,
            line: 1,
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

/// The record's span, by the `x-span` of its schema.
fn span_of(record: &Record) -> Result<Span, Fault> {
    let no_span = || Fault::new(Code::RuleColumn).with("name", "x-span");
    let (from, until) = record.object().span.as_ref().ok_or_else(no_span)?;
    let end = match record.get(until) {
        Got::Value(Value::Instant(instant)) => Some(*instant),
        _ => None,
    };
    let start: Instant = record.instant(from).ok_or_else(no_span)?;
    stay(start, end).ok_or_else(no_span)
}

/// The span of a record. A stay that ends when it begins covers that one second.
pub(crate) fn stay(start: Instant, end: Option<Instant>) -> Option<Span> {
    let end = end.map(|end| end.max(start));
    Span::new(Some(start), end)
        .or_else(|| Span::new(Some(start), start.plus(crate::time::Elapsed::seconds(1))))
}

fn text_at(row: &[Option<Value>], index: usize) -> Option<&str> {
    match row.get(index)? {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Shares equal texts between rows: a table repeats its provinces thousands of times.
fn share(row: &mut [Option<Value>], texts: &mut BTreeSet<Arc<str>>) {
    for value in row.iter_mut().flatten() {
        if let Value::Text(text) = value {
            match texts.get(text) {
                Some(known) => *text = Arc::clone(known),
                None => drop(texts.insert(Arc::clone(text))),
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

fn at_line(mut problem: Problem, table: &str, line: u64) -> Problem {
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
